// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/library.h"
#include "app/cli/simulation_options.h"
#include "app/cli/simulation_text.h"

namespace app {

namespace {

struct Options {
    std::string run;
    SimulationOptions simulation;
    bool json = false;
};

int simulate(const Options& options)
{
    const Simulations simulations = options.simulation.run(readRunNamed(options.run));
    print(options.json ? core::dumped(jsonOf(simulations), 2) + "\n" : textOf(simulations));
    return kOk;
}

} // namespace

void addSimulate(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "simulate", "Try policies on a run's devices, with queues");
    auto options = std::make_shared<Options>();
    command->add_option("RUN", options->run, "A run file, or the beginning of an id in the library")
        ->type_name("")
        ->required();
    options->simulation.addTo(*command);
    command->add_flag("--json", options->json, "Print everything as JSON");
    command->footer(policyHelp()
        + "Arrivals: constant, poisson, gamma(cv=2), mmpp(burst=10,share=0.1,length=1s),\n"
          "diurnal(swing=0.8,period=24h), trace(FILE) with lines \"time,items[,priority]\".\n"
          "Example: breakeven-cli simulate run.json --rate 200 --slo 20ms --policy gpu-only\n"
          "           --policy \"timeout-batch(max=16,delay=2ms)\" --policy eft-deadline");
    command->callback([&context, options] { context.command = [options] { return simulate(*options); }; });
}

} // namespace app
