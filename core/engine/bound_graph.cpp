// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/bound_graph.h"

#include "core/model/passes.h"

#include <algorithm>

namespace core {

namespace {

bool hasBodies(const Graph& graph)
{
    return std::any_of(graph.nodes.begin(), graph.nodes.end(),
        [](const Node& node) { return std::holds_alternative<SubgraphAttributes>(node.attributes); });
}

/// Shapes with numbers let passes see more: conditions that hold, branches that are never taken, reshapes
/// that change nothing. A graph in which only the batch is open has been through all that.
bool gainsFromShapes(const Graph& graph)
{
    const auto undeclared = [&](ValueId id) { return !graph.value(id).shape; };
    return hasBodies(graph) || !dynamicDims(graph).empty()
        || std::any_of(graph.inputs.begin(), graph.inputs.end(), undeclared);
}

} // namespace

bool BoundGraph::open() const
{
    return std::find(shapes->open.begin(), shapes->open.end(), true) != shapes->open.end();
}

BoundGraph bindGraph(std::shared_ptr<const Graph> graph, std::span<const InputFact> inputs, bool fuse)
{
    auto shapes = std::make_shared<const Shapes>(inferBody(*graph, inputs));
    if (gainsFromShapes(*graph)) {
        bool again = true;
        while (again) { // once for each level of branches inside branches
            again = hasDecidedBranch(*graph, *shapes);
            graph = optimise(specialise(*graph, *shapes), { .fuse = fuse });
            shapes = std::make_shared<const Shapes>(inferBody(*graph, inputs));
        }
    }
    return { std::move(graph), std::move(shapes) };
}

} // namespace core
