// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/capacity_text.h"
#include "app/cli/library.h"

namespace app {

namespace {

struct Options {
    std::string run;
    CapacityOptions capacity;
    bool json = false;
};

int capacity(const Options& options)
{
    const CapacityPlan plan = options.capacity.plan(readRunNamed(options.run));
    print(options.json ? core::dumped(jsonOf(plan), 2) + "\n" : textOf(plan));
    return plan.answer.meets ? kOk : kFailed;
}

} // namespace

void addCapacity(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "capacity", "Find the cheapest mix of instances for a day");
    auto options = std::make_shared<Options>();
    command->add_option("RUN", options->run, "A run file, or the beginning of an id in the library")
        ->type_name("")
        ->required();
    options->capacity.addTo(*command);
    command->add_flag("--json", options->json, "Print everything as JSON");
    command->footer(
        std::string(
            "Arrivals: poisson, mmpp(burst=10,share=0.1,length=600s), diurnal(swing=0.8,period=24h),\n"
            "trace(FILE) with lines \"time,items\".\n")
        + kPriceHelp
        + "Example: breakeven-cli capacity run.json --rate 200 --slo 50ms --price cpu=c5.4xlarge\n"
          "           --price gpu=1.006 --cache \"lru(size=1000,keys=100000,zipf=0.9)\"");
    command->callback([&context, options] { context.command = [options] { return capacity(*options); }; });
}

} // namespace app
