// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "core/ops/walk.h"
#include "gpu/engine/element_types.h"
#include "gpu/engine/integer_steps.h"
#include "gpu/engine/lower_table.h"

#include <algorithm>

/// QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear.
namespace gpu {

using core::ElementType;

namespace {

/// Steps of the scales along a tensor's dimensions, of which a dimension in blocks is two: blocks, and their
/// elements.
core::ops::Walk scaleWalk(const core::QuantiseAttributes& quantise, const core::Shape& shape,
    const core::Shape& scales, Layout layout)
{
    core::Shape dims = shape;
    std::vector<std::int64_t> strides(shape.size(), 0), places = stridesOf(shape, layout);
    if (core::elementCount(scales) != 1 && !shape.empty()) {
        const auto axis = static_cast<std::ptrdiff_t>(
            quantise.axis < 0 ? quantise.axis + std::ssize(shape) : quantise.axis);
        const auto at = static_cast<std::size_t>(axis);
        if (quantise.blockSize == 0) {
            strides[at] = 1;
        } else {
            if (shape[at] % quantise.blockSize != 0)
                throw core::Error("has blocks of {} along a dimension of {}, and has no kernel for that.",
                    quantise.blockSize, shape[at]);
            strides = stridesOf(scales, Layout::Dense);
            dims[at] = quantise.blockSize;
            dims.insert(dims.begin() + axis, scales[at]);
            strides.insert(strides.begin() + axis + 1, 0);
            places.insert(places.begin() + axis, places[at] * quantise.blockSize);
        }
    }
    std::vector<std::size_t> order(dims.size()); // as the tensor lies, outermost first
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::stable_sort(order, [&](std::size_t i, std::size_t j) { return places[i] > places[j]; });
    core::ops::Walk walk { {}, { {} } };
    for (const std::size_t d : order) {
        walk.dims.push_back(dims[d]);
        walk.strides[0].push_back(strides[d]);
    }
    return core::ops::merged(walk);
}

/// How the node's kernel reads its scales and zero points.
struct StepTensors {
    QuantisedSteps steps;
    TensorId scales = -1, zeros = -1;

    std::vector<TensorId> reads(TensorId x) const
    {
        return zeros < 0 ? std::vector { x, scales } : std::vector { x, scales, zeros };
    }
    QuantisedSteps at(const Addresses& at) const
    {
        QuantisedSteps placed = steps;
        placed.scales = at.bytes(scales);
        placed.zeros = at.bytes(zeros);
        return placed;
    }
};

StepTensors stepTensors(Lowering& lowering, const core::Node& node, Layout layout)
{
    const auto& quantise = std::get<core::QuantiseAttributes>(node.attributes);
    const ElementType type = lowering.typeOf(node.inputs[1]);
    if (type != ElementType::Float32 && type != ElementType::Float16 && type != ElementType::BFloat16)
        throw core::Error("has scales of {}, and has no kernel for that.", core::elementName(type));
    const core::ops::Walk walk
        = scaleWalk(quantise, lowering.shapeOf(node.inputs[0]), lowering.shapeOf(node.inputs[1]), layout);
    if (walk.dims.size() > SpreadDims::kMostDims)
        throw core::Error("spreads its scales along {} dimensions, and {} are the most.", walk.dims.size(),
            static_cast<int>(SpreadDims::kMostDims));
    StepTensors tensors { { .scaleType = type }, lowering.in(node.inputs[1]),
        hasInput(node, 2) ? lowering.in(node.inputs[2]) : -1 };
    // A single scale needs no place, and a kernel no divisions to find it.
    const bool single = core::elementCount(lowering.shapeOf(node.inputs[1])) == 1;
    tensors.steps.dims.dims = single ? 0 : static_cast<int>(walk.dims.size());
    std::copy(walk.dims.begin(), walk.dims.end(), tensors.steps.dims.shape);
    std::copy(walk.strides[0].begin(), walk.strides[0].end(), tensors.steps.operand.strides);
    return tensors;
}

template <typename From>
Work quantiseWork(const StepTensors& tensors, TensorId x, TensorId y, ElementType type, std::int64_t count)
{
    return [=](Device& device, const Addresses& at) {
        device.run(QuantiseBody<From> { at.as<const From>(x), at.bytes(y), type, tensors.at(at) }, count);
    };
}

} // namespace

void lowerQuantise(Lowering& lowering, const core::Node& node)
{
    const Layout layout = lowering.layoutOf(node.inputs[0]);
    const TensorId x = lowering.in(node.inputs[0], layout);
    const StepTensors tensors = stepTensors(lowering, node, layout);
    const TensorId y = lowering.define(node.outputs[0], layout);
    const ElementType type = lowering.typeOf(node.outputs[0]);
    const std::int64_t count = core::elementCount(lowering.shapeOf(node.outputs[0]));
    lowering.add("own:quantise", tensors.reads(x), { y },
        lowering.typeOf(node.inputs[0]) == ElementType::Int32
            ? quantiseWork<std::int32_t>(tensors, x, y, type, count)
            : withReal(lowering.typeOf(node.inputs[0]),
                [&]<typename T>() { return quantiseWork<T>(tensors, x, y, type, count); }));
}

void lowerDequantise(Lowering& lowering, const core::Node& node)
{
    const Layout layout = lowering.layoutOf(node.inputs[0]);
    const TensorId x = lowering.in(node.inputs[0], layout);
    const StepTensors tensors = stepTensors(lowering, node, layout);
    const TensorId y = lowering.define(node.outputs[0], layout);
    lowering.add("own:dequantise", tensors.reads(x), { y },
        withReal(lowering.typeOf(node.outputs[0]), [&]<typename T>() -> Work {
            return [=, type = lowering.typeOf(node.inputs[0]),
                       count = core::elementCount(lowering.shapeOf(node.outputs[0]))](
                       Device& device, const Addresses& at) {
                device.run(DequantiseBody<T> { at.bytes(x), at.as<T>(y), type, tensors.at(at) }, count);
            };
        }));
}

void addDynamicQuantise(
    Lowering& lowering, TensorId x, std::int64_t count, TensorId y, TensorId scale, TensorId zero)
{
    RangeBody range {};
    range.count = count;
    const TensorId ranges = lowering.temporary(
        2 * sizeof(float) * static_cast<std::size_t>(std::max<std::int64_t>(range.parts(), 1)));
    lowering.add("own:range", { x }, { ranges }, [=](Device& device, const Addresses& at) {
        const RangeBody body { at.as<const float>(x), at.as<float>(ranges), count };
        device.run(body, body.parts());
    });
    lowering.add("own:range", { ranges }, { scale, zero },
        [=, parts = range.parts()](Device& device, const Addresses& at) {
            device.run(RangeScaleBody { at.as<const float>(ranges), parts, at.as<float>(scale),
                           at.as<std::uint8_t>(zero) },
                1);
        });
    const StepTensors tensors { { .scaleType = ElementType::Float32 }, scale, zero };
    lowering.add("own:quantise", tensors.reads(x), { y },
        quantiseWork<float>(tensors, x, y, ElementType::UInt8, count));
}

void lowerDynamicQuantise(Lowering& lowering, const core::Node& node)
{
    const Layout layout = lowering.layoutOf(node.inputs[0]);
    const TensorId x = lowering.in(node.inputs[0], layout);
    const TensorId y = lowering.define(node.outputs[0], layout);
    const auto output = [&](std::size_t index, std::size_t bytes) {
        const bool read = index < node.outputs.size() && node.outputs[index] != core::kNoValue;
        return read ? lowering.define(node.outputs[index]) : lowering.temporary(bytes);
    };
    const TensorId scale = output(1, sizeof(float)), zero = output(2, 1);
    addDynamicQuantise(lowering, x, core::elementCount(lowering.shapeOf(node.inputs[0])), y, scale, zero);
}

} // namespace gpu
