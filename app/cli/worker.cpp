// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/run_spec.h"
#include "app/cli/stop_on_signal.h"
#include "core/record/event_json.h"

#include <iostream>
#include <string>

namespace app {

namespace {

/// The child of another Breakeven: what it measures it says in events, and failing cells are no failure of
/// its own. Devices are started once for all sweeps.
int work(Context& context)
{
    const StopOnSignal signals; // before the engines start threads
    for (std::string json; !signals.token().stop_requested() && std::getline(std::cin, json);) {
        runSpec(core::specFromJson(json), context.engines(), signals.token(),
            [](const core::SweepEvent& event) { print(core::toJsonLine(event) + "\n"); });
    }
    return kOk;
}

} // namespace

void addWorker(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(
        app, "worker", "Run sweeps, read from standard input as JSON in a line each, and print their events");
    command->group(""); // not for people: sweeps start it for cells that need a process of their own
    command->callback([&context] { context.command = [&context] { return work(context); }; });
}

} // namespace app
