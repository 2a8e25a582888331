// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/decision_options.h"
#include "app/cli/decision_text.h"
#include "app/cli/library.h"
#include "core/analyse/report.h"
#include "core/record/run_file.h"

namespace app {

namespace {

struct Options {
    std::string run;
    DecisionOptions decision;
    bool json = false;
    std::string html; // file; empty: none
};

int decide(const Options& options)
{
    if (!options.html.empty())
        core::checkWritable(options.html, "report");
    const core::Run run = readRunNamed(options.run);
    const core::DecisionSettings settings = options.decision.settings(run);
    const core::Decision decision = core::decide(run, settings);
    if (!options.html.empty())
        core::writeFile(options.html, core::htmlReport(decision, run, settings), "report");
    if (options.json)
        print(core::dumped(jsonOf(decision, run, settings), 2) + "\n");
    else
        print(textOf(decision, run, settings));
    return decision.best ? kOk : kFailed;
}

} // namespace

void addDecide(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "decide", "Say which device and batch a run speaks for, and why");
    auto options = std::make_shared<Options>();
    command->add_option("RUN", options->run, "A run file, or the beginning of an id in the library")
        ->type_name("")
        ->required();
    options->decision.addTo(*command);
    command->add_flag("--json", options->json, "Print everything as JSON");
    command->add_option("--html", options->html, "Write the same as a page with its charts")
        ->type_name("FILE");
    command->footer(
        std::string(
            "Targets: p99=20ms (also latency, p50, p90, p95, p99.9), rate=500, power=200W, memory=4GB,\n"
            "cost=0.05 (a million). A target on an unknown figure is unknown, never met.\n")
        + kPriceHelp
        + "Example: breakeven-cli decide run.json --target p99=20ms --rate 500 --objective cost\n"
          "           --price cpu=c5.4xlarge --price \"gpu=g4dn.xlarge (T4)\"");
    command->callback([&context, options] { context.command = [options] { return decide(*options); }; });
}

} // namespace app
