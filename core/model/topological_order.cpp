// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/topological_order.h"

#include <functional>
#include <queue>

namespace core {

std::optional<std::vector<std::size_t>> topologicalOrder(const Graph& graph)
{
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::vector<std::size_t> producer(graph.values.size(), none);
    for (std::size_t node = 0; node < graph.nodes.size(); ++node)
        for (const ValueId id : graph.nodes[node].outputs)
            if (id != kNoValue)
                producer[static_cast<std::size_t>(id)] = node;

    std::vector<std::vector<std::size_t>> readers(graph.nodes.size());
    std::vector<std::size_t> missing(graph.nodes.size(), 0);
    for (std::size_t node = 0; node < graph.nodes.size(); ++node)
        for (const ValueId id : graph.nodes[node].inputs) {
            const std::size_t from = id == kNoValue ? none : producer[static_cast<std::size_t>(id)];
            if (from == none)
                continue;
            readers[from].push_back(node);
            ++missing[node];
        }

    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t node = 0; node < graph.nodes.size(); ++node)
        if (missing[node] == 0)
            ready.push(node);
    std::vector<std::size_t> order;
    order.reserve(graph.nodes.size());
    while (!ready.empty()) {
        const std::size_t node = ready.top();
        ready.pop();
        order.push_back(node);
        for (const std::size_t reader : readers[node])
            if (--missing[reader] == 0)
                ready.push(reader);
    }
    if (order.size() != graph.nodes.size())
        return std::nullopt;
    return order;
}

bool sortTopologically(Graph& graph)
{
    const auto order = topologicalOrder(graph);
    if (!order)
        return false;
    std::vector<Node> nodes;
    nodes.reserve(graph.nodes.size());
    for (const std::size_t node : *order)
        nodes.push_back(std::move(graph.nodes[node]));
    graph.nodes = std::move(nodes);
    return true;
}

} // namespace core
