// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/passes/constants.h"
#include "core/model/passes/fuse_everywhere.h"

#include <array>

namespace core {
namespace {

using namespace passes;

using Permutation = std::array<std::size_t, 4>;
constexpr Permutation kHeadsFirst { 0, 2, 1,
    3 }; // [batch, length, heads, size] to [batch, heads, length, size]
constexpr Permutation kHeadsFirstTransposed { 0, 2, 3, 1 };

struct Match {
    ValueId query = kNoValue, key = kNoValue, value = kNoValue,
            mask = kNoValue; // [batch, length, heads * size]
    std::int64_t heads = 0, size = 0;
    float scale = 1;
    std::vector<NodeIndex> nodes; // the last one last
};

std::optional<Permutation> permutationOf(const Node& node)
{
    const auto& from = std::get<TransposeAttributes>(node.attributes).permutation;
    if (from.size() != 4)
        return std::nullopt;
    Permutation to {};
    for (std::size_t axis = 0; axis < 4; ++axis)
        to[axis] = static_cast<std::size_t>(from[axis] < 0 ? from[axis] + 4 : from[axis]);
    return to;
}

/// Takes multiplications and divisions by scalars off `id` and multiplies `scale` by them.
ValueId unscaled(const Rewrite& rewrite, ValueId id, Match& match)
{
    for (;;) {
        const NodeIndex mul = rewrite.producer(id, OpKind::Mul), div = rewrite.producer(id, OpKind::Div);
        const NodeIndex index = mul != kNoNode ? mul : div;
        const auto scaled
            = index == kNoNode ? std::nullopt : withScalar(rewrite.graph(), rewrite.node(index));
        if (!scaled)
            return id;
        match.scale *= mul != kNoNode ? scaled->scalar : 1 / scaled->scalar;
        match.nodes.push_back(index);
        id = scaled->value;
    }
}

/// The [batch, length, heads * size] behind one matrix per head: transposes that amount to `wanted`, scalars
/// among them, a reshape that splits the last dimension. kNoValue when there is something else.
ValueId joined(
    const Rewrite& rewrite, const ProbedShapes& shapes, ValueId id, const Permutation& wanted, Match& match)
{
    Permutation total { 0, 1, 2, 3 };
    for (;;) {
        id = unscaled(rewrite, id, match);
        const NodeIndex transpose = rewrite.producer(id, OpKind::Transpose);
        if (transpose == kNoNode)
            break;
        const auto permutation = permutationOf(rewrite.node(transpose));
        if (!permutation)
            return kNoValue;
        for (std::size_t& axis : total)
            axis = (*permutation)[axis];
        match.nodes.push_back(transpose);
        id = rewrite.node(transpose).inputs[0];
    }
    const NodeIndex reshape = rewrite.producer(id, OpKind::Reshape);
    if (reshape == kNoNode || total != wanted)
        return kNoValue;
    match.nodes.push_back(reshape);
    const ValueId source = rewrite.node(reshape).inputs[0];
    const auto heads = shapes.fixedDim(id, 2), size = shapes.fixedDim(id, 3);
    const bool splits = heads && size && shapes.both([&](const Shapes& at) {
        const Shape &before = at.of(source), &after = at.of(id);
        return before.size() == 3 && after.size() == 4
            && after == Shape { before[0], before[1], *heads, *size } && before[2] == *heads * *size;
    });
    if (!splits || (match.heads != 0 && (match.heads != *heads || match.size != *size)))
        return kNoValue;
    match.heads = *heads;
    match.size = *size;
    return source;
}

/// From the softmax back to queries, keys and mask.
bool findScores(const Rewrite& rewrite, const ProbedShapes& shapes, NodeIndex softmax, Match& match)
{
    match.nodes.push_back(softmax);
    ValueId scores = rewrite.node(softmax).inputs[0];
    if (const NodeIndex add = rewrite.producer(scores, OpKind::Add); add != kNoNode) {
        match.nodes.push_back(add);
        const Node& sum = rewrite.node(add);
        const std::size_t before = match.nodes.size();
        // One side leads to a product, the other is the mask.
        for (std::size_t side = 0; side < 2 && match.mask == kNoValue; ++side) {
            Match attempt = match;
            if (rewrite.producer(unscaled(rewrite, sum.inputs[side], attempt), OpKind::MatMul) == kNoNode)
                continue;
            scores = sum.inputs[side];
            match.mask = sum.inputs[1 - side];
        }
        match.nodes.resize(before);
        if (match.mask == kNoValue)
            return false;
    }
    const NodeIndex product = rewrite.producer(unscaled(rewrite, scores, match), OpKind::MatMul);
    if (product == kNoNode || rewrite.node(product).inputs.size() != 2)
        return false;
    match.nodes.push_back(product);
    if (const auto* attributes = std::get_if<MatMulAttributes>(&rewrite.node(product).attributes))
        match.scale *= attributes->alpha;
    const Node& node = rewrite.node(product);
    match.query = joined(rewrite, shapes, node.inputs[0], kHeadsFirst, match);
    if (match.query != kNoValue)
        match.key = joined(rewrite, shapes, node.inputs[1], kHeadsFirstTransposed, match);
    return match.key != kNoValue;
}

/// From the softmax on: the product with the values, and the heads joined again.
bool findContext(const Rewrite& rewrite, const ProbedShapes& shapes, NodeIndex softmax, Match& match)
{
    const ValueId shares = rewrite.node(softmax).outputs[0];
    const NodeIndex product = rewrite.onlyReader(shares, OpKind::MatMul);
    if (product == kNoNode || rewrite.node(product).inputs.size() != 2
        || rewrite.node(product).inputs[0] != shares)
        return false;
    const auto* attributes = std::get_if<MatMulAttributes>(&rewrite.node(product).attributes);
    const float scores = match.scale; // what scales the values would not be in the scores
    match.value = joined(rewrite, shapes, rewrite.node(product).inputs[1], kHeadsFirst, match);
    if (match.value == kNoValue || match.scale != scores || (attributes && attributes->alpha != 1))
        return false;
    const NodeIndex transpose = rewrite.onlyReader(rewrite.node(product).outputs[0], OpKind::Transpose);
    if (transpose == kNoNode || permutationOf(rewrite.node(transpose)) != kHeadsFirst)
        return false;
    const NodeIndex reshape = rewrite.onlyReader(rewrite.node(transpose).outputs[0], OpKind::Reshape);
    if (reshape == kNoNode || rewrite.node(reshape).inputs[0] != rewrite.node(transpose).outputs[0])
        return false;
    match.nodes.insert(match.nodes.end(), { product, transpose, reshape });
    return true;
}

bool overLastAxis(const Node& softmax, const ProbedShapes& shapes)
{
    const auto& attributes = std::get<AxisAttributes>(softmax.attributes);
    const auto rank = static_cast<std::int64_t>(shapes.rank(softmax.inputs[0]));
    // The flattened form before opset 13 is the same when it begins at the last axis.
    return rank == 4 && (attributes.axis == -1 || attributes.axis == 3);
}

/// Whether `mask` broadcasts to the scores, [batch, heads, length, length], without changing their shape.
bool maskFits(const ProbedShapes& shapes, const Match& match)
{
    return match.mask == kNoValue || (shapes.isFloat(match.mask) && shapes.both([&](const Shapes& at) {
        const Shape &query = at.of(match.query), &mask = at.of(match.mask);
        const Shape scores { query[0], match.heads, query[1], query[1] };
        if (mask.size() > 4)
            return false;
        for (std::size_t k = 0; k < mask.size(); ++k) {
            const std::int64_t dim = mask[mask.size() - 1 - k];
            if (dim != 1 && dim != scores[3 - k])
                return false;
        }
        return true;
    }));
}

void fuseAt(Rewrite& rewrite, NodeIndex softmax, const ProbedShapes& shapes)
{
    const Node& start = rewrite.node(softmax);
    if (start.kind != OpKind::Softmax || !start.epilogue.empty() || !overLastAxis(start, shapes))
        return;
    Match match;
    if (!findScores(rewrite, shapes, softmax, match) || !findContext(rewrite, shapes, softmax, match))
        return;
    const NodeIndex last = match.nodes.back();
    const ValueId output = rewrite.node(last).outputs[0];
    const bool oneShape = shapes.same(match.query, match.key) && shapes.same(match.query, match.value)
        && shapes.same(match.query, output);
    if (!oneShape || !shapes.isFloat(match.query) || !maskFits(shapes, match) || !rewrite.closed(match.nodes))
        return;
    rewrite.merge(last, match.nodes, output);
    Node& node = rewrite.node(last);
    node.kind = OpKind::FusedAttention;
    node.type = opName(OpKind::FusedAttention);
    node.inputs = { match.query, match.key, match.value };
    if (match.mask != kNoValue)
        node.inputs.push_back(match.mask);
    node.attributes = AttentionAttributes { .heads = match.heads, .scale = match.scale };
}

} // namespace

Graph fuseAttention(Graph graph)
{
    return removeDeadNodes(fuseEverywhere(std::move(graph), fuseAt));
}

} // namespace core
