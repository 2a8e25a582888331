// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/passes/quantisation.h"

namespace core {
namespace {

using namespace passes;

/// Products of an input with constant weights: what engines have integer kernels for.
bool isProduct(OpKind kind)
{
    return kind == OpKind::Conv || kind == OpKind::Gemm || kind == OpKind::MatMul;
}

/// The axis of the weights along which output channels lie.
std::int64_t channelAxis(const Node& node)
{
    if (node.kind == OpKind::Conv)
        return 0;
    const auto* gemm = std::get_if<GemmAttributes>(&node.attributes);
    return gemm && gemm->transB ? 0 : 1;
}

/// Weights engines have kernels for: int8 around zero, one scale or one for each output channel.
bool suitsWeights(const Graph& graph, const Node& node, const Dequantised& weights)
{
    const auto& constant = graph.value(weights.integers).constant;
    return constant && weights.as.type == ElementType::Int8 && weights.as.zero == 0
        && (node.kind == OpKind::Conv || constant->shape.size() == 2)
        && (weights.as.scales.size() == 1 || weights.as.axis == channelAxis(node));
}

bool plainProduct(const Node& node)
{
    const auto* gemm = std::get_if<GemmAttributes>(&node.attributes);
    return !gemm || (!gemm->transA && gemm->alpha == 1);
}

void markProduct(Rewrite& rewrite, NodeIndex index)
{
    const Node& node = rewrite.node(index);
    if (!isProduct(node.kind) || !plainProduct(node) || node.inputs.size() < 2)
        return;
    const auto input = dequantised(rewrite, node.inputs[0]), weights = dequantised(rewrite, node.inputs[1]);
    if (!input || !weights || input->as.scales.size() != 1 || !suitsWeights(rewrite.graph(), node, *weights))
        return;
    Node& product = rewrite.node(index);
    product.inputs[0] = input->integers;
    product.inputs[1] = weights->integers;
    product.quantised = { { 0, input->as }, { 1, weights->as } };
}

} // namespace

Graph fuseQuantised(Graph graph)
{
    Rewrite rewrite(std::move(graph));
    for (NodeIndex index = 0; index < rewrite.count(); ++index)
        markProduct(rewrite, index);
    return removeDeadNodes(rewrite.finish());
}

namespace {

/// Operators that move elements, or choose among them, whatever they stand for; `first` of their inputs are
/// such elements.
std::size_t movedInputs(const Node& node)
{
    switch (node.kind) {
    case OpKind::MaxPool:
    case OpKind::GlobalMaxPool:
    case OpKind::Reshape:
    case OpKind::Flatten:
    case OpKind::Squeeze:
    case OpKind::Unsqueeze:
    case OpKind::Transpose:
    case OpKind::Slice:
    case OpKind::Gather:
    case OpKind::DepthToSpace:
        return 1;
    case OpKind::Concat:
        return node.inputs.size();
    default:
        return 0;
    }
}

void moveAt(Rewrite& rewrite, NodeIndex index)
{
    const std::size_t moved = movedInputs(rewrite.node(index));
    if (moved == 0 || rewrite.node(index).outputs.size() != 1)
        return;
    const NodeIndex reader = rewrite.onlyReader(rewrite.node(index).outputs[0]);
    const auto to = reader == kNoNode ? std::nullopt : quantiser(rewrite.graph(), rewrite.node(reader));
    if (!to)
        return;
    std::vector<ValueId> integers;
    for (std::size_t i = 0; i < moved; ++i) {
        const auto from = dequantised(rewrite, rewrite.node(index).inputs[i]);
        if (!from || from->as != *to)
            return;
        integers.push_back(from->integers);
    }
    std::copy(integers.begin(), integers.end(), rewrite.node(index).inputs.begin());
    for (const ValueId id : integers)
        rewrite.addReader(id, index);
    rewrite.merge(index, { reader }, rewrite.node(reader).outputs[0]);
}

} // namespace

Graph moveQuantised(Graph graph)
{
    Rewrite rewrite(std::move(graph));
    for (NodeIndex index = 0; index < rewrite.count(); ++index)
        if (rewrite.alive(index))
            moveAt(rewrite, index);
    return removeDeadNodes(rewrite.finish());
}

} // namespace core
