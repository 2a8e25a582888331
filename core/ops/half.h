// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"

/// float16 and bfloat16, which C++20 has no types for: their bits, and tensors of them as float32.
namespace core::ops {

float floatFromHalf(std::uint16_t bits);
float floatFromBfloat(std::uint16_t bits);
/// Rounded to nearest, ties to even; out of range becomes infinity.
std::uint16_t halfFromFloat(float value);
std::uint16_t bfloatFromFloat(float value);

bool isHalf(ElementType type); // float16 or bfloat16

/// A float32 copy of a half tensor.
Tensor widened(const TensorView& half);
/// Rounds float32 into a half tensor of the same shape.
void narrow(const TensorView& from, Tensor& half);

} // namespace core::ops
