// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/passes/constants.h"
#include "core/model/passes/fuse_everywhere.h"

namespace core {
namespace {

using namespace passes;

struct Match {
    ValueId x = kNoValue;
    float epsilon = 0;
    ValueId scale = kNoValue, shift = kNoValue; // constants; no shift: the chain ends with the scale
    std::vector<NodeIndex> nodes; // the last one last
};

/// What is averaged over the last dimension, which stays with length 1; kNoValue when the node does something
/// else.
ValueId meanInput(const Rewrite& rewrite, const ProbedShapes& shapes, NodeIndex index)
{
    if (index == kNoNode)
        return kNoValue;
    const Node& node = rewrite.node(index);
    const auto axes = constantAxes(rewrite.graph(), node);
    const auto rank = static_cast<std::int64_t>(shapes.rank(node.inputs[0]));
    const bool lastAxis = axes && axes->size() == 1 && (axes->front() == -1 || axes->front() == rank - 1);
    return lastAxis && std::get<AxesAttributes>(node.attributes).keepDims ? node.inputs[0] : kNoValue;
}

/// x - mean(x): gives x and notes the two nodes.
ValueId centredInput(const Rewrite& rewrite, const ProbedShapes& shapes, ValueId id, Match& match)
{
    const NodeIndex sub = rewrite.producer(id, OpKind::Sub);
    if (sub == kNoNode)
        return kNoValue;
    const ValueId x = rewrite.node(sub).inputs[0];
    const NodeIndex mean = rewrite.producer(rewrite.node(sub).inputs[1], OpKind::ReduceMean);
    if (meanInput(rewrite, shapes, mean) != x)
        return kNoValue;
    match.nodes.insert(match.nodes.end(), { mean, sub });
    return x;
}

/// The value whose square `id` is, by Pow or by multiplication.
ValueId squaredInput(const Rewrite& rewrite, ValueId id, Match& match)
{
    const NodeIndex pow = rewrite.producer(id, OpKind::Pow), mul = rewrite.producer(id, OpKind::Mul);
    const NodeIndex index = pow != kNoNode ? pow : mul;
    if (index == kNoNode)
        return kNoValue;
    const Node& node = rewrite.node(index);
    const bool square
        = pow != kNoNode ? isAbout(rewrite.graph(), node.inputs[1], 2) : node.inputs[0] == node.inputs[1];
    match.nodes.push_back(index);
    return square ? node.inputs[0] : kNoValue;
}

/// From the root back to x: sqrt(mean((x - mean(x))^2) + epsilon).
bool findDeviation(const Rewrite& rewrite, const ProbedShapes& shapes, NodeIndex root, Match& match)
{
    const Graph& graph = rewrite.graph();
    const NodeIndex add = rewrite.producer(rewrite.node(root).inputs[0], OpKind::Add);
    const auto shifted = add == kNoNode ? std::nullopt : withScalar(graph, rewrite.node(add));
    if (!shifted || shifted->scalar < 0)
        return false;
    match.epsilon = shifted->scalar;
    const NodeIndex variance = rewrite.producer(shifted->value, OpKind::ReduceMean);
    const ValueId squares = meanInput(rewrite, shapes, variance);
    if (squares == kNoValue)
        return false;
    match.nodes.insert(match.nodes.end(), { root, add, variance });
    const ValueId centred = squaredInput(rewrite, squares, match);
    match.x = centred == kNoValue ? kNoValue : centredInput(rewrite, shapes, centred, match);
    return match.x != kNoValue;
}

/// From the root on: the division of x - mean(x), the scale, the shift.
bool findTail(Rewrite& rewrite, const ProbedShapes& shapes, NodeIndex root, Match& match)
{
    const ValueId deviation = rewrite.node(root).outputs[0];
    const NodeIndex div = rewrite.onlyReader(deviation, OpKind::Div);
    if (div == kNoNode || rewrite.node(div).inputs[1] != deviation)
        return false;
    if (centredInput(rewrite, shapes, rewrite.node(div).inputs[0], match) != match.x)
        return false;
    const auto channels = shapes.fixedDim(match.x, -1);
    const ValueId normal = rewrite.node(div).outputs[0];
    const NodeIndex mul = rewrite.onlyReader(normal, OpKind::Mul);
    if (mul == kNoNode || !channels)
        return false;
    const auto scale = asRow(rewrite.graph(), otherInput(rewrite.node(mul), normal), *channels);
    if (!scale)
        return false;
    match.scale = *scale;
    match.nodes.insert(match.nodes.end(), { div, mul });

    const ValueId scaled = rewrite.node(mul).outputs[0];
    const NodeIndex add = rewrite.onlyReader(scaled, OpKind::Add);
    const auto shift = add == kNoNode
        ? std::nullopt
        : asRow(rewrite.graph(), otherInput(rewrite.node(add), scaled), *channels);
    if (shift) {
        match.shift = *shift;
        match.nodes.push_back(add);
    }
    return true;
}

void fuseAt(Rewrite& rewrite, NodeIndex root, const ProbedShapes& shapes)
{
    if (rewrite.node(root).kind != OpKind::Sqrt || !rewrite.node(root).epilogue.empty())
        return;
    Match match;
    if (!findDeviation(rewrite, shapes, root, match) || !findTail(rewrite, shapes, root, match))
        return;
    const NodeIndex last = match.nodes.back();
    const ValueId output = rewrite.node(last).outputs[0];
    if (!rewrite.closed(match.nodes) || !shapes.isFloat(match.x) || !shapes.same(match.x, output))
        return;
    rewrite.merge(last, match.nodes, output);
    Node& node = rewrite.node(last);
    node.kind = OpKind::LayerNormalization;
    node.type = opName(OpKind::LayerNormalization);
    node.inputs = { match.x, match.scale };
    if (match.shift != kNoValue)
        node.inputs.push_back(match.shift);
    node.attributes = NormAttributes { .epsilon = match.epsilon, .axis = -1 };
}

} // namespace

Graph fuseLayerNorm(Graph graph)
{
    return fuseEverywhere(std::move(graph), fuseAt);
}

} // namespace core
