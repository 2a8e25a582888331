// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace core {

/// What a CPU's kernels may use at most; each contains those before it. `All`: whatever the CPU has.
enum class InstructionSet { All, Baseline, Avx2, Avx512, Vnni, Bf16, Amx };

/// "all", "baseline", "avx2", "avx512", "vnni", "bf16", "amx".
std::string_view instructionSetName(InstructionSet set);
/// The reverse; throws Error for any other word.
InstructionSet instructionSetFromName(std::string_view name);

/// How far a cell is optimised: as far as the engine can, or with something left out to see what it is worth.
struct Tuning {
    InstructionSet isa = InstructionSet::All; // fixed for a process: other cells run in one of their own
    bool fuse = true; // else each operator runs as the file has it
    bool plain = false; // every node by the operator table's own loop, none by a kernel
    bool rules = false; // kernels by rule alone, whatever Engine::tuneKernels() found
    bool graph = true; // a GPU is given all of its work as one recording; else kernel by kernel
    bool transfers = true; // runs copy inputs to the GPU and outputs from it; else that happens between them

    bool operator==(const Tuning&) const = default;
    bool operator<(const Tuning& other) const; // some order, for keys
};

/// "full", or what is left out: "avx2", "nofusion", "rules", "plain", "nograph", "avx2+nofusion".
std::string tuningName(const Tuning& tuning);
/// The reverse; throws Error for a word it does not know.
Tuning tuningFromName(std::string_view name);

} // namespace core
