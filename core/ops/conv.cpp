// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/convolve.h"
#include "core/ops/functions.h"
#include "core/ops/rules.h"

#include <algorithm>

namespace core::ops {

namespace {

const ConvAttributes& convOf(const Node& node)
{
    const auto* fused = std::get_if<FusedConvAttributes>(&node.attributes);
    return fused ? fused->conv : std::get<ConvAttributes>(node.attributes);
}

} // namespace

void inferConv(InferContext& context)
{
    const ConvAttributes& conv = convOf(context.node);
    const Shape &input = context.inputs[0], &weights = context.inputs[1];
    requireOneType(context, kFloats);
    if (input.size() < 3 || weights.size() != input.size())
        throw Error("convolves {} with weights {}, expected both to have one rank of 3 or more.",
            toString(input), toString(weights));
    // Division, because the product of a hostile group and its channels may overflow.
    if (input[1] % conv.group != 0 || weights[1] != input[1] / conv.group)
        throw Error("has weights for {} channels in each of {} groups, but {} input channels.", weights[1],
            conv.group, input[1]);
    if (weights[0] % conv.group != 0)
        throw Error("has {} output channels, which {} groups do not divide.", weights[0], conv.group);
    if (context.has(2) && context.inputs[2] != Shape { weights[0] })
        throw Error(
            "has a bias of shape {} for {} output channels.", toString(context.inputs[2]), weights[0]);
    const Window window = convWindow(conv, spatial(input), spatial(weights));
    Shape output { input[0], weights[0] };
    output.insert(output.end(), window.output.begin(), window.output.end());
    setOutput(context, 0, std::move(output), context.types[0]);
}

ConvSizes convSizes(const Window& window, const Shape& input, const Shape& weights, std::int64_t group)
{
    return { .batch = input[0],
        .group = group,
        .inputChannels = weights[1],
        .outputChannels = weights[0] / group,
        .inputPlane = elementCount(spatial(input)),
        .outputPlane = elementCount(window.output),
        .taps = elementCount(window.kernel) };
}

void convLoop(const LoopContext& context)
{
    const ConvAttributes& conv = convOf(context.node);
    const Shape &input = context.inputs[0].shape, &weights = context.inputs[1].shape;
    const Window window = convWindow(conv, spatial(input), spatial(weights));
    const ConvSizes sizes = convSizes(window, input, weights, conv.group);
    const bool biased = hasInput(context, 2);
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* bias = biased ? context.inputs[2].as<T>().data() : nullptr;
        const auto packed = packedConvWeights<double>(context.inputs[1].as<T>().data(), sizes);
        const Shape plane = spatial(input);
        convolve(
            context.inputs[0].as<T>().data(), packed, sizes, window.output, window.kernel,
            [&](const Shape& at, const Shape& tap) { return planeOffset(window, plane, at, tap); },
            startAt(bias), storeTo(context.outputs[0].as<T>().data(), sizes));
    });
}

} // namespace core::ops
