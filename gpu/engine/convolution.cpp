// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/convolution.h"

#include "core/ops/op_table.h"

#include <algorithm>

namespace gpu {

Convolution convolutionOf(
    const Lowering& lowering, const core::Node& node, core::ValueId input, core::ValueId weights)
{
    const auto& attributes = std::get<core::ConvAttributes>(node.attributes);
    Convolution conv { .input = lowering.shapeOf(input),
        .output = lowering.shapeOf(node.outputs[0]),
        .weights = lowering.shapeOf(weights),
        .group = attributes.group };
    if (conv.input.size() > 5)
        throw core::Error(
            "convolves {}, and images of 5 dimensions are the most.", core::toString(conv.input));
    if (core::elementCount(conv.output) == 0 || core::elementCount(conv.input) == 0
        || core::elementCount(conv.weights) == 0)
        throw core::Error("convolves empty images, and has no kernel for that.");
    conv.window
        = core::convWindow(attributes, core::ops::spatial(conv.input), core::ops::spatial(conv.weights));
    conv.channels = conv.weights[1];
    conv.features = conv.weights[0] / conv.group;
    conv.taps = core::elementCount(core::ops::spatial(conv.weights));
    // Kernels count pixels of one image, terms, channels and steps to a window's elements in 32 bits.
    constexpr std::int64_t kMost = std::int64_t { 1 } << 28;
    std::int64_t reach = 0;
    for (std::size_t d = 0; d < conv.window.kernel.size(); ++d)
        reach = std::max({ reach, conv.window.padsBegin[d],
            conv.window.kernel[d] == 1 ? 0 : conv.window.dilations[d] * (conv.window.kernel[d] - 1) });
    if (reach >= kMost || core::elementCount(conv.input) / conv.input[0] >= kMost
        || core::elementCount(conv.output) / conv.output[0] >= kMost
        || conv.group * conv.taps * conv.channels >= kMost)
        throw core::Error("convolves {} to {}, and images of {} elements are the most.",
            core::toString(conv.input), core::toString(conv.output), kMost - 1);
    return conv;
}

namespace {

/// The sizes of a dimension each, the last three of five; `otherwise` for those in front that there are not.
void fill(int (&sizes)[3], const core::Shape& from, int otherwise)
{
    std::fill(std::begin(sizes), std::end(sizes), otherwise);
    std::copy(from.begin(), from.end(), std::end(sizes) - static_cast<std::ptrdiff_t>(from.size()));
}

} // namespace

ConvolutionPlaces placesOf(const Convolution& conv)
{
    ConvolutionPlaces places {};
    places.rows = core::elementCount(conv.output) / conv.output[1];
    places.groups = static_cast<int>(conv.group);
    places.channels = static_cast<int>(conv.channels);
    places.features = static_cast<int>(conv.features);
    places.terms = static_cast<int>(conv.taps * conv.channels);
    fill(places.inputSize, core::ops::spatial(conv.input), 1);
    fill(places.outputSize, core::ops::spatial(conv.output), 1);
    fill(places.kernel, core::ops::spatial(conv.weights), 1);
    fill(places.strides, conv.window.strides, 1);
    fill(places.dilations, conv.window.dilations, 1);
    fill(places.pads, conv.window.padsBegin, 0);
    for (int d = 0; d < 3; ++d)
        if (places.kernel[d] == 1)
            places.dilations[d] = 1; // of no step: whatever the file says, it is not counted with
    return places;
}

} // namespace gpu
