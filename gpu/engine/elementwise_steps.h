// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/spread_operands.h"

namespace gpu {

/// The work of a chain's steps. Operands for which `dense` holds lie like the result, element for element;
/// the result may be one of those. Throws Error for more dimensions than the kernel walks along.
Work chainWork(core::ElementType type, const std::vector<core::ChainStep>& steps, const core::ops::Walk& walk,
    const std::vector<bool>& dense, const std::vector<TensorId>& operands, TensorId result,
    std::int64_t count);

/// What a product or convolution takes of a node's epilogue: a sum with a tensor like the result, then one
/// activation.
struct Ending {
    TensorId residual = -1;
    Activation activation = Activation::None;
    std::size_t taken = 0; // post-ops of the node
};
Ending endingOf(Lowering& lowering, const core::Node& node, Layout layout);

/// What an own kernel takes of it: a sum with a tensor like the result, then any function of one operand.
struct FunctionEnding {
    TensorId residual = -1;
    core::ChainStep function { core::ChainFunction::Linear, 1, 0, 0, -1 };
    std::size_t taken = 0;
};
FunctionEnding functionEndingOf(Lowering& lowering, const core::Node& node, Layout layout);

/// The post-ops behind those that were taken, as one pass over `target`, the node's output in `layout`.
void addRest(Lowering& lowering, const core::Node& node, std::size_t taken, TensorId target, Layout layout);

} // namespace gpu
