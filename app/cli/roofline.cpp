// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/known_peaks.h"
#include "app/cli/progress.h"
#include "app/cli/roofline_table.h"
#include "app/cli/stop_on_signal.h"
#include "core/measure/sweep.h"
#include "core/model/passes.h"

#include <algorithm>

namespace app {

namespace {

struct Options {
    std::string model, engine = "cpu", batches = "1";
    std::vector<std::string> dims;
    int threads = 0; // 0: all the device has
    bool again = false, json = false;
};

constexpr const char* kTask = "draw the roofline";

core::SweepSpec specOf(const Options& options, int threads)
{
    return { .model = options.model,
        .engines = { { .id = options.engine, .threads = { threads } } },
        .batches = asUsage([&] { return core::parseBatches(options.batches); }),
        .dims = ModelOptions { .model = options.model, .dims = options.dims }.dimValues() };
}

/// Runs the sweep; the model it ran is `model`.
core::Run measured(
    const core::SweepSpec& spec, const core::Model& model, Context& context, const std::stop_token& stop)
{
    core::Run run;
    Progress progress;
    core::runSweep(spec, model, context.engines(), stop, [&](const core::SweepEvent& event) {
        run.apply(event);
        progress.show(run, event);
    });
    progress.clear();
    return run;
}

RoofRow rowOf(
    const core::Cell& cell, const core::Graph& graph, const core::SweepSpec& spec, const core::Peaks& peaks)
{
    RoofRow row { .cell = cell.key, .seconds = {}, .point = {} };
    if (!cell.finished || !cell.summary.median) {
        row.point.unknown = cell.reason.empty() ? "it was not measured" : core::asReason(cell.reason);
        return row;
    }
    row.seconds = std::chrono::duration<double>(*cell.summary.median).count();
    const auto costs = core::nodeCosts(graph, core::inferShapes(graph, { cell.key.batch, spec.dims }));
    row.point = core::roofPoint(costs, cell.key.precision, peaks, *row.seconds);
    return row;
}

core::Json toJson(const RoofRow& row)
{
    core::Json json { { "batch", row.cell.batch }, { "threads", row.cell.threads } };
    if (row.seconds)
        json["latency_median_ms"] = *row.seconds * 1e3;
    const core::RoofPoint& point = row.point;
    if (!point.unknown.empty())
        json["unknown"] = point.unknown;
    else
        json.update(
            { { "arithmetic", core::precisionName(point.precision) }, { "flop_per_byte", point.intensity },
                { "flop_per_s", point.attained }, { "roof_flop_per_s", point.roof }, { "share", point.share },
                { "limited_by", core::limitName(point.by) } });
    return json;
}

core::Json document(const Options& options, const core::Peaks& peaks, const std::vector<RoofRow>& rows)
{
    core::Json points = core::Json::array();
    for (const RoofRow& row : rows)
        points.push_back(toJson(row));
    return { { "model", options.model }, { "peaks", core::toJson(peaks) }, { "points", std::move(points) } };
}

core::Peaks wantedPeaks(
    core::Engine& engine, int threads, const Options& options, const std::stop_token& stop)
{
    const auto wanted = options.again ? core::PeaksWanted::Again : core::PeaksWanted::Remembered;
    return peaksFor(engine, threads, wanted, stop);
}

int peaksAlone(core::Engine& engine, int threads, const Options& options, const std::stop_token& stop)
{
    const core::Peaks peaks = wantedPeaks(engine, threads, options, stop);
    print(options.json ? core::dumped(core::toJson(peaks), 2) + "\n" : peaksTable(engine.device(), peaks));
    return kOk;
}

int modelUnderRoof(
    Context& context, core::Engine& engine, int threads, const Options& options, const std::stop_token& stop)
{
    const core::SweepSpec spec = specOf(options, threads);
    const core::Model model = core::openModel(options.model); // before seconds go into peaks
    const core::Peaks peaks = wantedPeaks(engine, threads, options, stop);
    const core::Run run = measured(spec, model, context, stop);
    const auto graph = core::optimise(*model.graph);
    std::vector<RoofRow> rows;
    for (const core::Cell& cell : run.cells)
        rows.push_back(rowOf(cell, *graph, spec, peaks));
    print(options.json ? core::dumped(document(options, peaks, rows), 2) + "\n" : roofTable(rows));
    const bool measuredAny
        = std::any_of(rows.begin(), rows.end(), [](const RoofRow& row) { return row.seconds.has_value(); });
    return measuredAny ? kOk : kFailed;
}

int roofline(Context& context, const Options& options)
{
    const StopOnSignal signals; // before the engines start threads
    core::Engine& engine = context.engine(options.engine, kTask);
    const EngineOptions chosen { .engine = options.engine, .threads = options.threads };
    const int threads = chosen.compileOptions(engine.device(), {}).threads;
    return options.model.empty() ? peaksAlone(engine, threads, options, signals.token())
                                 : modelUnderRoof(context, engine, threads, options, signals.token());
}

void addOptions(CLI::App& command, Options& options)
{
    command.add_option("MODEL", options.model, "ONNX file, or zoo:NAME; without one the peaks alone")
        ->type_name("");
    command.add_option("--dim", options.dims, "Value of a dynamic dimension other than the batch (repeat)")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command.add_option("-e,--engine", options.engine, "Engine to run on (see devices)")
        ->type_name("ID")
        ->capture_default_str();
    command.add_option("-t,--threads", options.threads, "Threads of a CPU engine (default: all)")
        ->type_name("N")
        ->check(silent(CLI::Range(1, 4096)));
    command.add_option("-b,--batches,--batch", options.batches, "Batch sizes: 1,2,4-64x2 or 8-32+8")
        ->type_name("LIST")
        ->capture_default_str();
    command.add_flag("--again", options.again, "Measure the peaks anew, though they are known");
    command.add_flag("--json", options.json, "As JSON, for programs");
}

} // namespace

void addRoofline(CLI::App& app, Context& context)
{
    CLI::App* command
        = addCommand(app, "roofline", "Measure this machine's peaks, and how near a model comes to them");
    auto options = std::make_shared<Options>();
    addOptions(*command, *options);
    command->footer(
        "Peaks take a few seconds and are kept in ~/.cache/breakeven for each number of threads. The\n"
        "roof of a node is the lesser of its precision's peak and of what the nearest level of memory\n"
        "that holds its bytes can feed; that of a model is its FLOP over the sum of its nodes' least\n"
        "times. OF ROOF is that least time over the median latency. Over 100 %: caches, or less\n"
        "arithmetic than the direct algorithm's.\n"
        "Example: breakeven-cli roofline zoo:resnet50 --threads 1 --batches 1-16x2");
    command->callback([&context, options] {
        context.command = [&context, options] { return roofline(context, *options); };
    });
}

} // namespace app
