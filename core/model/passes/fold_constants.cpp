// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/passes.h"
#include "core/ops/run_node.h"

#include <algorithm>

namespace core {
namespace {

/// Folding may make a constant larger than what it came from (Expand, Tile): beyond this it stays work of the
/// engine.
constexpr std::int64_t kMostBytes = 64 << 20;
/// Dense arithmetic on constants is left to the engine when the plain loops would be felt: a tenth of a
/// second.
constexpr std::int64_t kMostProducts = 50'000'000;

std::optional<std::vector<TensorView>> constantInputs(const Graph& graph, const Node& node)
{
    std::vector<TensorView> inputs;
    for (const ValueId id : node.inputs) {
        if (id != kNoValue && !graph.value(id).constant)
            return std::nullopt;
        inputs.push_back(id == kNoValue ? TensorView {} : *graph.value(id).constant);
    }
    return inputs;
}

bool isDense(OpKind kind)
{
    return kind == OpKind::Conv || kind == OpKind::Gemm || kind == OpKind::MatMul
        || kind == OpKind::FusedAttention;
}

/// Whether evaluating the node takes little time and memory. Throws Error when its rule refuses the inputs.
bool isCheap(const Node& node, const std::vector<TensorView>& inputs)
{
    NodeInputs known;
    for (std::size_t index = 0; index < ownInputCount(node); ++index) {
        known.shapes.push_back(inputs[index].shape);
        known.types.push_back(inputs[index].type);
        known.known.push_back(
            inputs[index].type == ElementType::Undefined ? std::nullopt : std::optional(inputs[index]));
    }
    const NodeOutputs outputs = inferNode(node, known);
    std::int64_t bytes = 0, elements = 0;
    for (std::size_t index = 0; index < outputs.shapes.size(); ++index) {
        elements = elementCount(outputs.shapes[index]);
        bytes = std::max(bytes, elements * static_cast<std::int64_t>(elementSize(outputs.types[index])));
    }
    const bool smallOutput = bytes <= kMostBytes && elements <= kMostBytes;
    return smallOutput && (!isDense(node.kind) || elements * elementCount(inputs[0].shape) <= kMostProducts);
}

/// Turns the node's outputs into constants. False when it has to stay.
bool fold(Graph& graph, const Node& node)
{
    const auto isOutput = [&](ValueId id) {
        return std::find(graph.outputs.begin(), graph.outputs.end(), id) != graph.outputs.end();
    };
    const auto inputs = constantInputs(graph, node);
    if (node.kind == OpKind::Unknown || multipliesWork(node.kind) || !inputs
        || std::any_of(node.outputs.begin(), node.outputs.end(), isOutput))
        return false;
    std::vector<Tensor> results;
    try {
        if (!isCheap(node, *inputs))
            return false;
        results = evaluate(node, *inputs);
    } catch (const Error&) {
        return false; // the same sentence comes, with the node's name, when shapes are inferred
    }
    for (std::size_t index = 0; index < node.outputs.size(); ++index) {
        if (node.outputs[index] == kNoValue)
            continue;
        const auto owned = std::make_shared<const Tensor>(std::move(results[index]));
        Value& value = graph.values[static_cast<std::size_t>(node.outputs[index])];
        value.type = owned->type();
        value.shape.emplace();
        for (const std::int64_t dim : owned->shape())
            value.shape->push_back({ .value = dim });
        value.constant = owned->view();
        graph.storage.push_back(owned);
    }
    return true;
}

} // namespace

Graph foldConstants(Graph graph)
{
    std::vector<Node> kept;
    for (Node& node : graph.nodes)
        if (!fold(graph, node))
            kept.push_back(std::move(node));
    graph.nodes = std::move(kept);
    return graph;
}

} // namespace core
