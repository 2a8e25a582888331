// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/images.h"
#include "gpu/engine/lower_table.h"

namespace gpu {

namespace {

struct Depthwise {
    ImageWindow window;
    std::int64_t channels, multiplier; // of the output; of these for each of the input
    std::int64_t tapStep, channelStep;
};

template <typename T, int N> Work depthwiseWork(const Depthwise& conv, const ConvTensors& tensors)
{
    return [=](Device& device, const Addresses& at) {
        const DepthwiseBody<T, N> body { .window = conv.window,
            .x = at.as<const T>(tensors.x),
            .weights = at.as<const T>(tensors.weights),
            .y = at.as<T>(tensors.y),
            .ending = tensors.at<T>(at),
            .channels = conv.channels,
            .multiplier = conv.multiplier,
            .tapStep = conv.tapStep,
            .channelStep = conv.channelStep };
        device.run(body, tensors.outputs / N);
    };
}

} // namespace

bool lowerDepthwise(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::ConvAttributes>(node.attributes);
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Shape& weights = lowering.shapeOf(node.inputs[1]);
    // One channel altogether is a dense convolution, and computed as one.
    if (attributes.group == 1 || attributes.group != input[1] || weights[1] != 1)
        return false;
    const core::Shape plane = core::ops::spatial(input), kernel = core::ops::spatial(weights);
    ConvTensors tensors = convTensors(lowering, node);
    const std::int64_t taps = core::elementCount(kernel);
    Depthwise conv { imageWindow(core::convWindow(attributes, plane, kernel), plane), weights[0],
        weights[0] / input[1], 1, taps };
    const auto constant = lowering.constant(node.inputs[1]);
    if (constant) { // channels beside each other
        conv.tapStep = weights[0];
        conv.channelStep = 1;
        tensors.weights
            = packedWeights(lowering, *constant, { weights[0], taps }, { taps, 1 }, { 1, weights[0] });
    } else
        tensors.weights = lowering.in(node.inputs[1]);
    const bool packs = constant && conv.multiplier == 1 && conv.channels % kPack == 0;
    lowering.add("own:depthwise", tensors.reads(), { tensors.y },
        withPacks(lowering.typeOf(node.inputs[0]), packs,
            [&]<typename T, int N>() { return depthwiseWork<T, N>(conv, tensors); }));
    addRest(lowering, node, tensors.ending.taken, tensors.y, Layout::ChannelsLast);
    return true;
}

} // namespace gpu
