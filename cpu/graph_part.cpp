// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/graph_part.h"

namespace cpu {

core::Graph part(const core::Graph& graph, std::vector<core::Node> nodes, std::vector<core::ValueId> inputs,
    std::vector<core::ValueId> outputs)
{
    return { .name = graph.name,
        .values = graph.values,
        .nodes = std::move(nodes),
        .inputs = std::move(inputs),
        .outputs = std::move(outputs),
        .storage = graph.storage };
}

std::vector<core::InputFact> factsOf(const core::Graph& graph, const core::Shapes& shapes)
{
    std::vector<core::InputFact> facts;
    for (const core::ValueId id : graph.inputs)
        facts.push_back({ .type = shapes.typeOf(id), .shape = shapes.of(id), .known = nullptr });
    return facts;
}

} // namespace cpu
