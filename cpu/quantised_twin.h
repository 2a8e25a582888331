// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/lowering.h"
#include "cpu/quantise_kernel.h"

#include <optional>

namespace cpu {

/// A value's integers, made by the kernel that makes its numbers, while those are in level 1.
struct QuantisedTwin {
    QuantiseKernel kernel;
    TensorId target = -1;
    int node = -1; // the QuantizeLinear
};

/// Takes a QuantizeLinear of `value`, made by the current node, out of the nodes still to be lowered, where
/// its integers lie in the order of the numbers and it stands near. nullopt when there is none.
std::optional<QuantisedTwin> takeQuantiser(Lowering& lowering, core::ValueId value);

} // namespace cpu
