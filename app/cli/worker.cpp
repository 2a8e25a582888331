// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/run_spec.h"
#include "app/cli/stop_on_signal.h"
#include "core/record/event_json.h"

namespace app {

namespace {

/// The child of another Breakeven: what it measures it says in events, and failing cells are no failure of
/// its own.
int work(Context& context, const std::string& json)
{
    const StopOnSignal signals; // before the engines start threads
    const core::SweepSpec spec = core::specFromJson(json);
    runSpec(spec, context.engines(), signals.token(),
        [](const core::SweepEvent& event) { print(core::toJsonLine(event) + "\n"); });
    return kOk;
}

} // namespace

void addWorker(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "worker", "Run a sweep given as JSON and print its events");
    command->group(""); // not for people: sweeps start it for cells that need a process of their own
    auto json = std::make_shared<std::string>();
    command->add_option("SPEC", *json, "Settings as a run file has them")->type_name("")->required();
    command->callback(
        [&context, json] { context.command = [&context, json] { return work(context, *json); }; });
}

} // namespace app
