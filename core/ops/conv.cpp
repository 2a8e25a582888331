// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"
#include "core/ops/window.h"

#include <algorithm>

namespace core::ops {

void inferConv(InferContext& context)
{
    const auto& conv = std::get<ConvAttributes>(context.node.attributes);
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

namespace {

struct ConvSizes {
    std::int64_t batch, group, inputChannels, outputChannels; // channels of one group
    std::int64_t inputPlane, outputPlane, taps;
};

/// Weights as [group][tap][input channel][output channel], so that the innermost loop runs over output
/// channels: contiguous, long in most layers whatever the image's width, and so fast without any blocking.
template <typename T> std::vector<double> outputChannelsLast(const T* weights, const ConvSizes& sizes)
{
    const auto [batch, groups, ic, oc, inputPlane, outputPlane, taps] = sizes;
    std::vector<double> packed(static_cast<std::size_t>(groups * taps * ic * oc));
    std::size_t to = 0;
    for (std::int64_t g = 0; g < groups; ++g)
        for (std::int64_t tap = 0; tap < taps; ++tap)
            for (std::int64_t i = 0; i < ic; ++i)
                for (std::int64_t o = 0; o < oc; ++o)
                    packed[to++] = weights[((g * oc + o) * ic + i) * taps + tap];
    return packed;
}

/// One group of one image: `input` and `output` at the group's first channel.
template <typename T>
void convolve(const T* input, const double* weights, const T* bias, T* output, const ConvSizes& sizes,
    const Window& window, const Shape& inputSize)
{
    std::vector<double> sums(static_cast<std::size_t>(sizes.outputChannels));
    Shape at(inputSize.size(), 0);
    for (std::int64_t pixel = 0; pixel < sizes.outputPlane; ++pixel, advance(at, window.output)) {
        for (std::size_t o = 0; o < sums.size(); ++o)
            sums[o] = bias ? bias[o] : T {};
        Shape tap(inputSize.size(), 0);
        for (std::int64_t k = 0; k < sizes.taps; ++k, advance(tap, window.kernel))
            if (const auto offset = planeOffset(window, inputSize, at, tap))
                addProducts(sums, input + *offset, sizes.inputPlane,
                    weights + k * sizes.inputChannels * sizes.outputChannels, sizes.inputChannels);
        for (std::size_t o = 0; o < sums.size(); ++o)
            output[static_cast<std::int64_t>(o) * sizes.outputPlane + pixel] = static_cast<T>(sums[o]);
    }
}

} // namespace

void convLoop(const LoopContext& context)
{
    const auto& conv = std::get<ConvAttributes>(context.node.attributes);
    const Shape &input = context.inputs[0].shape, &weights = context.inputs[1].shape;
    const Window window = convWindow(conv, spatial(input), spatial(weights));
    const ConvSizes sizes { .batch = input[0],
        .group = conv.group,
        .inputChannels = weights[1],
        .outputChannels = weights[0] / conv.group,
        .inputPlane = elementCount(spatial(input)),
        .outputPlane = elementCount(window.output),
        .taps = elementCount(window.kernel) };
    const bool biased = hasInput(context, 2);
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        const T* bias = biased ? context.inputs[2].as<T>().data() : nullptr;
        T* y = context.outputs[0].as<T>().data();
        const auto packed = outputChannelsLast(context.inputs[1].as<T>().data(), sizes);
        const std::int64_t groupWeights = sizes.taps * sizes.inputChannels * sizes.outputChannels;
        for (std::int64_t n = 0; n < sizes.batch; ++n)
            for (std::int64_t g = 0; g < sizes.group; ++g) {
                const std::int64_t block = n * sizes.group + g;
                convolve(x + block * sizes.inputChannels * sizes.inputPlane, packed.data() + g * groupWeights,
                    bias ? bias + g * sizes.outputChannels : nullptr,
                    y + block * sizes.outputChannels * sizes.outputPlane, sizes, window, spatial(input));
            }
    });
}

} // namespace core::ops
