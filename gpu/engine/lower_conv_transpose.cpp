// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/images.h"
#include "gpu/engine/lower_table.h"

namespace gpu {

namespace {

struct Transposed {
    ImageWindow window;
    std::int64_t groups, inputs, outputs; // channels of one group
    std::int64_t groupStep, inputStep, outputStep, tapStep;
};

template <typename T, int N> Work transposedWork(const Transposed& conv, const ConvTensors& tensors)
{
    return [=](Device& device, const Addresses& at) {
        const TransposedConvBody<T, N> body { .window = conv.window,
            .x = at.as<const T>(tensors.x),
            .weights = at.as<const T>(tensors.weights),
            .y = at.as<T>(tensors.y),
            .ending = tensors.at<T>(at),
            .groups = conv.groups,
            .inputs = conv.inputs,
            .outputs = conv.outputs,
            .groupStep = conv.groupStep,
            .inputStep = conv.inputStep,
            .outputStep = conv.outputStep,
            .tapStep = conv.tapStep };
        device.run(body, tensors.outputs / N);
    };
}

} // namespace

void lowerConvTranspose(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::ConvTransposeAttributes>(node.attributes);
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Shape& weights = lowering.shapeOf(node.inputs[1]); // [inputs, outputs of a group, kernel...]
    const core::Shape plane = core::ops::spatial(input), kernel = core::ops::spatial(weights);
    ConvTensors tensors = convTensors(lowering, node);
    const std::int64_t taps = core::elementCount(kernel), groups = attributes.conv.group;
    const std::int64_t inputs = input[1] / groups, outputs = weights[1];
    Transposed conv { imageWindow(core::transposedWindow(attributes, plane, kernel), plane), groups, inputs,
        outputs, inputs * outputs * taps, outputs * taps, taps, 1 };
    const std::vector<std::int64_t> inFile { conv.groupStep, conv.inputStep, conv.outputStep, conv.tapStep };
    const auto constant = lowering.constant(node.inputs[1]);
    if (constant) { // outputs beside each other
        conv.groupStep = outputs;
        conv.inputStep = groups * outputs;
        conv.outputStep = 1;
        conv.tapStep = inputs * groups * outputs;
        tensors.weights = packedWeights(lowering, *constant, { groups, inputs, outputs, taps }, inFile,
            { conv.groupStep, conv.inputStep, conv.outputStep, conv.tapStep });
    } else
        tensors.weights = lowering.in(node.inputs[1]);
    lowering.add("own:convtranspose", tensors.reads(), { tensors.y },
        withPacks(lowering.typeOf(node.inputs[0]), constant && outputs % kPack == 0,
            [&]<typename T, int N>() { return transposedWork<T, N>(conv, tensors); }));
    addRest(lowering, node, tensors.ending.taken, tensors.y, Layout::ChannelsLast);
}

} // namespace gpu
