// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes/rewrite.h"

#include "core/error.h"
#include "core/model/topological_order.h"

#include <algorithm>

namespace core::passes {
namespace {

std::size_t at(std::int32_t index)
{
    return static_cast<std::size_t>(index);
}

/// The names a node stands for: itself alone in a graph as read.
std::vector<std::string> standsFor(const Node& node)
{
    return node.fused.empty() ? std::vector<std::string> { node.name } : node.fused;
}

} // namespace

Rewrite::Rewrite(Graph graph)
    : m_graph(std::move(graph))
    , m_producers(m_graph.values.size(), kNoNode)
    , m_readers(m_graph.values.size())
    , m_isOutput(m_graph.values.size())
    , m_dead(m_graph.nodes.size())
{
    for (NodeIndex index = 0; index < count(); ++index) {
        for (const ValueId id : node(index).outputs)
            if (id != kNoValue)
                m_producers[at(id)] = index;
        for (const ValueId id : node(index).inputs)
            if (id != kNoValue)
                addReader(id, index);
    }
    for (const ValueId id : m_graph.outputs)
        m_isOutput[at(id)] = true;
}

NodeIndex Rewrite::producer(ValueId id) const
{
    // Constants that a pass has just added have no producer.
    if (id == kNoValue || at(id) >= m_producers.size())
        return kNoNode;
    const NodeIndex index = m_producers[at(id)];
    return index != kNoNode && alive(index) ? index : kNoNode;
}

NodeIndex Rewrite::producer(ValueId id, OpKind kind) const
{
    const NodeIndex index = producer(id);
    return index != kNoNode && node(index).kind == kind && node(index).epilogue.empty() ? index : kNoNode;
}

std::vector<NodeIndex> Rewrite::readers(ValueId id, std::size_t most) const
{
    auto& list = m_readers[at(id)];
    std::vector<NodeIndex> living;
    std::size_t next = 0;
    for (; next < list.size() && living.size() < most; ++next)
        if (alive(list[next]))
            living.push_back(list[next]);
    // The dead are met once: a value with many readers is asked about often.
    list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(next - living.size()));
    std::copy(living.begin(), living.end(), list.begin());
    return living;
}

NodeIndex Rewrite::onlyReader(ValueId id) const
{
    if (isOutput(id))
        return kNoNode;
    const auto first = readers(id, 2);
    return first.size() == 1 ? first[0] : kNoNode;
}

NodeIndex Rewrite::onlyReader(ValueId id, OpKind kind) const
{
    const NodeIndex index = onlyReader(id);
    return index != kNoNode && node(index).kind == kind && node(index).epilogue.empty() ? index : kNoNode;
}

bool Rewrite::closed(const std::vector<NodeIndex>& nodes) const
{
    const auto inside
        = [&](NodeIndex index) { return std::find(nodes.begin(), nodes.end(), index) != nodes.end(); };
    for (const NodeIndex index : nodes) {
        if (index == nodes.back())
            continue;
        for (const ValueId id : node(index).outputs) {
            if (id == kNoValue)
                continue;
            const auto all = readers(id, nodes.size() + 1); // among more there is a stranger
            if (isOutput(id) || !std::all_of(all.begin(), all.end(), inside))
                return false;
        }
    }
    return true;
}

void Rewrite::merge(NodeIndex into, const std::vector<NodeIndex>& others, ValueId output)
{
    std::vector<std::string>& names = node(into).fused;
    if (names.empty())
        names.push_back(node(into).name);
    for (const NodeIndex other : others) {
        if (other == into)
            continue;
        for (std::string& name : standsFor(node(other)))
            names.push_back(std::move(name));
        kill(other);
    }
    node(into).outputs = { output };
    m_producers[at(output)] = into;
}

void Rewrite::bypass(NodeIndex dying, ValueId id, ValueId instead)
{
    for (const NodeIndex reader : readers(id)) {
        std::replace(node(reader).inputs.begin(), node(reader).inputs.end(), id, instead);
        addReader(instead, reader);
    }
    m_readers[at(id)].clear();
    kill(dying);
}

void Rewrite::addReader(ValueId id, NodeIndex reader)
{
    auto& list = m_readers[at(id)];
    const auto place = std::lower_bound(list.begin(), list.end(), reader);
    if (place == list.end() || *place != reader)
        list.insert(place, reader);
}

Graph Rewrite::finish()
{
    std::vector<Node> nodes;
    for (NodeIndex index = 0; index < count(); ++index)
        if (alive(index))
            nodes.push_back(std::move(node(index)));
    m_graph.nodes = std::move(nodes);
    if (!sortTopologically(m_graph))
        throw Error("Cannot optimise model: a pass made a cycle in \"{}\".", m_graph.name);
    return std::move(m_graph);
}

} // namespace core::passes
