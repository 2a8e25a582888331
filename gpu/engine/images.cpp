// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/images.h"

#include "core/ops/op_table.h"

#include <algorithm>
#include <limits>

namespace gpu {

void requireImage(const Lowering& lowering, core::ValueId value)
{
    if (const std::size_t rank = lowering.shapeOf(value).size(); rank < 3 || rank > 5)
        throw core::Error("computes on {} dimensions, and has a kernel for 3 to 5.", rank);
}

ImageWindow imageWindow(const core::Window& window, const core::Shape& input)
{
    ImageWindow image { { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 }, { 0, 0, 0 } };
    const std::size_t front = ImageWindow::kDims - input.size();
    for (std::size_t d = 0; d < input.size(); ++d) {
        // The farthest that any sum on the way to a place gets.
        const double reach = static_cast<double>(std::max(window.output[d], input[d]))
                * static_cast<double>(window.strides[d])
            + static_cast<double>(window.kernel[d]) * static_cast<double>(window.dilations[d])
            + std::abs(static_cast<double>(window.padsBegin[d]))
            + std::abs(static_cast<double>(window.padsEnd[d]));
        if (reach > std::numeric_limits<std::int32_t>::max())
            throw core::Error("slides a window over more than 2^31 places, and has no kernel for that.");
        image.input[front + d] = static_cast<int>(input[d]);
        image.output[front + d] = static_cast<int>(window.output[d]);
        image.kernel[front + d] = static_cast<int>(window.kernel[d]);
        image.stride[front + d] = static_cast<int>(window.strides[d]);
        image.dilation[front + d] = static_cast<int>(window.dilations[d]);
        image.pad[front + d] = static_cast<int>(window.padsBegin[d]);
    }
    return image;
}

std::vector<TensorId> ConvTensors::reads() const
{
    std::vector<TensorId> reads { x, weights };
    for (const TensorId more : { bias, ending.residual })
        if (more >= 0)
            reads.push_back(more);
    return reads;
}

ConvTensors convTensors(Lowering& lowering, const core::Node& node)
{
    requireImage(lowering, node.inputs[0]);
    ConvTensors tensors;
    tensors.x = lowering.in(node.inputs[0], Layout::ChannelsLast);
    if (core::ownInputCount(node) > 2 && node.inputs[2] != core::kNoValue)
        tensors.bias = lowering.in(node.inputs[2]);
    tensors.ending = endingOf(lowering, node, Layout::ChannelsLast);
    tensors.y = lowering.define(node.outputs[0], Layout::ChannelsLast);
    tensors.outputs = core::elementCount(lowering.shapeOf(node.outputs[0]));
    return tensors;
}

TensorId packedWeights(Lowering& lowering, const core::TensorView& weights, const core::Shape& shape,
    const std::vector<std::int64_t>& from, const std::vector<std::int64_t>& to)
{
    return lowering.upload(weights.bytes.size(), [=](std::byte* target) {
        copyStrided(weights.bytes.data(), from, target, to, shape, core::elementSize(weights.type));
    });
}

} // namespace gpu
