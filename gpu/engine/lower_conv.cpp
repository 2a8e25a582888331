// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "gpu/engine/convolution.h"
#include "gpu/engine/element_types.h"
#include "gpu/engine/elementwise_steps.h"
#include "gpu/engine/lower_table.h"
#include "gpu/engine/product_steps.h"

#include <algorithm>
#include <cstring>

namespace gpu {

namespace {

/// Every output pixel is a product of the same input pixel's channels.
bool isProduct(const Convolution& conv)
{
    const auto ones = [](const core::Shape& shape) {
        return std::all_of(shape.begin(), shape.end(), [](std::int64_t each) { return each == 1; });
    };
    return conv.group == 1 && conv.taps == 1 && ones(conv.window.strides)
        && core::ops::spatial(conv.input) == core::ops::spatial(conv.output);
}

/// Rows of channels by weights that lie as the file has them: transposed.
void lowerPointwise(Lowering& lowering, const core::Node& node, const Convolution& conv, TensorId bias)
{
    Product product { .numbers = numbersOf(lowering, node.inputs[0]) };
    product.k = product.rowA = product.rowB = conv.channels;
    product.n = product.rowC = conv.features;
    product.m = core::elementCount(conv.output) / conv.features;
    product.transposeB = true;
    const TensorId x = lowering.in(node.inputs[0], Layout::ChannelsLast);
    addProduct(lowering, node, product, x, lowering.in(node.inputs[1]), bias, Layout::ChannelsLast);
}

/// [group * feature][channel][tap] as [group][tap][channel][feature], on the host.
void packWeights(const std::byte* from, std::byte* to, const Convolution& conv, std::size_t size)
{
    const std::int64_t terms = conv.taps * conv.channels;
    for (std::int64_t row = 0; row < conv.group * terms; ++row)
        for (std::int64_t feature = 0; feature < conv.features; ++feature, to += size) {
            const std::int64_t group = row / terms, tap = row % terms / conv.channels,
                               channel = row % conv.channels;
            const std::int64_t at
                = ((group * conv.features + feature) * conv.channels + channel) * conv.taps + tap;
            std::memcpy(to, from + static_cast<std::size_t>(at) * size, size);
        }
}

/// Weights as the kernel reads them: packed once, or before every run where they are computed.
TensorId packedWeights(Lowering& lowering, core::ValueId value, const Convolution& conv)
{
    const std::size_t size = core::elementSize(lowering.typeOf(value));
    const std::size_t bytes = static_cast<std::size_t>(core::elementCount(conv.weights)) * size;
    if (const auto view = lowering.constant(value))
        return lowering.upload(
            bytes, [=](std::byte* to) { packWeights(view->bytes.data(), to, conv, size); });
    const TensorId given = lowering.in(value);
    const TensorId packed = lowering.temporary(bytes);
    const std::int64_t features = conv.features, channels = conv.channels, taps = conv.taps;
    addCopy(lowering, "own:transpose", given, { features * channels * taps, channels * taps, taps, 1 },
        packed, { taps * channels * features, 1, features, channels * features },
        { conv.group, features, channels, taps });
    return packed;
}

template <typename Body> Body bodyOf(const Convolution& conv, const core::ChainStep& function)
{
    Body body {};
    static_cast<ConvolutionPlaces&>(body) = placesOf(conv);
    body.function = function.function;
    body.alpha = function.alpha;
    body.beta = function.beta;
    return body;
}

/// Large tiles pay where they are full in width, and give every multiprocessor one.
bool fillsLargeTiles(const Convolution& conv, const Device& device)
{
    using Tile = LargeConvolution::Tile;
    const std::int64_t rows = core::elementCount(conv.output) / conv.output[1];
    return conv.features > Tile::kColumns / 2
        && rows / Tile::kRows * ((conv.features + Tile::kColumns - 1) / Tile::kColumns) * conv.group
        >= device.facts().multiprocessors;
}

bool alignedTo16(const void* pointer)
{
    return reinterpret_cast<std::uintptr_t>(pointer) % 16 == 0;
}

struct Tensors {
    TensorId input, weights, bias, residual, output; // -1: there is none
};

template <typename T, typename Body>
void convolve(Device& device, const Addresses& at, const Tensors& tensors, Body body)
{
    body.input = at.as<const T>(tensors.input);
    body.weights = at.as<const T>(tensors.weights);
    body.bias = at.as<const T>(tensors.bias);
    body.residual = at.as<const T>(tensors.residual);
    body.output = at.as<T>(tensors.output);
    body.leftEights = body.channels % 8 == 0 && alignedTo16(body.input);
    body.rightEights = body.features % 8 == 0 && alignedTo16(body.weights);
    device.run(body, body.tilesAcross() * body.tilesDown() * body.groups);
}

} // namespace

void lowerConv(Lowering& lowering, const core::Node& node)
{
    if (lowerDepthwise(lowering, node))
        return;
    const Convolution conv = convolutionOf(lowering, node, node.inputs[0], node.inputs[1]);
    const bool biased = core::ownInputCount(node) > 2 && node.inputs[2] != core::kNoValue;
    const TensorId bias = biased ? lowering.in(node.inputs[2]) : -1;
    if (isProduct(conv)) {
        lowerPointwise(lowering, node, conv, bias);
        return;
    }
    const TensorId x = lowering.in(node.inputs[0], Layout::ChannelsLast);
    const TensorId weights = packedWeights(lowering, node.inputs[1], conv);
    const FunctionEnding ending = functionEndingOf(lowering, node, Layout::ChannelsLast);
    const TensorId y = lowering.define(node.outputs[0], Layout::ChannelsLast);
    std::vector<TensorId> reads { x, weights };
    for (const TensorId more : { bias, ending.residual })
        if (more >= 0)
            reads.push_back(more);
    lowering.add("own:conv", reads, { y }, withReal(lowering.typeOf(node.inputs[0]), [&]<typename T>() {
        return [conv, function = ending.function, tensors = Tensors { x, weights, bias, ending.residual, y }](
                   Device& device, const Addresses& at) {
            if constexpr (std::is_same_v<T, float>)
                if (fillsLargeTiles(conv, device))
                    return convolve<T>(device, at, tensors, bodyOf<LargeConvolution>(conv, function));
            convolve<T>(device, at, tensors, bodyOf<ConvolutionBody<T>>(conv, function));
        };
    }));
    addRest(lowering, node, ending.taken, y, Layout::ChannelsLast);
}

} // namespace gpu
