// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/elementwise_chain.h"

namespace core {

/// Which nodes of a graph an engine lowers as chains, and where values are read for the last time then.
class ChainPlan {
public:
    /// Every node by itself.
    explicit ChainPlan(const Graph& graph)
        : m_chainOf(graph.nodes.size(), -1)
    {
    }
    ChainPlan(const Graph& graph, const Shapes& shapes, ChainTypes types = ChainTypes::Float32);

    /// The chain that node is part of; null when it is computed by itself.
    const ElementwiseChain* at(int node) const
    {
        const int chain = m_chainOf[static_cast<std::size_t>(node)];
        return chain < 0 ? nullptr : &m_chains[static_cast<std::size_t>(chain)];
    }

    /// By value: the last node that reads it, a chain reading where its last node stands; the number of nodes
    /// for graph outputs, -1 for what nobody reads.
    std::vector<int> lastReaders(const Graph& graph) const;

private:
    std::vector<ElementwiseChain> m_chains;
    std::vector<int> m_chainOf; // per node: index into m_chains, or -1
};

} // namespace core
