// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/kernel_tuning.h"
#include "cpu/compile.h"

#include <stop_token>

namespace cpu {

/// Finds the fastest kernel and layout for each node. Programs that take one family of kernels, or one
/// layout, wherever it fits are traced in turn; nodes are given what was fastest for them, runs of
/// convolutions the layout that was; what comes out is run against the rules' program, whole and interleaved,
/// and remembered if the 95 % interval of the ratio lies above 1. Holds several programs at once. nullopt
/// where shapes depend on data. Throws Error when it was stopped.
std::optional<core::KernelTuning> tuneKernels(const std::shared_ptr<const core::Graph>& graph,
    std::span<const core::InputFact> inputs, const dnnl::engine& engine, const Settings& settings,
    const std::stop_token& stop);

} // namespace cpu
