// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/passes/constants.h"
#include "core/model/passes/fuse_everywhere.h"

#include <cmath>

namespace core {
namespace {

using namespace passes;

/// What a pattern has found so far: the nodes of it, and the x it starts from.
struct Match {
    ValueId x = kNoValue;
    std::vector<NodeIndex> nodes;
};

/// The value that `id` is `factor` times of: Mul by the factor, or Div by its inverse.
std::optional<Match> isScaled(const Rewrite& rewrite, ValueId id, float factor)
{
    const NodeIndex index = rewrite.producer(id);
    if (index == kNoNode || !rewrite.node(index).epilogue.empty())
        return std::nullopt;
    const Node& node = rewrite.node(index);
    const auto scaled = withScalar(rewrite.graph(), node);
    const bool mul = node.kind == OpKind::Mul, div = node.kind == OpKind::Div;
    if (!scaled || (!mul && !div))
        return std::nullopt;
    const float actual = mul ? scaled->scalar : 1 / scaled->scalar;
    if (!(std::abs(actual - factor) <= 1e-4F * factor))
        return std::nullopt;
    return Match { scaled->value, { index } };
}

/// x + c for about that c.
std::optional<Match> isShifted(const Rewrite& rewrite, ValueId id, float shift)
{
    const NodeIndex index = rewrite.producer(id, OpKind::Add);
    if (index == kNoNode)
        return std::nullopt;
    const auto shifted = withScalar(rewrite.graph(), rewrite.node(index));
    if (!shifted || !(std::abs(shifted->scalar - shift) <= 1e-4F * shift))
        return std::nullopt;
    return Match { shifted->value, { index } };
}

/// Whether `id` is x to the power of `power`, 2 or 3: by Pow, or by multiplications.
std::optional<Match> isPower(const Rewrite& rewrite, ValueId id, ValueId x, int power)
{
    if (const NodeIndex pow = rewrite.producer(id, OpKind::Pow); pow != kNoNode) {
        const Node& node = rewrite.node(pow);
        if (node.inputs[0] == x && isAbout(rewrite.graph(), node.inputs[1], static_cast<float>(power)))
            return Match { x, { pow } };
        return std::nullopt;
    }
    const NodeIndex mul = rewrite.producer(id, OpKind::Mul);
    const ValueId other = mul == kNoNode ? kNoValue : otherInput(rewrite.node(mul), x);
    if (other == kNoValue)
        return std::nullopt;
    if (power == 2)
        return other == x ? std::optional(Match { x, { mul } }) : std::nullopt;
    auto square = isPower(rewrite, other, x, 2);
    if (square)
        square->nodes.push_back(mul);
    return square;
}

void append(Match& match, const Match& more)
{
    match.nodes.insert(match.nodes.end(), more.nodes.begin(), more.nodes.end());
}

/// erf(x / sqrt 2).
std::optional<Match> erfCore(const Rewrite& rewrite, NodeIndex erf)
{
    auto match = isScaled(rewrite, rewrite.node(erf).inputs[0], 0.70710678F);
    if (match)
        match->nodes.push_back(erf);
    return match;
}

/// 0.044715 x^3: the factor times a power, or x times x times the scaled x as JAX writes it.
std::optional<Match> scaledCube(const Rewrite& rewrite, ValueId id, ValueId x)
{
    constexpr float kFactor = 0.044715F;
    if (const auto scaled = isScaled(rewrite, id, kFactor)) {
        auto cube = isPower(rewrite, scaled->x, x, 3);
        if (cube)
            append(*cube, *scaled);
        return cube;
    }
    Match match { x, {} };
    for (int times = 0; times < 2; ++times) {
        const NodeIndex mul = rewrite.producer(id, OpKind::Mul);
        id = mul == kNoNode ? kNoValue : otherInput(rewrite.node(mul), x);
        if (id == kNoValue)
            return std::nullopt;
        match.nodes.push_back(mul);
    }
    const auto scaled = isScaled(rewrite, id, kFactor);
    if (!scaled || scaled->x != x)
        return std::nullopt;
    append(match, *scaled);
    return match;
}

/// x + 0.044715 x^3 as a sum.
std::optional<Match> cubicSum(const Rewrite& rewrite, ValueId id)
{
    const NodeIndex add = rewrite.producer(id, OpKind::Add);
    if (add == kNoNode)
        return std::nullopt;
    for (const ValueId x : rewrite.node(add).inputs) {
        auto match = scaledCube(rewrite, otherInput(rewrite.node(add), x), x);
        if (!match)
            continue;
        match->nodes.push_back(add);
        return match;
    }
    return std::nullopt;
}

/// tanh(sqrt(2 / pi) (x + 0.044715 x^3)).
std::optional<Match> tanhCore(const Rewrite& rewrite, NodeIndex tanh)
{
    const auto scaled = isScaled(rewrite, rewrite.node(tanh).inputs[0], 0.79788456F);
    auto match = scaled ? cubicSum(rewrite, scaled->x) : std::nullopt;
    if (!match)
        return std::nullopt;
    append(*match, *scaled);
    match->nodes.push_back(tanh);
    return match;
}

/// From the function's value on: plus 1, times x, times one half, in whatever order. The last node is
/// appended last.
bool findTail(const Rewrite& rewrite, Match& match, ValueId function)
{
    const NodeIndex add = rewrite.onlyReader(function, OpKind::Add);
    if (add == kNoNode || !isShifted(rewrite, rewrite.node(add).outputs[0], 1))
        return false;
    const ValueId sum = rewrite.node(add).outputs[0];
    const NodeIndex first = rewrite.onlyReader(sum, OpKind::Mul);
    const ValueId other = first == kNoNode ? kNoValue : otherInput(rewrite.node(first), sum);
    if (other == kNoValue || other == sum)
        return false;
    match.nodes.push_back(add);
    if (const auto half = isScaled(rewrite, other, 0.5F); half && half->x == match.x) {
        append(match, *half);
        match.nodes.push_back(first);
        return true;
    }
    const ValueId product = rewrite.node(first).outputs[0];
    const NodeIndex second = rewrite.onlyReader(product, OpKind::Mul);
    const ValueId last = second == kNoNode ? kNoValue : otherInput(rewrite.node(second), product);
    match.nodes.insert(match.nodes.end(), { first, second });
    const bool timesHalf = last != kNoValue && isAbout(rewrite.graph(), last, 0.5F);
    const bool timesX = last == match.x;
    return (other == match.x && timesHalf) || (isAbout(rewrite.graph(), other, 0.5F) && timesX);
}

void fuseAt(Rewrite& rewrite, NodeIndex index, const ProbedShapes& shapes)
{
    const Node& function = rewrite.node(index);
    const bool erf = function.kind == OpKind::Erf, tanh = function.kind == OpKind::Tanh;
    if ((!erf && !tanh) || !function.epilogue.empty())
        return;
    auto match = erf ? erfCore(rewrite, index) : tanhCore(rewrite, index);
    if (!match || !findTail(rewrite, *match, function.outputs[0]) || !rewrite.closed(match->nodes))
        return;
    const NodeIndex last = match->nodes.back();
    const ValueId output = rewrite.node(last).outputs[0];
    // Scalars of shape [1] could have given a scalar x a dimension.
    if (!shapes.isFloat(match->x) || !shapes.same(match->x, output))
        return;
    rewrite.merge(last, match->nodes, output);
    Node& node = rewrite.node(last);
    node.kind = OpKind::Gelu;
    node.type = opName(OpKind::Gelu);
    node.inputs = { match->x };
    node.attributes = GeluAttributes { .tanhApproximation = tanh };
}

} // namespace

Graph fuseGelu(Graph graph)
{
    return fuseEverywhere(std::move(graph), fuseAt);
}

} // namespace core
