// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/convolution.h"
#include "gpu/kernels/integers.h"

#include <optional>

/// What lowerings of products of integers share.
namespace gpu {

/// Throws Error for more products than sums of 32 bits hold, whatever the 8-bit integers are.
void requireExactSums(std::int64_t products);

/// How the sums of a node end: in real numbers or rounded, as far as one kernel takes it.
struct IntegerSteps {
    IntegerEnding ending {}; // but for where things are
    TensorId factors = -1, bias = -1, residual = -1, result = -1;
    std::size_t taken = 0; // post-ops

    std::vector<TensorId> reads(std::vector<TensorId> more) const;
    IntegerEnding at(const Addresses& at) const;
};

/// That of a node whose sums count in steps of `scales`, one or one for each of `channels`. Defines the
/// output in `layout`; where more follows than the kernel does, its result is float32 that addRest() goes on
/// with.
IntegerSteps integerSteps(Lowering& lowering, const core::Node& node, const std::vector<float>& scales,
    std::int64_t channels, Layout layout);
void addRest(Lowering& lowering, const core::Node& node, const IntegerSteps& steps, Layout layout);

/// Adds the step that makes 8-bit integers of float32 in the same places.
void addQuantise(Lowering& lowering, TensorId from, TensorId to, const core::Quantisation& as);
/// And the reverse.
void addDequantise(Lowering& lowering, TensorId from, TensorId to, const core::Quantisation& as);

/// And those that make uint8 of `count` elements of float32 over their range: one scale, one zero point.
void addDynamicQuantise(
    Lowering& lowering, TensorId x, std::int64_t count, TensorId y, TensorId scale, TensorId zero);

inline bool hasInput(const core::Node& node, std::size_t index)
{
    return index < node.inputs.size() && node.inputs[index] != core::kNoValue;
}

/// The zero point of a product's input: known, or the one element of a tensor.
struct InputZero {
    core::ElementType type = core::ElementType::UInt8; // of the input, and of the zero point
    std::int64_t known = 0;
    TensorId given = -1;

    IntegerZero at(const Addresses& at) const;
};

/// Where a file has its weights, in elements.
struct WeightPlaces {
    std::int64_t groups = 1, features = 0, taps = 1, channels = 0; // counts
    std::int64_t group = 0, feature = 0, tap = 0, channel = 0; // steps
};

/// Those of a convolution.
WeightPlaces weightPlaces(const Convolution& conv);

/// Known weights as the tiles read them: less their zero points.
struct PackedIntegers {
    TensorId weights = -1, sums = -1;
    std::int64_t pitch = 0;
};

/// `zeros` are one, or one for each feature of every group. Nothing where the differences are no int8.
std::optional<PackedIntegers> packIntegers(Lowering& lowering, const core::TensorView& weights,
    const std::vector<std::int64_t>& zeros, const WeightPlaces& places);

/// Weights of a depthwise convolution, [channel][tap] in the file, with channels beside each other; likewise.
std::optional<TensorId> packDepthwise(Lowering& lowering, const core::TensorView& weights,
    const std::vector<std::int64_t>& zeros, std::int64_t channels, std::int64_t taps);

/// The step that computes it all.
void addIntegerProduct(Lowering& lowering, const ConvolutionPlaces& places, TensorId input,
    const InputZero& zero, const PackedIntegers& packed, const IntegerSteps& steps);

/// A matrix of `rows` by `terms`, times one of `columns`, as places of images of one pixel.
ConvolutionPlaces matrixPlaces(std::int64_t rows, std::int64_t terms, std::int64_t columns);

} // namespace gpu
