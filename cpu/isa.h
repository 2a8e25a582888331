// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/tuning.h"

#include <string>
#include <vector>

/// Which instruction sets this process's kernels may use: what the CPU has, within the limit that oneDNN read
/// from its environment when it was first called. Own kernels ask here too, so that a limit holds for all.
namespace cpu {

/// Kernels may use everything in `set`.
bool runs(core::InstructionSet set);

/// All sets but `All` that kernels may use, each containing those before it. Empty on other processors than
/// x86-64.
std::vector<core::InstructionSet> instructionSets();

/// The set that kernels may use and nothing beyond; `All` where that has no name.
core::InstructionSet limit();

/// "AMD EPYC 9B14": as the system names it.
std::string processorName();

/// "AVX-512, VNNI": what kernels may use, for people.
std::string isaName();

/// "NAME=VALUE" for the environment of a process that shall stay within `set`.
std::string limitVariable(core::InstructionSet set);

} // namespace cpu
