// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <memory>
#include <string_view>
#include <vector>

namespace app {

/// All engines of this program, present or absent: CPU, GPU (found as a plug-in), reference. The only place
/// that names both devices.
std::vector<std::unique_ptr<core::Engine>> makeEngines();

/// What may run an operator on the CPU engine, the most wanted first: "oneDNN", "own", "plain".
std::vector<std::string_view> cpuKernelsOf(core::OpKind kind);

/// "NAME=VALUE" for the environment of a process whose CPU engine shall stay within `isa`.
std::string cpuLimitVariable(core::InstructionSet isa);

} // namespace app
