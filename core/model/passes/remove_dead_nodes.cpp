// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"

#include <algorithm>

namespace core {

Graph removeDeadNodes(Graph graph)
{
    std::vector<bool> needed(graph.values.size());
    const auto need = [&](ValueId id) {
        if (id != kNoValue)
            needed[static_cast<std::size_t>(id)] = true;
    };
    const auto isNeeded = [&](ValueId id) { return id != kNoValue && needed[static_cast<std::size_t>(id)]; };
    std::for_each(graph.outputs.begin(), graph.outputs.end(), need);

    std::vector<Node> kept;
    // Nodes stand in the order in which they run, so from the end every reader comes before what it reads.
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
        if (!std::any_of(node->outputs.begin(), node->outputs.end(), isNeeded))
            continue;
        std::for_each(node->inputs.begin(), node->inputs.end(), need);
        kept.push_back(std::move(*node));
    }
    std::reverse(kept.begin(), kept.end());
    graph.nodes = std::move(kept);
    return graph;
}

} // namespace core
