// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/passes/constants.h"
#include "core/model/passes/fuse_everywhere.h"

namespace core {
namespace {

using namespace passes;

/// Columns of a product with a constant right side and no bias yet; nullopt for any other node.
std::optional<std::int64_t> columnsOf(const Graph& graph, const Node& node)
{
    if (node.inputs.size() != 2 || !node.epilogue.empty() || node.inputs[1] == kNoValue
        || !(isFloatConstant(graph, node.inputs[1]) || inputQuantisation(node, 1)))
        return std::nullopt;
    const Shape& weights = graph.value(node.inputs[1]).constant->shape;
    if (weights.size() != 2)
        return std::nullopt;
    if (node.kind == OpKind::MatMul)
        return weights[1];
    if (node.kind == OpKind::Gemm)
        return weights[std::get<GemmAttributes>(node.attributes).transB ? 0 : 1];
    return std::nullopt;
}

void fuseAt(Rewrite& rewrite, NodeIndex index, const ProbedShapes& shapes)
{
    const auto columns = columnsOf(rewrite.graph(), rewrite.node(index));
    if (!columns)
        return;
    const ValueId product = rewrite.node(index).outputs[0];
    const NodeIndex add = rewrite.onlyReader(product, OpKind::Add);
    if (add == kNoNode)
        return;
    const ValueId sum = rewrite.node(add).outputs[0];
    const ValueId other = otherInput(rewrite.node(add), product);
    const auto bias = asRow(rewrite.graph(), other, *columns);
    if (!bias || !shapes.same(product, sum)) // a bias of more dimensions than the product would add some
        return;
    rewrite.merge(index, { add }, sum);
    Node& node = rewrite.node(index);
    node.inputs.push_back(*bias);
    if (auto* gemm = std::get_if<GemmAttributes>(&node.attributes))
        gemm->beta = 1;
}

} // namespace

Graph fuseMatMulBias(Graph graph)
{
    return fuseEverywhere(std::move(graph), fuseAt);
}

} // namespace core
