// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/lowering.h"

namespace gpu {

/// What the value's numbers are and how products of them compute; throws Error for other types.
Numbers numbersOf(const Lowering& lowering, core::ValueId value);

/// Where one of several products begins in its factors' and its result's memory, in elements.
struct Shift {
    std::int64_t a = 0, b = 0, c = 0;
};

/// The product with its tensors, at each of the shifts, as the node's step, then what follows it; defines the
/// output in `layout`, whose memory is the product's c. A bias of -1 is none.
void addProduct(Lowering& lowering, const core::Node& node, Product product, TensorId a, TensorId b,
    TensorId bias, Layout layout = Layout::Dense, std::vector<Shift> shifts = { {} });

} // namespace gpu
