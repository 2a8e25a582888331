// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sweep.h"

#include "app/cli/context.h"
#include "app/cli/input_options.h"
#include "app/cli/stop_on_signal.h"
#include "app/cli/sweep_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace app {

namespace {

using Seconds = std::chrono::duration<double>;

struct Options {
    ModelOptions model;
    InputOptions inputs;
    std::string engines = "cpu", batches, requests = "1",
                preset = "quick"; // no batches: as the inputs have it, else 1
    std::vector<std::string> threads, precisions, tunings; // LIST or ENGINE=LIST
    std::optional<double> seconds, minTime, maxTime, halfWidth, latencyLimit;
    std::optional<std::size_t> minSamples;
    std::uint64_t seed = 1;
    bool check = false, tune = false;
    SweepOutput output;
};

std::vector<std::string> words(const std::string& list)
{
    std::vector<std::string> found;
    std::istringstream stream(list);
    for (std::string word; std::getline(stream, word, ',');) {
        if (!word.empty())
            found.push_back(word);
    }
    return found;
}

std::vector<int> wholeNumbers(const std::string& list, const char* option)
{
    std::vector<int> counts;
    for (const std::string& word : words(list))
        counts.push_back(wholeNumber(word, option));
    return counts;
}

std::vector<core::Precision> precisions(const std::string& list)
{
    std::vector<core::Precision> found;
    for (const std::string& word : words(list))
        found.push_back(asUsage([&] { return core::precisionFromName(word); }));
    return found;
}

std::vector<core::Tuning> tunings(const std::string& list)
{
    std::vector<core::Tuning> found;
    for (const std::string& word : words(list))
        found.push_back(asUsage([&] { return core::tuningFromName(word); }));
    return found;
}

/// The list meant for `engine` among "LIST" and "ENGINE=LIST"; "" when there is none.
std::string listFor(const std::string& engine, const std::vector<std::string>& options)
{
    std::string general;
    for (const std::string& text : options) {
        const auto pair = split(text);
        if (pair && pair->first == engine)
            return pair->second;
        if (!pair)
            general = text;
    }
    return general;
}

/// An "ENGINE=LIST" for an engine that takes no part is a slip of the finger.
void checkNames(
    const char* option, const std::vector<std::string>& texts, const std::vector<std::string>& ids)
{
    for (const std::string& text : texts) {
        const auto pair = split(text);
        if (pair && std::find(ids.begin(), ids.end(), pair->first) == ids.end())
            throw UsageError(
                fmt::format("Cannot read {}: engine \"{}\" is not chosen.", option, pair->first));
    }
}

std::vector<core::EngineChoice> engineChoices(const Options& options, Context& context)
{
    const std::vector<std::string> ids = words(options.engines);
    checkNames("--threads", options.threads, ids);
    checkNames("--precision", options.precisions, ids);
    checkNames("--tuning", options.tunings, ids);
    std::vector<core::EngineChoice> choices;
    for (const std::string& id : ids) {
        const core::DeviceInfo device = context.sweepEngine(id).device();
        const int most = device.maxThreads;
        core::EngineChoice choice { .id = id, .threads = {} };
        if (most > 0)
            choice.threads = wholeNumbers(listFor(id, options.threads), "--threads");
        if (most > 0 && choice.threads.empty())
            choice.threads = { most };
        if (const auto chosen = precisions(listFor(id, options.precisions)); !chosen.empty())
            choice.precisions = chosen;
        else if (device.recordedOn && std::ranges::count(device.precisions, core::Precision::Model) == 0)
            choice.precisions = { device.precisions.front() };
        if (const auto chosen = tunings(listFor(id, options.tunings)); !chosen.empty())
            choice.tunings = chosen;
        choices.push_back(std::move(choice));
    }
    return choices;
}

core::StopRule stopRule(const Options& options)
{
    core::StopRule rule = asUsage([&] { return core::stopRulePreset(options.preset); });
    if (options.seconds || options.minTime || options.maxTime || options.halfWidth || options.minSamples)
        rule.preset = "custom";
    if (options.seconds) {
        rule.minTime = rule.maxTime = Seconds(*options.seconds);
        rule.minSamples = 6; // the fewest that have an interval
        rule.fallbackSamples = 0;
    }
    if (options.minTime)
        rule.minTime = Seconds(*options.minTime);
    if (options.maxTime)
        rule.maxTime = Seconds(*options.maxTime);
    if (options.halfWidth)
        rule.relativeHalfWidth = *options.halfWidth / 100;
    if (options.minSamples) {
        rule.minSamples = *options.minSamples;
        rule.fallbackSamples = 0;
    }
    if (options.latencyLimit)
        rule.latencyLimit = Seconds(*options.latencyLimit / 1e3);
    if (options.latencyLimit && rule.criterion != core::Criterion::Percentile)
        throw UsageError("Cannot start the sweep: --latency-limit is of --preset percentile.");
    if (rule.minTime > rule.maxTime)
        throw UsageError(
            fmt::format("Cannot start the sweep: a cell cannot take at least {:g} s and at most {:g} s.",
                rule.minTime.count(), rule.maxTime.count()));
    return rule;
}

core::SweepSpec specOf(const Options& options, Context& context)
{
    core::SweepSpec spec { .model = options.model.model,
        .engines = {},
        .batches = options.batches.empty() ? std::vector<std::int64_t> {}
                                           : asUsage([&] { return core::parseBatches(options.batches); }),
        .requests = wholeNumbers(options.requests, "--requests"),
        .dims = options.model.dimValues(),
        .rule = stopRule(options),
        .seed = options.seed,
        .inputs = options.inputs.all(),
        .checkOutputs = options.check,
        .tuneKernels = options.tune };
    if (words(options.engines).empty())
        throw UsageError("Cannot start the sweep: no engine is chosen.");
    spec.engines = engineChoices(options, context);
    return spec;
}

int sweep(Context& context, const Options& options)
{
    options.output.check();
    const StopOnSignal signals; // before the engines start threads
    return runAndReport(context, specOf(options, context), options.output, signals.token());
}

void addRuleOptions(CLI::App& command, Options& options)
{
    command
        .add_option("--preset", options.preset, "Stop rule: quick, standard, rigorous, windows or percentile")
        ->type_name("WORD")
        ->capture_default_str();
    command.add_option("--seconds", options.seconds, "Let each cell take that long instead")
        ->type_name("S")
        ->check(silent(CLI::PositiveNumber));
    command.add_option("--min-samples", options.minSamples, "At least that many samples")
        ->type_name("N")
        ->check(silent(CLI::PositiveNumber));
    command.add_option("--min-time", options.minTime, "At least that many seconds")
        ->type_name("S")
        ->check(silent(CLI::NonNegativeNumber));
    command.add_option("--max-time", options.maxTime, "At most that many seconds")
        ->type_name("S")
        ->check(silent(CLI::PositiveNumber));
    command
        .add_option("--half-width", options.halfWidth, "Half the median's 95 % interval, in per cent of it")
        ->type_name("P")
        ->check(silent(CLI::PositiveNumber));
    command
        .add_option(
            "--latency-limit", options.latencyLimit, "Of --preset percentile: until p99 surely lies below")
        ->type_name("MS")
        ->check(silent(CLI::PositiveNumber));
}

void addOptions(CLI::App& command, Options& options)
{
    options.model.addTo(command);
    options.inputs.addTo(command);
    command
        .add_option(
            "-e,--engine", options.engines, "Engines, as cpu,gpu (see devices; recorded:NAME, see profiles)")
        ->type_name("IDS")
        ->capture_default_str();
    command.add_option("-b,--batch", options.batches, "Batch sizes: 1,2,4-64x2 or 8-32+8 (default: 1)")
        ->type_name("LIST");
    command
        .add_option(
            "--requests", options.requests, "Batches at once, on cores or GPU streams of their own: 1,2,4")
        ->type_name("LIST")
        ->capture_default_str();
    command.add_option("-t,--threads", options.threads, "Thread counts 1,2 (default: all), or ENGINE=1,2")
        ->type_name("LIST")
        ->allow_extra_args(false);
    command
        .add_option(
            "--precision", options.precisions, "Precisions fp32,bf16 (default: model), or ENGINE=fp16")
        ->type_name("LIST")
        ->allow_extra_args(false);
    command
        .add_option("--tuning", options.tunings,
            "How far to optimise: nofusion,avx2 (default: full), or ENGINE=plain")
        ->type_name("LIST")
        ->allow_extra_args(false);
    addRuleOptions(command, options);
    command.add_option("--seed", options.seed, "Seed of the made-up inputs")
        ->type_name("N")
        ->capture_default_str();
    command.add_flag(
        "--tune", options.tune, "Find each cell's fastest kernels first, once (seconds; see tune)");
    command.add_flag("--check", options.check, "Compare outputs with the reference engine (slow)");
    options.output.addTo(command);
}

} // namespace

void addSweep(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "sweep", "Measure a model over engines, threads and batch sizes");
    auto options = std::make_shared<Options>();
    addOptions(*command, *options);
    command->footer(
        "Tunings: full, nofusion, rules (kernels by rule), plain (loops), or kernels within baseline, avx2,\n"
        "avx512, vnni, bf16 or amx; of GPUs nograph (kernel by kernel) and notransfers (inputs and outputs\n"
        "stay there); + joins them: avx2+nofusion.\n"
        "Ctrl-C ends it after the run in flight and still writes what was measured.\n"
        "Example: breakeven-cli sweep zoo:resnet50 --batch 1,2,4-64x2 --out run.json --csv run.csv");
    command->callback(
        [&context, options] { context.command = [&context, options] { return sweep(context, *options); }; });
}

} // namespace app
