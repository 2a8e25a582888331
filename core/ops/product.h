// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"

namespace core::ops {

/// A product of matrices as NumPy's matmul sees it: leading dimensions broadcast, a vector is one row or one
/// column.
struct Product {
    Shape batch; // broadcast leading dimensions
    Shape a, b; // leading dimensions of either side
    std::int64_t rows, inner, columns;
    Shape output;
};

/// Throws Error when they do not fit.
Product productOf(const Shape& a, const Shape& b);

/// alpha * a b, plus the bias of each column unless it is null, into `y`.
void multiplyMatrices(
    const TensorView& a, const TensorView& b, const TensorView* bias, float alpha, Tensor& y);

} // namespace core::ops
