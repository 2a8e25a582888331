// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "core/ops/run_node.h"
#include "gpu/engine/integer_steps.h"
#include "gpu/engine/lower_table.h"
#include "gpu/engine/node_context.h"
#include "gpu/engine/spread_operands.h"

#include <algorithm>
#include <numeric>

/// com.microsoft's operators on single 8-bit numbers and lines of them.
namespace gpu {

using core::ElementType;

/// QLinearSigmoid, QLinearLeakyRelu: the operator itself says what becomes of each of 256 numbers.
void lowerQuantisedUnary(Lowering& lowering, const core::Node& node)
{
    const ElementType type = lowering.typeOf(node.inputs[0]);
    std::vector<std::uint8_t> all(256);
    std::iota(all.begin(), all.end(), std::uint8_t { 0 });
    std::vector<core::TensorView> inputs { { type, { 256 }, std::as_bytes(std::span(all)) } };
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
        const auto known = lowering.constant(node.inputs[i]);
        if (node.inputs[i] != core::kNoValue && !known)
            throw core::Error("has parameters that only a run tells, and has no kernel for that.");
        inputs.push_back(known.value_or(core::TensorView {}));
    }
    std::vector<core::Tensor> outputs;
    outputs.emplace_back(type, core::Shape { 256 });
    core::runNode(node, inputs, outputs);
    const auto bytes = outputs[0].bytes();
    const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data());
    const TensorId table = lowering.uploadAll(std::vector<std::uint8_t>(first, first + bytes.size()));
    const Layout layout = lowering.layoutOf(node.inputs[0]);
    const TensorId x = lowering.in(node.inputs[0], layout);
    const TensorId y = lowering.define(node.outputs[0], layout);
    lowering.add(ownKernel(node), { x, table }, { y },
        [=, count = core::elementCount(lowering.shapeOf(node.outputs[0]))](
            Device& device, const Addresses& at) {
            device.run(LookUpBody { at.as<const std::uint8_t>(x), at.as<const std::uint8_t>(table),
                           at.as<std::uint8_t>(y) },
                count);
        });
}

namespace {

/// A scale, and the zero point behind it, which may be left out: -1.
struct PairSteps {
    TensorId scale = -1, zero = -1;
};

PairSteps pairSteps(Lowering& lowering, const core::Node& node, std::size_t input)
{
    if (lowering.typeOf(node.inputs[input]) != ElementType::Float32)
        throw core::Error("has scales of {}, and has no kernel for that.",
            core::elementName(lowering.typeOf(node.inputs[input])));
    return { lowering.in(node.inputs[input]),
        hasInput(node, input + 1) ? lowering.in(node.inputs[input + 1]) : -1 };
}

} // namespace

/// QLinearAdd, QLinearMul.
void lowerQuantisedPair(Lowering& lowering, const core::Node& node)
{
    const core::Shape& shape = lowering.shapeOf(node.outputs[0]);
    const SpreadOperands spread = spreadOperands(lowering, { node.inputs[0], node.inputs[3] }, shape);
    const PairSteps a = pairSteps(lowering, node, 1), b = pairSteps(lowering, node, 4),
                    y = pairSteps(lowering, node, 6);
    std::vector<TensorId> reads = spread.tensors;
    for (const TensorId id : { a.scale, a.zero, b.scale, b.zero, y.scale, y.zero })
        if (id >= 0)
            reads.push_back(id);
    const TensorId result = lowering.define(node.outputs[0], spread.layout);
    lowering.add(ownKernel(node), std::move(reads), { result },
        [=, tensors = spread.tensors, places = std::array { spread.operand(0), spread.operand(1) },
            dims = spread.dims(), isSigned = lowering.typeOf(node.outputs[0]) == ElementType::Int8,
            adds = node.kind == core::OpKind::QLinearAdd,
            count = core::elementCount(shape)](Device& device, const Addresses& at) {
            const auto operand = [&](TensorId bits, const PairSteps& steps, SpreadDims::Operand read) {
                return QuantisedPairBody::Operand { at.as<const std::uint8_t>(bits),
                    at.as<const std::uint8_t>(steps.zero), at.as<const float>(steps.scale), read };
            };
            device.run(QuantisedPairBody { .a = operand(tensors[0], a, places[0]),
                           .b = operand(tensors[1], b, places[1]),
                           .y = operand(-1, y, {}),
                           .result = at.as<std::uint8_t>(result),
                           .dims = dims,
                           .isSigned = isSigned,
                           .adds = adds },
                count);
        });
}

void lowerQuantisedSoftmax(Lowering& lowering, const core::Node& node)
{
    const auto& softmax = std::get<core::AxisAttributes>(node.attributes);
    const core::Shape& shape = lowering.shapeOf(node.inputs[0]);
    const auto axis = softmax.axis < 0 ? softmax.axis + std::ssize(shape) : softmax.axis;
    const auto end = softmax.flattened ? shape.end() : shape.begin() + axis + 1;
    const RowPlaces places { core::elementCount(core::Shape(shape.begin() + axis, end)),
        core::elementCount(core::Shape(end, shape.end())) };
    const PairSteps x = pairSteps(lowering, node, 1), y = pairSteps(lowering, node, 3);
    const TensorId source = lowering.in(node.inputs[0]), result = lowering.define(node.outputs[0]);
    std::vector<TensorId> reads { source, x.scale, y.scale };
    if (y.zero >= 0)
        reads.push_back(y.zero);
    lowering.add(ownKernel(node), std::move(reads), { result },
        [=, isSigned = lowering.typeOf(node.outputs[0]) == ElementType::Int8,
            rows = core::elementCount(shape) / std::max<std::int64_t>(places.length, 1)](
            Device& device, const Addresses& at) {
            const QuantisedSoftmaxRow row { .x = at.as<const std::uint8_t>(source),
                .zero = at.as<const std::uint8_t>(y.zero),
                .scale = at.as<const float>(x.scale),
                .resultScale = at.as<const float>(y.scale),
                .y = at.as<std::uint8_t>(result),
                .places = places,
                .isSigned = isSigned };
            device.run(GroupRows<QuantisedSoftmaxRow> { row }, rows);
        });
}

} // namespace gpu
