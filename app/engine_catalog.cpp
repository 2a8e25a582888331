// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine_catalog.h"

#include "core/engine/reference_engine.h"
#include "cpu/cpu_engine.h"
#include "cpu/isa.h"
#include "gpu/plugin.h"

namespace app {

std::vector<std::unique_ptr<core::Engine>> makeEngines()
{
    std::vector<std::unique_ptr<core::Engine>> engines;
    engines.push_back(cpu::makeEngine());
    engines.push_back(gpu::loadGpuEngine());
    engines.push_back(std::make_unique<core::ReferenceEngine>());
    return engines;
}

std::vector<std::string_view> cpuKernelsOf(core::OpKind kind)
{
    return cpu::kernelsOf(kind);
}

std::string cpuLimitVariable(core::InstructionSet isa)
{
    return cpu::limitVariable(isa);
}

} // namespace app
