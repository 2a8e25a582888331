// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/walk.h"
#include "gpu/engine/lowering.h"
#include "gpu/kernels/spread.h"

namespace gpu {

/// What a function of single elements reads, in the layout that its result is to have.
struct SpreadOperands {
    Layout layout = Layout::Dense;
    std::vector<TensorId> tensors;
    core::ops::Walk walk;
    std::vector<bool> dense; // lies like the result, element for element

    /// As kernels take them. Throws Error for more dimensions than these walk along.
    SpreadDims dims() const;
    SpreadDims::Operand operand(std::size_t index) const;
};

/// Operands that broadcast to a result of `shape`, in the layout that most of the memory already lies in.
SpreadOperands spreadOperands(
    Lowering& lowering, const std::vector<core::ValueId>& operands, const core::Shape& shape);

} // namespace gpu
