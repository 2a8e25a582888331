// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/integer_steps.h"

#include <algorithm>
#include <limits>

namespace gpu {

using core::ElementType;

namespace {

/// The integers less their zero points; nothing where one of the differences is no int8.
std::optional<std::vector<std::int8_t>> centred(
    const core::TensorView& weights, const std::vector<std::int64_t>& zeros, const WeightPlaces& places)
{
    std::vector<std::int8_t> result(weights.bytes.size());
    for (std::int64_t row = 0; row < places.groups * places.features; ++row) {
        const std::int64_t first
            = row / places.features * places.group + row % places.features * places.feature;
        const std::int64_t zero = zeros.empty() ? 0 : zeros[static_cast<std::size_t>(row) % zeros.size()];
        for (std::int64_t term = 0; term < places.taps * places.channels; ++term) {
            const auto at = static_cast<std::size_t>(
                first + term / places.channels * places.tap + term % places.channels * places.channel);
            const auto bits = std::to_integer<std::uint8_t>(weights.bytes[at]);
            const std::int64_t value = integerOf(bits, weights.type == ElementType::Int8) - zero;
            if (value < std::numeric_limits<std::int8_t>::min()
                || value > std::numeric_limits<std::int8_t>::max())
                return std::nullopt;
            result[at] = static_cast<std::int8_t>(value);
        }
    }
    return result;
}

} // namespace

WeightPlaces weightPlaces(const Convolution& conv)
{
    const std::int64_t feature = conv.taps * conv.channels;
    return { conv.group, conv.features, conv.taps, conv.channels, conv.features * feature, feature, 1,
        conv.taps };
}

std::optional<PackedIntegers> packIntegers(Lowering& lowering, const core::TensorView& weights,
    const std::vector<std::int64_t>& zeros, const WeightPlaces& places)
{
    const auto integers = centred(weights, zeros, places);
    if (!integers)
        return std::nullopt;
    const std::int64_t rows = places.groups * places.features, terms = places.taps * places.channels,
                       pitch = (terms + kSquare - 1) / kSquare * kSquare;
    std::vector<std::int8_t> packed(static_cast<std::size_t>(rows * pitch), 0);
    std::vector<std::int32_t> sums(static_cast<std::size_t>(rows), 0);
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t term = 0; term < terms; ++term) {
            const std::int8_t weight = (*integers)[static_cast<std::size_t>(
                row / places.features * places.group + row % places.features * places.feature
                + term / places.channels * places.tap + term % places.channels * places.channel)];
            packed[static_cast<std::size_t>(row * pitch + term)] = weight;
            sums[static_cast<std::size_t>(row)] += weight;
        }
    return PackedIntegers { lowering.uploadAll(std::move(packed)), lowering.uploadAll(std::move(sums)),
        pitch };
}

std::optional<TensorId> packDepthwise(Lowering& lowering, const core::TensorView& weights,
    const std::vector<std::int64_t>& zeros, std::int64_t channels, std::int64_t taps)
{
    const auto integers = centred(weights, zeros,
        { .features = channels, .taps = taps, .channels = 1, .feature = taps, .tap = 1, .channel = 1 });
    if (!integers)
        return std::nullopt;
    std::vector<std::int8_t> packed;
    packed.reserve(integers->size());
    for (std::int64_t tap = 0; tap < taps; ++tap)
        for (std::int64_t channel = 0; channel < channels; ++channel)
            packed.push_back((*integers)[static_cast<std::size_t>(channel * taps + tap)]);
    return lowering.uploadAll(std::move(packed));
}

ConvolutionPlaces matrixPlaces(std::int64_t rows, std::int64_t terms, std::int64_t columns)
{
    constexpr std::int64_t kMost = std::int64_t { 1 } << 28; // kernels count terms and columns in 32 bits
    if (terms >= kMost || columns >= kMost)
        throw core::Error("multiplies matrices of {} by {}, and {} are the most.", terms, columns, kMost - 1);
    return { .rows = rows,
        .groups = 1,
        .channels = static_cast<int>(terms),
        .features = static_cast<int>(columns),
        .terms = static_cast<int>(terms),
        .inputSize = { 1, 1, 1 },
        .outputSize = { 1, 1, 1 },
        .kernel = { 1, 1, 1 },
        .strides = { 1, 1, 1 },
        .dilations = { 1, 1, 1 },
        .pads = { 0, 0, 0 } };
}

void addIntegerProduct(Lowering& lowering, const ConvolutionPlaces& places, TensorId input,
    const InputZero& zero, const PackedIntegers& packed, const IntegerSteps& steps)
{
    std::vector<TensorId> reads = steps.reads({ input, packed.weights, packed.sums });
    if (zero.given >= 0)
        reads.push_back(zero.given);
    lowering.add(
        "own:integers", std::move(reads), { steps.result }, [=](Device& device, const Addresses& at) {
            IntegerConvolution body { places };
            body.input = at.as<const std::uint8_t>(input);
            body.weights = at.as<const std::int8_t>(packed.weights);
            body.weightSums = at.as<const std::int32_t>(packed.sums);
            body.pitch = packed.pitch;
            body.zero = zero.at(at);
            const auto runs = [&](int bytes) {
                return places.channels % bytes == 0
                    && reinterpret_cast<std::uintptr_t>(body.input) % static_cast<unsigned>(bytes) == 0;
            };
            body.run = runs(16) ? 16 : runs(4) ? 4 : 1;
            body.ending = steps.at(at);
            device.run(body, body.tilesAcross() * body.tilesDown() * body.groups);
        });
}

} // namespace gpu
