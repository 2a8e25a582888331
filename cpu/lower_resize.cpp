// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/lower_table.h"
#include "cpu/resize_kernel.h"
#include "cpu/threads.h"

#include <algorithm>

namespace cpu {

namespace {

using core::ResizeAttributes;
using core::ops::ResizeAxis;

constexpr std::int64_t kGrain = 16'384; // floats that are written: some microseconds

/// float32 images, made of their pixels alone.
bool suits(const Lowering& lowering, const core::Node& node)
{
    const auto& resize = std::get<ResizeAttributes>(node.attributes);
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    return resize.mode != ResizeAttributes::Mode::Nearest
        && resize.coordinates != ResizeAttributes::Coordinates::TfCropAndResize && node.epilogue.empty()
        && lowering.typeOf(node.inputs[0]) == core::ElementType::Float32 && shape.size() >= 3
        && shape.size() <= 5 && core::elementCount(shape) > 0
        && core::elementCount(lowering.shapeOf(node.outputs[0])) > 0
        && std::all_of(node.inputs.begin() + 1, node.inputs.end(),
            [&](core::ValueId value) { return value == core::kNoValue || lowering.constant(value); });
}

std::vector<ResizeAxis> axesOf(const Lowering& lowering, const core::Node& node)
{
    std::vector<core::TensorView> inputs;
    for (const core::ValueId value : node.inputs)
        inputs.push_back(lowering.constant(value).value_or(core::TensorView {}));
    inputs[0] = { lowering.typeOf(node.inputs[0]), lowering.shapeOf(node.inputs[0]), {} };
    core::Tensor output
        = core::Tensor::borrow(lowering.typeOf(node.outputs[0]), lowering.shapeOf(node.outputs[0]), nullptr);
    return core::ops::resizeAxes({ node, inputs, std::span(&output, 1) });
}

} // namespace

/// The linear and the cubic mode, in the layout that the image has.
bool resizeOwn(Lowering& lowering, const core::Node& node)
{
    if (!suits(lowering, node))
        return false;
    const std::vector<ResizeAxis> axes = axesOf(lowering, node);
    if (axes[0].changes() || axes[1].changes())
        return false;
    const core::Shape &input = lowering.shapeOf(node.inputs[0]), &output = lowering.shapeOf(node.outputs[0]);
    const Desc now = lowering.tensor(lowering.current(node.inputs[0])).desc;
    const auto blocks = now.get_inner_blks();
    const bool dense = now == plainDesc(input, core::ElementType::Float32);
    std::int64_t pixel = 1; // floats that lie together
    if (!dense && withShape(now, input, output))
        pixel = blocks.empty() ? input[1] : blocks[0];
    const auto spatial = std::span(axes).subspan(2);
    const auto& resize = std::get<ResizeAttributes>(node.attributes);
    auto kernel = ResizeKernel::make(resize, spatial, pixel);
    if (!kernel && pixel > 1)
        kernel = ResizeKernel::make(resize, spatial, pixel = 1);
    if (!kernel)
        return false;
    const TensorId source = pixel > 1 ? lowering.current(node.inputs[0]) : lowering.plain(node.inputs[0]);
    const TensorId target = pixel > 1 ? lowering.define(node.outputs[0], *withShape(now, input, output))
                                      : lowering.definePlain(node.outputs[0]);
    // All of an image's pixels beside each other, the padding of a last block among them.
    const std::int64_t images = pixel == 1 ? input[0] * input[1]
        : blocks.empty()                   ? input[0]
                                           : input[0] * ((input[1] + pixel - 1) / pixel);
    lowering.addOwn("own:resize", { source }, { target }, [=, kernel = *kernel](const Addresses& at) {
        parallelFor(images * kernel.lines(), std::max<std::int64_t>(1, kGrain / kernel.lineFloats()),
            [&](std::int64_t begin, std::int64_t end) {
                kernel.run(at.as<const float>(source), at.as<float>(target), begin, end);
            });
    });
    return true;
}

} // namespace cpu
