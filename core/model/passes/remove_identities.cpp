// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/passes/constants.h"
#include "core/model/passes/probed_shapes.h"
#include "core/model/passes/rewrite.h"
#include "core/ops/rules.h"

#include <algorithm>

namespace core {
namespace {

using namespace passes;

bool isInference(const Graph& graph, const Node& dropout)
{
    // Input 2 is training_mode.
    if (dropout.inputs.size() < 3 || dropout.inputs[2] == kNoValue)
        return true;
    const auto& training = graph.value(dropout.inputs[2]).constant;
    return training && training->bytes.size() == 1 && training->bytes[0] == std::byte { 0 };
}

bool keepsOrder(const TransposeAttributes& transpose)
{
    for (std::size_t axis = 0; axis < transpose.permutation.size(); ++axis)
        if (transpose.permutation[axis] != static_cast<std::int64_t>(axis))
            return false;
    return !transpose.permutation.empty();
}

/// A Slice whose steps are left out or constant and not negative.
bool runsForward(const Graph& graph, const Node& node)
{
    if (node.inputs.size() < 5 || node.inputs[4] == kNoValue)
        return true;
    const auto& steps = graph.value(node.inputs[4]).constant;
    if (!steps || !ops::kIndices.contains(steps->type))
        return false;
    const Shape list = ops::integersOf(*steps);
    return std::none_of(list.begin(), list.end(), [](std::int64_t step) { return step < 0; });
}

/// Whether the node's first output is its first input.
bool isIdentity(const Graph& graph, const Node& node, const std::optional<ProbedShapes>& shapes)
{
    switch (node.kind) {
    case OpKind::Identity:
        return true;
    case OpKind::Dropout:
        return isInference(graph, node);
    case OpKind::Transpose:
        return keepsOrder(std::get<TransposeAttributes>(node.attributes));
    case OpKind::Concat:
    case OpKind::Sum:
    case OpKind::Mean:
    case OpKind::Min:
    case OpKind::Max:
        return node.inputs.size() == 1;
    case OpKind::Mul:
    case OpKind::Div: {
        const auto scaled = passes::withScalar(graph, node);
        return scaled && scaled->scalar == 1 && scaled->value == node.inputs[0] && shapes
            && shapes->same(node.inputs[0], node.outputs[0]);
    }
    case OpKind::Slice:
        return runsForward(graph, node) && shapes && shapes->same(node.inputs[0], node.outputs[0]);
    case OpKind::Cast:
    case OpKind::Reshape:
    case OpKind::Flatten:
    case OpKind::Squeeze:
    case OpKind::Unsqueeze:
    case OpKind::Expand:
        // Same shape and type: these move no element to another place.
        return shapes && shapes->same(node.inputs[0], node.outputs[0]);
    default:
        return false;
    }
}

} // namespace

Graph removeIdentities(Graph graph)
{
    const auto shapes = ProbedShapes::of(graph);
    Rewrite rewrite(std::move(graph));
    for (NodeIndex index = 0; index < rewrite.count(); ++index) {
        const Node& node = rewrite.node(index);
        if (!node.epilogue.empty() || !isIdentity(rewrite.graph(), node, shapes))
            continue;
        const ValueId from = node.inputs[0], to = node.outputs[0];
        const bool second = node.outputs.size() > 1 && node.outputs[1] != kNoValue; // Dropout's mask
        // A graph output keeps its node: its name belongs to this value.
        if (!second && !rewrite.isOutput(to))
            rewrite.bypass(index, to, from);
    }
    return removeDeadNodes(rewrite.finish());
}

} // namespace core
