// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/figures.h"
#include "app/cli/stop_on_signal.h"
#include "app/cli/table.h"
#include "core/engine/kernel_tuning.h"
#include "core/error.h"
#include "core/measure/model_summary.h"
#include "core/measure/sweep_spec.h"
#include "core/model/model.h"
#include "core/model/passes.h"
#include "core/record/json_fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

namespace {

constexpr const char* kTask = "tune kernels";
constexpr std::size_t kMostShown = 10;

struct Options {
    ModelOptions model;
    EngineOptions engine;
    std::string batches = "1";
    bool json = false;
};

struct Tuned {
    core::CompileOptions options;
    core::KernelTuning tuning;
};

Tuned tuned(const Options& options, core::Engine& engine, const std::shared_ptr<const core::Graph>& graph,
    std::int64_t batch, const std::stop_token& stop)
{
    const core::CompileOptions compile = options.engine.compileOptions(
        engine.device(), { .batch = batch, .named = options.model.dimValues() });
    auto tuning = engine.tuneKernels(graph, compile, stop);
    if (!tuning)
        throw core::Error("Cannot {}: engine \"{}\" has no choice of kernels for this model.", kTask,
            options.engine.engine);
    return { compile, std::move(*tuning) };
}

std::string headline(const Tuned& done)
{
    const core::KernelTuning& tuning = done.tuning;
    const std::string cell = fmt::format("Batch {}, {} thread{}: ", done.options.dims.batch,
        done.options.threads, done.options.threads == 1 ? "" : "s");
    if (!tuning.kept)
        return cell + fmt::format("none of {} programs is faster than the one by rule.\n", tuning.programs);
    return cell
        + fmt::format("{:.3f} times as fast as by rule [{:.3f}, {:.3f}], {} rounds; {} node{} changed.\n",
            tuning.ratio, tuning.low, tuning.high, tuning.rounds, tuning.swaps.size(),
            tuning.swaps.size() == 1 ? "" : "s");
}

/// The nodes that gain most.
std::string swapTable(std::vector<core::KernelSwap> swaps)
{
    std::stable_sort(swaps.begin(), swaps.end(), [](const core::KernelSwap& a, const core::KernelSwap& b) {
        return a.timeBefore - a.timeAfter > b.timeBefore - b.timeAfter;
    });
    Table table({ { "NODE", Align::Left }, { "OPERATOR", Align::Left }, { "BY RULE", Align::Left },
                    { "MEASURED", Align::Left }, { "BEFORE" }, { "AFTER" } },
        Overflow::Elide);
    for (std::size_t i = 0; i < std::min(kMostShown, swaps.size()); ++i)
        table.add({ swaps[i].node, swaps[i].type, swaps[i].before, swaps[i].after,
            timeText(swaps[i].timeBefore), timeText(swaps[i].timeAfter) });
    return table.text();
}

std::string report(const Tuned& done)
{
    std::string text = headline(done);
    if (!done.tuning.swaps.empty())
        text += swapTable(done.tuning.swaps);
    if (!done.tuning.notWritten.empty())
        text += done.tuning.notWritten + "\n";
    return text;
}

core::Json toJson(const Tuned& done)
{
    core::Json swaps = core::Json::array();
    for (const core::KernelSwap& swap : done.tuning.swaps)
        swaps.push_back({ { "node", swap.node }, { "operator", swap.type }, { "before", swap.before },
            { "after", swap.after }, { "time_before_ns", swap.timeBefore.count() },
            { "time_after_ns", swap.timeAfter.count() } });
    const core::KernelTuning& tuning = done.tuning;
    core::Json json { { "batch", done.options.dims.batch }, { "threads", done.options.threads },
        { "programs", tuning.programs }, { "kept", tuning.kept } };
    if (tuning.kept)
        json.update({ { "rounds", tuning.rounds }, { "ratio", tuning.ratio }, { "ratio_low", tuning.low },
            { "ratio_high", tuning.high } });
    if (!tuning.notWritten.empty())
        json["not_written"] = tuning.notWritten;
    json["swaps"] = std::move(swaps);
    return json;
}

int tune(Context& context, const Options& options)
{
    const StopOnSignal signals; // before the engines start threads
    core::Engine& engine = context.engine(options.engine.engine, kTask);
    const auto batches = asUsage([&] { return core::parseBatches(options.batches); });
    const core::Model model = core::openModel(options.model.model);
    core::checkDims(*model.graph, options.model.dimValues(), kTask);
    const auto graph = core::optimise(*model.graph);
    core::Json document = core::Json::array();
    for (const std::int64_t batch : batches) {
        const Tuned done = tuned(options, engine, graph, batch, signals.token());
        if (options.json)
            document.push_back(toJson(done));
        else
            print(report(done));
    }
    if (options.json)
        print(core::dumped(document, 2) + "\n");
    return kOk;
}

} // namespace

void addTune(CLI::App& app, Context& context)
{
    CLI::App* command
        = addCommand(app, "tune", "Find the fastest kernel for each node of a model, and remember it");
    auto options = std::make_shared<Options>();
    options->model.addTo(*command);
    options->engine.addTo(*command);
    command->add_option("-b,--batches,--batch", options->batches, "Batch sizes: 1,2,4-64x2 or 8-32+8")
        ->type_name("LIST")
        ->capture_default_str();
    command->add_flag("--json", options->json, "As JSON, for programs");
    command->footer(
        "Rules choose kernels in no time, and know no machine but those they were made on. This times\n"
        "the kernels and memory layouts against each other inside the model, some seconds for each\n"
        "batch, and keeps the fastest in ~/.cache/breakeven: every later run of the same model, batch\n"
        "and number of threads takes them, and says \"kernels by measurement\". Kept only if whole runs\n"
        "are faster beyond doubt; the ratio is a median over rounds with its 95 % interval in brackets.\n"
        "The tuning \"rules\" of sweep leaves them out again.\n"
        "Example: breakeven-cli tune zoo:resnet50 --threads 1 --batches 1,8");
    command->callback(
        [&context, options] { context.command = [&context, options] { return tune(context, *options); }; });
}

} // namespace app
