// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sweep_output.h"

#include "app/child_sweeps.h"
#include "app/cli/library.h"
#include "app/cli/progress.h"
#include "app/cli/run_spec.h"
#include "app/cli/sensors.h"
#include "app/cli/summary_table.h"
#include "core/record/csv.h"
#include "core/record/event_json.h"
#include "core/record/run_file.h"

namespace app {

namespace {

void writeResults(const SweepOutput& output, const core::Run& run)
{
    if (!output.out.empty())
        core::writeRun(run, output.out);
    if (output.csv == "-")
        print(core::toCsv(run));
    else if (!output.csv.empty())
        core::writeFile(output.csv, core::toCsv(run), "CSV");
    if (output.json)
        print(core::toJson(run));
    else if (output.csv != "-" && !output.events)
        print(summaryTable(run));
}

/// 0 when every cell that could start was seen through and at least one has figures.
int statusOf(const core::Run& run)
{
    bool measured = false;
    for (const core::Cell& cell : run.cells)
        measured = measured || cell.finished.has_value();
    return measured && run.finished && !run.finished->stoppedByUser ? kOk : kFailed;
}

/// With nothing but CSV or events on standard output, a sweep without a single figure says why on the other
/// one.
void explainFailure(const SweepOutput& output, const core::Run& run)
{
    if (output.csv != "-" && !output.events && !output.json)
        return;
    for (const core::Cell& cell : run.cells) {
        if (!cell.finished && !cell.reason.empty())
            std::fprintf(stderr, "breakeven-cli: %s: %s\n", nameOf(cell.key).c_str(), cell.reason.c_str());
    }
}

} // namespace

void SweepOutput::addTo(CLI::App& command)
{
    command.add_option("-o,--out", out, "Write the run as JSON")->type_name("FILE");
    command.add_option("--csv", csv, "Write a CSV row for each cell; - for standard output")
        ->type_name("FILE");
    command.add_option("--power-meter", powerMeter, kPowerMeterHelp)->type_name("FILE");
    command.add_flag("--json", json, "Print the run as JSON in place of the table");
    command.add_flag("--no-store", noStore, "Leave the run out of the library (see runs)");
    command.add_flag("--events", events, "Print events as they happen, one JSON object a line");
}

void SweepOutput::check() const
{
    if (events + json + (csv == "-") > 1)
        throw UsageError("Cannot print both: --events, --json and --csv - want standard output.");
    if (!out.empty())
        core::checkWritable(out, "run");
    if (!csv.empty() && csv != "-")
        core::checkWritable(csv, "CSV");
}

int runAndReport(
    Context& context, const core::SweepSpec& spec, const SweepOutput& output, core::SweepControl control)
{
    core::Run run;
    Progress progress;
    Library library(output.noStore ? Library::Wanted::No : Library::Wanted::Yes, run);
    const std::vector<core::Engine*> engines = context.engines();
    const core::EventSink take = [&](const core::SweepEvent& event) {
        run.apply(event);
        library.take(event);
        if (output.events)
            print(core::toJsonLine(event) + "\n");
        progress.show(run, event);
    };
    runSpec(spec, engines, std::move(control), take, sweepMachine(output.powerMeter));
    progress.clear();
    writeResults(output, run);
    explainFailure(output, run);
    library.report();
    return statusOf(run);
}

} // namespace app
