// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cell_settings.h"
#include "app/cli/context.h"
#include "app/cli/stop_on_signal.h"
#include "app/cli/summary_table.h"
#include "app/cli/table.h"
#include "app/cli/verdicts.h"
#include "core/engine/inputs.h"
#include "core/measure/interleaved.h"
#include "core/measure/model_summary.h"
#include "core/measure/reference_outputs.h"
#include "core/model/passes.h"

#include <sstream>

namespace app {

namespace {

struct Options {
    ModelOptions model;
    std::string second; // model; empty: the same
    std::string a, b; // settings
    core::InterleavedRule rule; // less what follows
    std::string preset = "rigorous";
    std::optional<int> rounds, builds; // in the place of the preset's
    double seconds = 0.1;
    VerdictOptions verdict;
};

/// One side: what makes its program, on inputs that the seed decides.
struct Side {
    core::CellKey key;
    core::ProgramMaker make;
};

Side prepared(
    Context& context, const Options& options, const std::string& source, const std::string& settings)
{
    Side side { .key = settingsOf(settings), .make = {} };
    core::Engine& engine = context.engine(side.key.engine, "compare");
    const core::DeviceInfo device = engine.device();
    if (side.key.tuning.isa != core::InstructionSet::All && side.key.tuning.isa != device.limit)
        throw core::Error(
            "Cannot compare: kernels are limited to {} in a process of their own, as sweep has them.",
            core::instructionSetName(side.key.tuning.isa));
    if (side.key.threads > device.maxThreads && device.maxThreads > 0)
        throw core::Error("Cannot compare: engine \"{}\" has {} threads, not {}.", device.id,
            device.maxThreads, side.key.threads);
    if (side.key.threads == 0)
        side.key.threads = device.maxThreads;
    const core::Model model = core::openModel(source);
    const auto graph = core::optimise(*model.graph, { .fuse = side.key.tuning.fuse });
    const core::DimBindings dims { side.key.batch, options.model.dimValues() };
    core::checkDims(*graph, dims.named, "compare");
    side.make = [&engine, graph, dims, key = side.key, seed = options.rule.seed] {
        auto program = engine.compile(graph,
            { .dims = dims,
                .precision = key.precision,
                .threads = std::max(1, key.threads),
                .tuning = key.tuning });
        core::writeInputs(*program, core::synthesiseInputs(*graph, core::inferShapes(*graph, dims), seed));
        return program;
    };
    return side;
}

std::string medianText(const std::vector<core::Round>& rounds, core::Nanoseconds core::Round::*median)
{
    std::vector<core::Nanoseconds> medians;
    for (const core::Round& round : rounds)
        medians.push_back(round.*median);
    std::sort(medians.begin(), medians.end());
    return medians.empty() ? "-" : milliseconds(core::median(medians)) + " ms";
}

struct Outcome {
    std::vector<core::Round> rounds;
    std::optional<core::Ratio> ratio;
    core::Verdict verdict = core::Verdict::Unclear;
    std::string why;
    std::size_t quiet = 0;
    int builds = 0;
};

/// Half of the rounds at least have to be quiet.
Outcome judged(std::vector<core::Round> rounds, const Options& options)
{
    Outcome outcome { .rounds = std::move(rounds), .builds = options.rule.builds };
    const auto ratios = core::ratiosOf(outcome.rounds);
    for (const std::vector<double>& build : ratios)
        outcome.quiet += build.size();
    outcome.ratio = core::ratioOverGroups(ratios);
    if (outcome.quiet * 2 < outcome.rounds.size())
        outcome.why = fmt::format(
            "{} of {} rounds were disturbed", outcome.rounds.size() - outcome.quiet, outcome.rounds.size());
    else if (!outcome.ratio)
        outcome.why = fmt::format("{} builds with a quiet round are too few for an interval", ratios.size());
    else
        outcome.verdict = core::verdictOf(*outcome.ratio, options.verdict.margin());
    return outcome;
}

std::string textOf(const Outcome& outcome, const std::string& a, const std::string& b)
{
    std::string text
        = labelled("A", fmt::format("{}: {}", a, medianText(outcome.rounds, &core::Round::firstMedian)))
        + labelled("B", fmt::format("{}: {}", b, medianText(outcome.rounds, &core::Round::secondMedian)));
    if (outcome.ratio)
        text += labelled("B / A",
            fmt::format("{:.4f}, 95 % interval {:.4f} to {:.4f}", outcome.ratio->value, outcome.ratio->low,
                outcome.ratio->high));
    text += labelled("verdict",
        std::string(core::verdictName(outcome.verdict)) + (outcome.why.empty() ? "" : ": " + outcome.why));
    return text
        + labelled("rounds",
            fmt::format("{}, {} of them quiet, in random order; both compiled {} times",
                outcome.rounds.size(), outcome.quiet, outcome.builds));
}

core::Json jsonOf(const Outcome& outcome, const Side& a, const Side& b, const Options& options)
{
    core::Json rounds = core::Json::array();
    for (const core::Round& round : outcome.rounds)
        rounds.push_back({ { "build", round.build }, { "a_median_ns", round.firstMedian.count() },
            { "b_median_ns", round.secondMedian.count() }, { "disturbed_percent", round.disturbedPercent } });
    core::Json json { { "model", options.model.model }, { "a", core::toJson(a.key) },
        { "b", core::toJson(b.key) }, { "verdict", core::verdictName(outcome.verdict) },
        { "why", outcome.why } };
    if (outcome.ratio)
        json["ratio"] = ratioJson(*outcome.ratio);
    json["rounds"] = std::move(rounds);
    return json;
}

int ab(Context& context, Options options)
{
    const StopOnSignal signals; // before the engines start threads
    const core::InterleavedRule preset = asUsage([&] { return core::interleavedPreset(options.preset); });
    options.rule.builds = options.builds.value_or(preset.builds);
    options.rule.rounds = options.rounds.value_or(preset.rounds);
    options.rule.time = std::chrono::duration<double>(options.seconds);
    options.rule.rounds = std::max(options.rule.rounds, options.rule.builds);
    const std::string& second = options.second.empty() ? options.model.model : options.second;
    Side a = prepared(context, options, options.model.model, options.a);
    Side b = prepared(context, options, second, options.b);
    const Outcome outcome
        = judged(core::measureInterleaved(a.make, b.make, options.rule, signals.token()), options);
    const std::string name = nameOf(b.key) + " against " + nameOf(a.key);
    const core::JunitCase judgedCase
        = caseOf(name, outcome.ratio, outcome.verdict, outcome.why, options.verdict);
    options.verdict.writeJunit("breakeven ab", { judgedCase });
    if (options.verdict.json)
        print(core::dumped(jsonOf(outcome, a, b, options), 2) + "\n");
    else
        print(textOf(outcome, nameOf(a.key), nameOf(b.key)));
    if (!judgedCase.failure.empty() && !options.verdict.json)
        print(labelled("limit", judgedCase.failure));
    return judgedCase.failure.empty() ? kOk : kFailed;
}

} // namespace

void addAb(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "ab", "Measure two engines, settings or models by turns");
    auto options = std::make_shared<Options>();
    options->model.addTo(*command);
    command->add_option("--second", options->second, "Model of B, where it is another")->type_name("MODEL");
    command->add_option("-a,--a", options->a, "Settings of A: cpu,threads=2,batch=8")->type_name("WORDS");
    command->add_option("-b,--b", options->b, "Settings of B: cpu,precision=bf16,tuning=nofusion")
        ->type_name("WORDS");
    command
        ->add_option(
            "--preset", options->preset, "quick, standard or rigorous: 12, 24 or 48 rounds, 6 to 24 builds")
        ->type_name("WORD")
        ->capture_default_str();
    command->add_option("--rounds", options->rounds, "Turns of both, in the place of the preset's")
        ->type_name("N")
        ->check(silent(CLI::Range(5, 100'000)));
    command
        ->add_option("--builds", options->builds, "Times that both are compiled: where a program lies counts")
        ->type_name("N")
        ->check(silent(CLI::Range(5, 1000)));
    command->add_option("--seconds", options->seconds, "Of each in a round")
        ->type_name("S")
        ->check(silent(CLI::Range(0.001, 600.0)))
        ->capture_default_str();
    command->add_option("--seed", options->rule.seed, "Of inputs and of who comes first")
        ->type_name("N")
        ->capture_default_str();
    options->verdict.addTo(*command);
    command->footer(
        "B / A is the mean over builds of the median ratio of their rounds, its interval by Student's t "
        "over\n"
        "builds. FASTER and SLOWER are of B. Rounds that others disturbed count for nothing.\n"
        "Example: breakeven-cli ab zoo:resnet50 -a cpu,threads=1 -b cpu,threads=1,tuning=nofusion --limit 5");
    command->callback(
        [&context, options] { context.command = [&context, options] { return ab(context, *options); }; });
}

} // namespace app
