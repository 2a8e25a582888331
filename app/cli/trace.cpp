// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/figures.h"
#include "app/cli/known_peaks.h"
#include "app/cli/placement_table.h"
#include "app/cli/prepare.h"
#include "app/cli/stop_on_signal.h"
#include "core/error.h"
#include "core/record/placement_file.h"
#include "core/record/run_file.h"

namespace app {

namespace {

constexpr std::size_t kMostExpensive = 10;

struct Options : PrepareOptions {
    std::size_t runs = 20;
    std::string csv;
    bool json = false, roof = false;
};

core::NodePlacement traced(const Prepared& prepared, std::size_t runs, const std::stop_token& stop)
{
    const std::vector<core::Trace> traces = core::tracedRuns(*prepared.program, runs, stop);
    if (traces.empty())
        throw core::Error("Cannot trace: it was stopped before the first run ended.");
    return core::placementOf(traces);
}

std::string report(const core::NodePlacement& placement, const core::Roof* roof)
{
    return operatorTable(placement) + "\n" + nodeTable(core::mostExpensive(placement, kMostExpensive), roof)
        + fmt::format("\n{} in {} nodes, {} of it in plain kernels; medians of {} traced runs.\n",
            timeText(placement.time), placement.nodes.size(), shareText(placement.plainShare()),
            placement.runs)
        + (roof ? roofText(placement, *roof) + ".\n" : std::string());
}

/// The peaks of the program's threads, where they are asked for.
std::optional<core::Roof> roofOf(
    Context& context, const Options& options, const Prepared& prepared, const std::stop_token& stop)
{
    if (!options.roof)
        return {};
    core::Engine& engine = context.engine(options.engine.engine, "trace");
    return core::Roof { peaksFor(engine, prepared.options.threads, core::PeaksWanted::Remembered, stop),
        prepared.options.precision };
}

core::Json document(const Options& options, const Prepared& prepared, const core::NodePlacement& placement,
    const core::Roof* roof)
{
    core::Json json { { "model", options.model.model }, { "engine", options.engine.engine },
        { "batch", prepared.options.dims.batch }, { "dims", prepared.options.dims.named },
        { "threads", prepared.options.threads }, { "seed", options.engine.seed } };
    json.update(core::toJson(placement, roof));
    return json;
}

int trace(Context& context, const Options& options)
{
    if (options.json && options.csv == "-")
        throw UsageError("Cannot print both: --json and --csv - want standard output.");
    if (!options.csv.empty() && options.csv != "-")
        core::checkWritable(options.csv, "CSV");
    const StopOnSignal signals; // before the engines start threads
    const Prepared prepared = prepare(context, options, "trace");
    const std::optional<core::Roof> known = roofOf(context, options, prepared, signals.token());
    const core::Roof* roof = known ? &*known : nullptr;
    const core::NodePlacement placement = traced(prepared, options.runs, signals.token());
    if (options.csv == "-")
        print(core::toCsv(placement, roof));
    else if (!options.csv.empty())
        core::writeFile(options.csv, core::toCsv(placement, roof), "CSV");
    if (options.json)
        print(core::dumped(document(options, prepared, placement, roof), 2) + "\n");
    else if (options.csv != "-")
        print(report(placement, roof));
    return kOk;
}

} // namespace

void addTrace(CLI::App& app, Context& context)
{
    CLI::App* command
        = addCommand(app, "trace", "Show which nodes of a model take how long, in which kernels");
    auto options = std::make_shared<Options>();
    options->addTo(*command);
    command->add_option("--runs", options->runs, "Traced runs after one that warms up")
        ->type_name("N")
        ->check(silent(CLI::Range(1, 100'000)))
        ->capture_default_str();
    command->add_option("--csv", options->csv, "Write a CSV row for each node; - for standard output")
        ->type_name("FILE");
    command->add_flag(
        "--roof", options->roof, "Also how near each node comes to this machine's peaks (see roofline)");
    command->add_flag("--json", options->json, "As JSON, for programs");
    command->footer(
        "Every step of a traced run is timed by itself; the time of a step is its median over the\n"
        "runs, that of a node the sum of its steps. Clocks around each step cost time of their own,\n"
        "so traced runs are no samples: sweep says how fast a model is. PLAIN is the share of time in\n"
        "plain loops and in a library's reference kernels; (reorder) is what the engine inserted to\n"
        "change a memory layout.\n"
        "Example: breakeven-cli trace zoo:resnet50 --threads 1 --csv nodes.csv");
    command->callback(
        [&context, options] { context.command = [&context, options] { return trace(context, *options); }; });
}

} // namespace app
