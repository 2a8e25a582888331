// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/library.h"
#include "app/cli/stop_on_signal.h"
#include "app/cli/sweep_output.h"
#include "core/measure/model_summary.h"
#include "core/record/continued_run.h"

namespace app {

namespace {

struct Options {
    std::string run;
    SweepOutput output;
};

int goOn(Context& context, const Options& options)
{
    options.output.check();
    const StopOnSignal signals; // before the engines start threads
    const auto run = std::make_shared<const core::Run>(readRunNamed(options.run));
    const core::SweepSpec& spec = run->header.spec;
    core::checkContinues(*run, core::summarise(core::openModel(spec.model), spec.dims));
    for (const core::EngineChoice& choice : spec.engines)
        context.sweepEngine(choice.id);
    core::SweepControl control(signals.token());
    control.earlier = core::earlierCells(run);
    return runAndReport(context, spec, options.output, std::move(control));
}

} // namespace

void addContinue(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "continue", "Go on with a sweep that was cut off or stopped");
    auto options = std::make_shared<Options>();
    command->add_option("RUN", options->run, "Its run file, or the beginning of its id in the library")
        ->type_name("")
        ->required();
    options->output.addTo(*command);
    command->footer(
        "Measures the cells that the run has no figures of, by its own settings, and carries the\n"
        "others over, marked with when they were measured. The result is a run of its own.\n"
        "Example: breakeven-cli continue 3f2a91c0 --out run.json");
    command->callback(
        [&context, options] { context.command = [&context, options] { return goOn(context, *options); }; });
}

} // namespace app
