// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/elementwise_steps.h"
#include "gpu/engine/lower_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace gpu {

namespace {

using core::ElementType;

/// The shape of an operand with as many dimensions as the result.
core::Shape alignedTo(const core::Shape& shape, std::size_t rank)
{
    core::Shape aligned(rank, 1);
    std::copy_backward(shape.begin(), shape.end(), aligned.end());
    return aligned;
}

/// Steps of an operand along the result's dimensions; 0 where it is spread.
std::vector<std::int64_t> spread(const core::Shape& shape, Layout layout, std::size_t rank)
{
    const core::Shape aligned = alignedTo(shape, rank);
    auto strides = stridesOf(aligned, layout);
    for (std::size_t d = 0; d < rank; ++d)
        if (aligned[d] == 1)
            strides[d] = 0;
    return strides;
}

/// Dimensions of 1 go; those that every operand runs through with one step become one.
Walk merged(const Walk& walk)
{
    Walk result { {}, std::vector<std::vector<std::int64_t>>(walk.strides.size()) };
    for (std::size_t d = 0; d < walk.dims.size(); ++d) {
        if (walk.dims[d] == 1)
            continue;
        bool even = !result.dims.empty();
        for (std::size_t i = 0; i < walk.strides.size(); ++i)
            even = even && result.strides[i].back() == walk.strides[i][d] * walk.dims[d];
        if (even)
            result.dims.back() *= walk.dims[d];
        else
            result.dims.push_back(walk.dims[d]);
        for (std::size_t i = 0; i < walk.strides.size(); ++i)
            if (even)
                result.strides[i].back() = walk.strides[i][d];
            else
                result.strides[i].push_back(walk.strides[i][d]);
    }
    return result;
}

/// The layout most of the chain's memory already lies in: that of its first operand as large as the result.
Layout layoutFor(Lowering& lowering, const core::ElementwiseChain& chain, const core::Shape& shape)
{
    for (const core::ValueId operand : chain.operands)
        if (lowering.shapeOf(operand) == shape && !lowering.constant(operand))
            return lowering.layoutOf(operand);
    return Layout::Dense;
}

template <typename From, typename To> Work castWork(TensorId source, TensorId target, std::int64_t count)
{
    return [=](Device& device, const Addresses& at) {
        device.run(CastBody<From, To> { at.as<const From>(source), at.as<To>(target) }, count);
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
    const Layout layout = hasChannels(shape) ? layoutFor(lowering, chain, shape) : Layout::Dense;
    std::vector<TensorId> operands;
    Walk walk { {}, {} };
    // Dimensions in the order in which the result lies: channels last where they do.
    std::vector<std::size_t> order;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        if (layout == Layout::Dense || axis != 1)
            order.push_back(axis);
    if (layout == Layout::ChannelsLast)
        order.push_back(1);
    for (const std::size_t axis : order)
        walk.dims.push_back(shape[axis]);
    std::vector<bool> dense;
    for (const core::ValueId operand : chain.operands) {
        const bool whole = lowering.shapeOf(operand) == shape;
        operands.push_back(lowering.in(operand, whole ? layout : Layout::Dense));
        const auto steps = spread(lowering.shapeOf(operand), whole ? layout : Layout::Dense, shape.size());
        walk.strides.emplace_back();
        for (const std::size_t axis : order)
            walk.strides.back().push_back(steps[axis]);
        dense.push_back(whole);
    }
    walk = merged(walk);
    const TensorId result = lowering.define(output, layout);
    lowering.add(
        chain.nodes.size() > 1 ? fmt::format("own:chain of {}", chain.nodes.size()) : "own:elementwise",
        operands, { result },
        chainWork(
            lowering.typeOf(output), chain.steps, walk, dense, operands, result, core::elementCount(shape)));
    lowering.steps().back().cost = core::costOf(lowering.graph(), chain, lowering.shapes());
}

void lowerElementwise(Lowering& lowering, const core::Node& node)
{
    const auto chain = core::chainOf(lowering.graph(), lowering.shapes(), lowering.node());
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
    if (row == std::end(kCasts))
        throw core::Error(
            "casts {} to {}, and has no kernel for that.", core::elementName(from), core::elementName(to));
    const TensorId target = lowering.define(node.outputs[0], layout);
    lowering.add("own:cast", { source }, { target },
        row->work(source, target, core::elementCount(lowering.shapeOf(node.outputs[0]))));
}

} // namespace gpu
