// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/child_sweeps.h"

#include "app/engine_catalog.h"
#include "core/child/child_sweep.h"

#include <filesystem>

namespace app {

namespace {

std::string workerPath()
{
    std::error_code error; // without a path the start of the child fails, and says so
    return std::filesystem::read_symlink("/proc/self/exe", error).replace_filename("breakeven-cli").string();
}

} // namespace

core::Machine sweepMachine()
{
    core::Machine machine;
    machine.child = [](const core::ChildNeeds& needs, const core::SweepSpec& spec, std::stop_token stop,
                        const core::EventSink& emit) {
        core::ChildCommand command { .arguments = { workerPath(), "worker" }, .silence = needs.silence };
        if (needs.isa != core::InstructionSet::All)
            command.environment.push_back(cpuLimitVariable(needs.isa));
        core::sweepInChild(std::move(command), spec, std::move(stop), emit);
    };
    return machine;
}

} // namespace app
