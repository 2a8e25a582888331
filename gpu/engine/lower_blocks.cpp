// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/lower_table.h"
#include "gpu/engine/node_context.h"

namespace gpu {

/// Blocks of pixels as channels and back: a copy between two views of one set of dimensions, batch, depth and
/// rows and columns with what each has inside of a block.
void lowerDepthSpace(Lowering& lowering, const core::Node& node)
{
    const auto& [block, order] = std::get<core::DepthSpaceAttributes>(node.attributes);
    const bool unfolds = node.kind == core::OpKind::DepthToSpace;
    const core::ValueId deep = unfolds ? node.inputs[0] : node.outputs[0];
    const core::ValueId wide = unfolds ? node.outputs[0] : node.inputs[0];
    const core::Shape &channels = lowering.shapeOf(deep), &pixels = lowering.shapeOf(wide);
    const Layout layout = lowering.layoutOf(node.inputs[0]);
    const TensorId source = lowering.in(node.inputs[0], layout);
    const TensorId target = lowering.define(node.outputs[0], layout);
    const auto d = stridesOf(channels, layout), w = stridesOf(pixels, layout);
    const bool depthFirst = order == core::DepthOrder::DepthFirst;
    const std::int64_t depth = pixels[1];
    const std::int64_t column = depthFirst ? depth * d[1] : d[1]; // of a block, from channel to channel
    const std::int64_t next = depthFirst ? d[1] : block * block * d[1];
    // Batch, rows, rows of a block, columns, columns of a block; depth where it lies.
    core::Shape shape { pixels[0], channels[2], block, channels[3], block };
    std::vector<std::int64_t> fromDeep { d[0], d[2], block * column, d[3], column };
    std::vector<std::int64_t> fromWide { w[0], block * w[2], w[2], block * w[3], w[3] };
    const std::ptrdiff_t place = layout == Layout::ChannelsLast ? 5 : 1;
    shape.insert(shape.begin() + place, depth);
    fromDeep.insert(fromDeep.begin() + place, next);
    fromWide.insert(fromWide.begin() + place, w[1]);
    addCopy(lowering, ownKernel(node).c_str(), source, unfolds ? fromDeep : fromWide, target,
        unfolds ? fromWide : fromDeep, shape);
}

} // namespace gpu
