// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <initializer_list>
#include <vector>

namespace core::passes {

/// A node's index in Graph::nodes while a pass works on it.
using NodeIndex = std::int32_t;
inline constexpr NodeIndex kNoNode = -1;

/// A graph under rewriting: who makes a value, who reads it, and which nodes are already merged into others.
/// Nodes keep their indices until finish().
class Rewrite {
public:
    explicit Rewrite(Graph graph);

    Graph& graph() { return m_graph; }
    const Graph& graph() const { return m_graph; }
    Node& node(NodeIndex index) { return m_graph.nodes[static_cast<std::size_t>(index)]; }
    const Node& node(NodeIndex index) const { return m_graph.nodes[static_cast<std::size_t>(index)]; }
    NodeIndex count() const { return static_cast<NodeIndex>(m_graph.nodes.size()); }

    bool alive(NodeIndex index) const { return !m_dead[static_cast<std::size_t>(index)]; }
    /// The living node that makes `id`; kNoNode for inputs and constants.
    NodeIndex producer(ValueId id) const;
    /// The same when that node is of `kind` and nothing is fused into its output; kNoNode otherwise.
    NodeIndex producer(ValueId id, OpKind kind) const;
    /// The node that alone reads `id`, once or more; kNoNode when there are others or `id` is a graph output.
    NodeIndex onlyReader(ValueId id) const;
    NodeIndex onlyReader(ValueId id, OpKind kind) const;
    /// Living nodes that read `id`, in the order of their indices: the first `most` of them.
    std::vector<NodeIndex> readers(ValueId id, std::size_t most = static_cast<std::size_t>(-1)) const;
    bool isOutput(ValueId id) const { return m_isOutput[static_cast<std::size_t>(id)]; }

    /// Whether nothing but these nodes reads what they make, the last one's output excepted: they can become
    /// one.
    bool closed(const std::vector<NodeIndex>& nodes) const;

    /// Merges `others` into `node`: they die, their names go to its `fused`. Its output becomes `output`.
    void merge(NodeIndex node, const std::vector<NodeIndex>& others, ValueId output);
    /// Lets every reader of `id` read `instead`, and the node that made it die.
    void bypass(NodeIndex node, ValueId id, ValueId instead);
    void kill(NodeIndex index) { m_dead[static_cast<std::size_t>(index)] = true; }
    /// Notes that `node` reads `id` too.
    void addReader(ValueId id, NodeIndex node);

    /// The graph without the dead nodes, sorted again.
    Graph finish();

private:
    Graph m_graph;
    std::vector<NodeIndex> m_producers; // by value
    mutable std::vector<std::vector<NodeIndex>> m_readers; // by value, rising; may name the dead until asked
    std::vector<bool> m_isOutput;
    std::vector<bool> m_dead;
};

} // namespace core::passes
