// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/sibling_products.h"

#include "gpu/engine/product_steps.h"

#include <algorithm>

namespace gpu {

namespace {

const core::Node& nodeAt(const Lowering& lowering, int index)
{
    return lowering.graph().nodes[static_cast<std::size_t>(index)];
}

bool isBiased(const core::Node& node)
{
    return node.inputs.size() > 2 && node.inputs[2] != core::kNoValue;
}

float alphaOf(const core::Node& node)
{
    const auto* attributes = std::get_if<core::MatMulAttributes>(&node.attributes);
    return attributes ? attributes->alpha : 1;
}

/// A product with one constant matrix, and nothing after it but a constant bias.
bool isPlain(const Lowering& lowering, const core::Node& node)
{
    const auto constant = [&](core::ValueId value) { return lowering.constant(value).has_value(); };
    return node.kind == core::OpKind::MatMul && node.epilogue.empty() && node.quantised.empty()
        && node.inputs.size() > 1 && constant(node.inputs[1]) && !constant(node.inputs[0])
        && lowering.shapeOf(node.inputs[1]).size() == 2 && lowering.shapeOf(node.inputs[0]).size() > 1
        && (!isBiased(node) || constant(node.inputs[2]));
}

bool areAlike(const Lowering& lowering, const core::Node& one, const core::Node& other)
{
    const auto same = [&](std::size_t input) {
        return lowering.shapeOf(one.inputs[input]) == lowering.shapeOf(other.inputs[input])
            && lowering.typeOf(one.inputs[input]) == lowering.typeOf(other.inputs[input]);
    };
    return one.inputs[0] == other.inputs[0] && same(1) && isBiased(one) == isBiased(other)
        && (!isBiased(one) || same(2)) && alphaOf(one) == alphaOf(other);
}

/// The constants that all have as their input `input`, one after the other.
TensorId together(Lowering& lowering, const std::vector<int>& siblings, std::size_t input)
{
    std::vector<core::TensorView> views;
    std::size_t bytes = 0;
    for (const int sibling : siblings) {
        views.push_back(*lowering.constant(nodeAt(lowering, sibling).inputs[input]));
        bytes += views.back().bytes.size();
    }
    return lowering.upload(bytes, [views = std::move(views)](std::byte* to) {
        for (const core::TensorView& view : views)
            to = std::copy(view.bytes.begin(), view.bytes.end(), to);
    });
}

} // namespace

std::vector<int> siblingsOf(const Lowering& lowering, const core::Node& node)
{
    std::vector<int> siblings { lowering.node() };
    if (!lowering.fuses() || !isPlain(lowering, node))
        return siblings;
    const auto& nodes = lowering.graph().nodes;
    for (int index = 0; index < static_cast<int>(nodes.size()); ++index) {
        const core::Node& other = nodeAt(lowering, index);
        if (index == lowering.node() || !isPlain(lowering, other) || !areAlike(lowering, node, other))
            continue;
        if (index < lowering.node())
            return {}; // which has found this one
        siblings.push_back(index);
    }
    return siblings;
}

void addSiblings(Lowering& lowering, const std::vector<int>& siblings)
{
    const core::Node& first = nodeAt(lowering, siblings.front());
    const core::Shape& a = lowering.shapeOf(first.inputs[0]);
    const core::Shape& b = lowering.shapeOf(first.inputs[1]);
    Product product { .numbers = numbersOf(lowering, first.inputs[0]) };
    product.batch = static_cast<std::int64_t>(siblings.size());
    product.k = product.rowA = b[0];
    product.n = product.rowB = product.rowC = b[1];
    product.m = core::elementCount(a) / product.k;
    product.batchB = product.k * product.n;
    const auto element = core::elementSize(lowering.typeOf(first.outputs[0]));
    const std::size_t bytes = aligned(static_cast<std::size_t>(product.m * product.n) * element);
    product.batchC = static_cast<std::int64_t>(bytes / element);
    product.alpha = alphaOf(first);
    const bool biased = isBiased(first);
    product.batchBias = biased ? product.n : 0;
    const TensorId x = lowering.in(first.inputs[0]);
    const TensorId weights = together(lowering, siblings, 1);
    const TensorId bias = biased ? together(lowering, siblings, 2) : -1;
    const TensorId all = lowering.temporary(bytes * siblings.size());
    std::vector<core::NodeCost> costs;
    for (std::size_t i = 0; i < siblings.size(); ++i) {
        const core::Node& sibling = nodeAt(lowering, siblings[i]);
        lowering.defineAlias(sibling.outputs[0], all, Layout::Dense, i * bytes);
        costs.push_back(core::costOf(lowering.graph(), sibling, lowering.shapes()));
    }
    std::vector<TensorId> reads { x, weights };
    if (biased)
        reads.push_back(bias);
    lowering.add("product", reads, { all }, [=](Device& device, const Addresses& at) {
        Product placed = product;
        placed.a = at.bytes(x);
        placed.b = at.bytes(weights);
        placed.bias = at.bytes(bias);
        placed.c = at.bytes(all);
        device.multiply(placed);
    });
    lowering.steps().back().cost = core::totalCost(costs);
}

} // namespace gpu
