// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"

#include <span>

/// Cutting tensors into slices along an axis and piling slices up, for operators that walk along one.
namespace core::ops {

/// The slice at `index`, without that axis.
Tensor slice(const TensorView& view, std::size_t axis, std::int64_t index);

/// The slices along a new axis. Throws Error when their shapes or types differ.
Tensor stack(std::span<const Tensor> slices, std::size_t axis);

/// The tensor with its first dimension made `length` by zeros at the end.
Tensor padded(const Tensor& tensor, std::int64_t length);

} // namespace core::ops
