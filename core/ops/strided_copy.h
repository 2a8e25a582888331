// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/strides.h"

#include <vector>

namespace core::ops {

/// to[i] = from[base + strides * i] for every position i of `to`, whatever the elements are.
void stridedCopy(const TensorView& from, std::int64_t base, const Strides& strides, Tensor& to);

/// Per dimension of the output, which index of the input each index reads; kFill: none, the fill element
/// instead.
inline constexpr std::int64_t kFill = -1;
using IndexMaps = std::vector<std::vector<std::int64_t>>;

/// One element of any type, for what maps leave out.
Tensor fillElement(ElementType type, double value);

/// `fill` is one element of the same type; it may be left out when no map has kFill.
void mappedCopy(const TensorView& from, const IndexMaps& maps, const TensorView* fill, Tensor& to);

} // namespace core::ops
