// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/passes/constants.h"

#include <cmath>

namespace core {
namespace {

using namespace passes;

/// clip(x + 3, 0, 6), as exporters write it out: its x, and the nodes.
struct Gate {
    ValueId x = kNoValue;
    NodeIndex sum = kNoNode;
};

Gate gateOf(const Rewrite& rewrite, NodeIndex clip)
{
    const Node& node = rewrite.node(clip);
    if (node.inputs.size() != 3 || !node.epilogue.empty() || !isAbout(rewrite.graph(), node.inputs[2], 6))
        return {};
    const auto low = scalarOf(rewrite.graph(), node.inputs[1]);
    const NodeIndex sum = rewrite.producer(node.inputs[0], OpKind::Add);
    if (low != 0.0F || sum == kNoNode || rewrite.onlyReader(node.inputs[0]) != clip)
        return {};
    const auto shifted = withScalar(rewrite.graph(), rewrite.node(sum));
    if (!shifted || shifted->scalar != 3)
        return {};
    return { shifted->value, sum };
}

/// `index` divides by 6, or multiplies by a sixth.
bool takesSixth(const Rewrite& rewrite, NodeIndex index)
{
    if (index == kNoNode || !rewrite.node(index).epilogue.empty())
        return false;
    const Node& node = rewrite.node(index);
    const auto scaled = withScalar(rewrite.graph(), node);
    return scaled
        && ((node.kind == OpKind::Div && scaled->scalar == 6)
            || (node.kind == OpKind::Mul && std::abs(scaled->scalar * 6 - 1) < 1e-5F));
}

void become(Rewrite& rewrite, NodeIndex index, OpKind kind, ValueId x, Attributes attributes)
{
    Node& node = rewrite.node(index);
    node.kind = kind;
    node.type = opName(kind);
    node.domain.clear();
    node.version = 14;
    node.inputs = { x };
    node.attributes = std::move(attributes);
    rewrite.addReader(x, index);
}

void fuseAt(Rewrite& rewrite, NodeIndex clip)
{
    const Gate gate = gateOf(rewrite, clip);
    if (gate.x == kNoValue)
        return;
    const ValueId clipped = rewrite.node(clip).outputs[0];
    const NodeIndex reader = rewrite.onlyReader(clipped);
    if (takesSixth(rewrite, reader)) { // the gate alone; what multiplies it with x is fused with it later
        const ValueId output = rewrite.node(reader).outputs[0];
        rewrite.merge(clip, { gate.sum, reader }, output);
        become(rewrite, clip, OpKind::HardSigmoid, gate.x,
            ActivationAttributes { .alpha = 1.0F / 6, .beta = 0.5F });
        return;
    }
    if (reader == kNoNode || rewrite.node(reader).kind != OpKind::Mul
        || otherInput(rewrite.node(reader), clipped) != gate.x)
        return;
    const NodeIndex sixth = rewrite.onlyReader(rewrite.node(reader).outputs[0]);
    if (!rewrite.node(reader).epilogue.empty() || !takesSixth(rewrite, sixth))
        return;
    const ValueId output = rewrite.node(sixth).outputs[0];
    rewrite.merge(clip, { gate.sum, reader, sixth }, output);
    become(rewrite, clip, OpKind::HardSwish, gate.x, NoAttributes {});
}

} // namespace

Graph fuseHardSwish(Graph graph)
{
    Rewrite rewrite(std::move(graph));
    for (NodeIndex index = 0; index < rewrite.count(); ++index)
        if (rewrite.alive(index) && rewrite.node(index).kind == OpKind::Clip)
            fuseAt(rewrite, index);
    return removeDeadNodes(rewrite.finish());
}

} // namespace core
