// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

/// What came of timing an engine's kernels against each other. Plain values.
namespace core {

/// A node that takes another kernel than by the engine's rules. Times are medians of traced runs, with the
/// layout changes in front of the node.
struct KernelSwap {
    std::string node, type;
    std::string before, after; // kernels, "own:winograd", "brg_conv:avx512_core"
    std::chrono::nanoseconds timeBefore {}, timeAfter {};
};

struct KernelTuning {
    std::vector<KernelSwap> swaps; // of the fastest program that was found; empty: the rules' own
    std::size_t programs = 0; // that were timed against each other
    std::size_t rounds = 0; // of whole, untraced runs of the last ones, interleaved
    /// Time by rule over time of the fastest: the median over rounds with its 95 % interval; all 1 where
    /// nothing was faster.
    double ratio = 1, low = 1, high = 1;
    bool kept = false; // it is faster beyond doubt, and what compile() uses from now on
    std::string notWritten; // why later processes will not know, one sentence; empty: they will
};

} // namespace core
