// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"

namespace core {

/// Element `index` as a double. Throws Error for a type without numbers.
double numberAt(const TensorView& tensor, std::size_t index);

/// How far a tensor is from the one it should be. Not-a-number equals not-a-number and infinity itself;
/// either beside anything else is infinitely far.
struct Difference {
    double maxAbs = 0; // max |a - b|
    double maxRel = 0; // max |a - b| / max(|b|, 0.01 max|b|), maxAbs where b is all zeros: docs/measuring.md
    double cosine = 1; // of the angle between both as vectors; 1 for two vectors of zeros
};

/// `actual` against `expected`, of any element types. Throws Error when their shapes differ.
Difference compare(const TensorView& actual, const TensorView& expected);

} // namespace core
