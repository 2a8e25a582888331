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
    machine.capped = [](core::InstructionSet isa, const core::SweepSpec& spec, std::stop_token stop,
                         const core::EventSink& emit) {
        core::sweepInChild(
            { .arguments = { workerPath(), "worker" }, .environment = { cpuLimitVariable(isa) } }, spec,
            std::move(stop), emit);
    };
    return machine;
}

} // namespace app
