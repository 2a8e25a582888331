// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/elementwise_steps.h"
#include "gpu/engine/lower_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace gpu {

namespace {

using core::ElementType;

template <typename From, typename To> Work castWork(TensorId source, TensorId target, std::int64_t count)
{
    return [=](Device& device, const Addresses& at) {
        device.run(CastBody<From, To> { at.as<const From>(source), at.as<To>(target) }, count);
    };
}

Work anyCastWork(TensorId source, TensorId target, ElementType from, ElementType to, std::int64_t count)
{
    return [=](Device& device, const Addresses& at) {
        device.run(AnyCastBody { at.bytes(source), at.bytes(target), from, to }, count);
    };
}

struct CastRow {
    ElementType from, to;
    Work (*work)(TensorId, TensorId, std::int64_t);
};

constexpr CastRow kCasts[] {
    { ElementType::Float32, ElementType::Float16, castWork<float, Half> },
    { ElementType::Float16, ElementType::Float32, castWork<Half, float> },
    { ElementType::Float32, ElementType::BFloat16, castWork<float, Bfloat> },
    { ElementType::BFloat16, ElementType::Float32, castWork<Bfloat, float> },
    { ElementType::Int32, ElementType::Float32, castWork<std::int32_t, float> },
    { ElementType::Int64, ElementType::Float32, castWork<std::int64_t, float> },
    { ElementType::Float32, ElementType::Int32, castWork<float, std::int32_t> },
    { ElementType::Float32, ElementType::Int64, castWork<float, std::int64_t> },
    { ElementType::Int32, ElementType::Int64, castWork<std::int32_t, std::int64_t> },
    { ElementType::Int64, ElementType::Int32, castWork<std::int64_t, std::int32_t> },
    { ElementType::Bool, ElementType::Float32, castWork<bool, float> },
    { ElementType::Float32, ElementType::Bool, castWork<float, bool> },
    { ElementType::UInt8, ElementType::Float32, castWork<std::uint8_t, float> },
    { ElementType::Int8, ElementType::Float32, castWork<std::int8_t, float> },
    { ElementType::Bool, ElementType::Int32, castWork<bool, std::int32_t> },
    { ElementType::Bool, ElementType::Int64, castWork<bool, std::int64_t> },
    { ElementType::Int64, ElementType::Bool, castWork<std::int64_t, bool> },
    { ElementType::Int32, ElementType::Bool, castWork<std::int32_t, bool> },
};

} // namespace

void lowerChain(Lowering& lowering, const core::ElementwiseChain& chain)
{
    const core::ValueId output
        = lowering.graph().nodes[static_cast<std::size_t>(chain.nodes.back())].outputs[0];
    const core::Shape& shape = lowering.shapeOf(output);
    const SpreadOperands spread = spreadOperands(lowering, chain.operands, shape);
    const TensorId result = lowering.define(output, spread.layout);
    lowering.add(
        chain.nodes.size() > 1 ? fmt::format("own:chain of {}", chain.nodes.size()) : "own:elementwise",
        spread.tensors, { result },
        chainWork(lowering.typeOf(output), chain.steps, spread.walk, spread.dense, spread.tensors, result,
            core::elementCount(shape)));
    lowering.steps().back().cost = core::costOf(lowering.graph(), chain, lowering.shapes());
}

void lowerElementwise(Lowering& lowering, const core::Node& node)
{
    const auto chain
        = core::chainOf(lowering.graph(), lowering.shapes(), lowering.node(), core::ChainTypes::Halves);
    if (!chain && lowerCombined(lowering, node))
        return;
    if (!chain)
        throw core::Error(
            "computes with {}, or with parameters that are not constant, and has no kernel for that.",
            core::elementName(lowering.typeOf(node.inputs[0])));
    lowerChain(lowering, *chain);
}

void lowerCast(Lowering& lowering, const core::Node& node)
{
    const ElementType from = lowering.typeOf(node.inputs[0]), to = lowering.typeOf(node.outputs[0]);
    const Layout layout = lowering.layoutOf(node.inputs[0]);
    const TensorId source = lowering.in(node.inputs[0], layout);
    if (from == to) {
        lowering.defineAlias(node.outputs[0], source, layout);
        return;
    }
    const auto row = std::find_if(std::begin(kCasts), std::end(kCasts),
        [&](const CastRow& candidate) { return candidate.from == from && candidate.to == to; });
    const TensorId target = lowering.define(node.outputs[0], layout);
    const std::int64_t count = core::elementCount(lowering.shapeOf(node.outputs[0]));
    lowering.add("own:cast", { source }, { target },
        row == std::end(kCasts) ? anyCastWork(source, target, from, to, count)
                                : row->work(source, target, count));
}

} // namespace gpu
