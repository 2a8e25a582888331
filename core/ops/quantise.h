// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <cmath>

/// What operators on quantised numbers share: real = scale * (quantised - zero point).
namespace core::ops {

using QuantisedTypes = Types<std::int8_t, std::uint8_t>;
using AnyQuantisedTypes = Types<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t>;

bool isQuantised(ElementType type); // int8 or uint8
extern const TypeSet kQuantised, kFloat32;

/// The nearest T to scaled + zero, ties to even, clamped to T's range; NaN is 0.
template <typename T> T quantised(double scaled, std::int64_t zero)
{
    return fromReal<T>(std::nearbyint(scaled) + static_cast<double>(zero));
}

/// The integers of a tensor of any quantised type, such as zero points.
std::vector<std::int64_t> quantisedIntegers(const TensorView& view);

/// The real numbers, float32, that 8-bit integers stand for.
Tensor dequantised(const TensorView& view, const Quantisation& as);

/// The reverse, into `to`, whose type is that of `as`: one scale.
void quantise(const TensorView& from, const Quantisation& as, Tensor& to);

/// What DynamicQuantizeLinear finds: uint8 over the range of the numbers and 0.
struct DynamicScale {
    float scale;
    std::uint8_t zero;
};
DynamicScale dynamicScale(std::span<const float> x);

/// x - zero as 32 bit, ready for integer products. `zeros` has one zero point, or one per `period` elements
/// that lie behind each other, over and over.
std::vector<std::int32_t> centred(
    const TensorView& x, const std::vector<std::int64_t>& zeros, std::int64_t period = 1);

/// Sums of 32 bit, which wrap as other engines' do; unsigned, for there wrapping is defined.
using IntegerSum = std::uint32_t;

/// Input `index` of a rule is a scale or zero point of one element (or of `channels`, where given); throws
/// otherwise.
void requireScale(const InferContext& context, std::size_t index, std::int64_t channels = 1);
void requireZeroPoint(
    const InferContext& context, std::size_t index, ElementType type, std::int64_t channels = 1);

} // namespace core::ops
