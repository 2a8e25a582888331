// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/chain_plan.h"

#include <algorithm>

namespace core {

ChainPlan::ChainPlan(const Graph& graph, const Shapes& shapes, ChainTypes types)
    : m_chains(elementwiseChains(graph, shapes, types))
    , m_chainOf(graph.nodes.size(), -1)
{
    for (std::size_t i = 0; i < m_chains.size(); ++i)
        for (const int member : m_chains[i].nodes)
            m_chainOf[static_cast<std::size_t>(member)] = static_cast<int>(i);
}

std::vector<int> ChainPlan::lastReaders(const Graph& graph) const
{
    std::vector<int> last(graph.values.size(), -1);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const ElementwiseChain* chain = at(static_cast<int>(i));
        const int reader = chain ? chain->nodes.back() : static_cast<int>(i);
        for (const ValueId input : graph.nodes[i].inputs)
            if (input != kNoValue)
                last[static_cast<std::size_t>(input)]
                    = std::max(last[static_cast<std::size_t>(input)], reader);
    }
    for (const ValueId output : graph.outputs)
        last[static_cast<std::size_t>(output)] = static_cast<int>(graph.nodes.size());
    return last;
}

} // namespace core
