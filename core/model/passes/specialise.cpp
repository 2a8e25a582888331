// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/shape_inference.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {
namespace {

std::vector<Dim> fixedDims(const Shape& shape)
{
    std::vector<Dim> dims;
    for (const std::int64_t dim : shape)
        dims.push_back({ .value = dim });
    return dims;
}

/// Weights and shape arithmetic that a body captures become constants of the body.
void pushConstants(const Graph& graph, Node& node)
{
    auto& attributes = std::get<SubgraphAttributes>(node.attributes);
    const std::size_t first = node.inputs.size() - attributes.captures;
    const auto isConstant = [&](ValueId id) { return graph.value(id).constant.has_value(); };
    if (std::none_of(node.inputs.begin() + static_cast<std::ptrdiff_t>(first), node.inputs.end(), isConstant))
        return;
    for (auto& shared : attributes.bodies) {
        Graph body = *shared;
        const std::size_t formal = body.inputs.size() - attributes.captures;
        std::vector<ValueId> inputs(
            body.inputs.begin(), body.inputs.begin() + static_cast<std::ptrdiff_t>(formal));
        for (std::size_t i = 0; i < attributes.captures; ++i) {
            const Value& outer = graph.value(node.inputs[first + i]);
            const ValueId inner = body.inputs[formal + i];
            if (outer.constant)
                body.values[static_cast<std::size_t>(inner)] = outer;
            else
                inputs.push_back(inner);
        }
        body.inputs = std::move(inputs);
        body.storage.insert(body.storage.end(), graph.storage.begin(), graph.storage.end());
        shared = std::make_shared<const Graph>(std::move(body));
    }
    std::vector<ValueId> kept(node.inputs.begin(), node.inputs.begin() + static_cast<std::ptrdiff_t>(first));
    for (std::size_t i = first; i < node.inputs.size(); ++i)
        if (!isConstant(node.inputs[i]))
            kept.push_back(node.inputs[i]);
    node.inputs = std::move(kept);
    attributes.captures = node.inputs.size() - first;
}

/// The branch of an If whose condition is constant; null otherwise.
std::shared_ptr<const Graph> decidedBranch(const Graph& graph, const Node& node)
{
    if (node.kind != OpKind::If)
        return nullptr;
    const auto& condition = graph.value(node.inputs[0]).constant;
    if (!condition || condition->type != ElementType::Bool || elementCount(condition->shape) != 1)
        return nullptr;
    const bool taken = condition->bytes[0] != std::byte { 0 };
    return std::get<SubgraphAttributes>(node.attributes).bodies[taken ? 0 : 1];
}

/// Adds the nodes of `branch` in place of the If `node`.
void splice(Graph& graph, const Node& node, const Graph& branch, std::vector<Node>& nodes)
{
    std::vector<ValueId> ids(branch.values.size(), kNoValue); // the branch's values here
    const std::size_t captures = branch.inputs.size();
    for (std::size_t i = 0; i < captures; ++i)
        ids[static_cast<std::size_t>(branch.inputs[i])] = node.inputs[node.inputs.size() - captures + i];
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (ids[i] == kNoValue) {
            ids[i] = static_cast<ValueId>(graph.values.size());
            graph.values.push_back(branch.values[i]);
        }
    const auto here = [&](ValueId id) { return id == kNoValue ? id : ids[static_cast<std::size_t>(id)]; };
    for (Node inner : branch.nodes) {
        std::ranges::transform(inner.inputs, inner.inputs.begin(), here);
        std::ranges::transform(inner.outputs, inner.outputs.begin(), here);
        inner.name = node.name + "/" + inner.name;
        nodes.push_back(std::move(inner));
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
        if (node.outputs[i] != kNoValue)
            nodes.push_back({ .name = fmt::format("{}/output_{}", node.name, i),
                .kind = OpKind::Identity,
                .type = "Identity",
                .version = node.version,
                .inputs = { here(branch.outputs[i]) },
                .outputs = { node.outputs[i] } });
    graph.storage.insert(graph.storage.end(), branch.storage.begin(), branch.storage.end());
}

} // namespace

Graph specialise(const Graph& source, const Shapes& shapes)
{
    Graph graph = source;
    graph.batchSymbol.clear();
    for (const ValueId input : graph.inputs) {
        graph.values[static_cast<std::size_t>(input)].shape = fixedDims(shapes.of(input));
        graph.values[static_cast<std::size_t>(input)].type = shapes.typeOf(input);
    }
    std::vector<bool> isInput(graph.values.size());
    for (const ValueId input : graph.inputs)
        isInput[static_cast<std::size_t>(input)] = true;
    for (std::size_t id = 0; id < shapes.known.size(); ++id)
        if (shapes.known[id] && !graph.values[id].constant && !isInput[id]) {
            Value& value = graph.values[id];
            value.type = shapes.known[id]->type();
            value.shape = fixedDims(shapes.known[id]->shape());
            value.constant = shapes.known[id]->view();
            graph.storage.push_back(shapes.known[id]);
        }
    std::vector<Node> nodes;
    for (Node& node : graph.nodes) {
        const auto made = [&](ValueId id) { return id == kNoValue || graph.value(id).constant.has_value(); };
        if (!node.outputs.empty() && std::all_of(node.outputs.begin(), node.outputs.end(), made))
            continue;
        if (const auto branch = decidedBranch(graph, node)) {
            splice(graph, node, *branch, nodes);
            continue;
        }
        if (std::holds_alternative<SubgraphAttributes>(node.attributes))
            pushConstants(graph, node);
        nodes.push_back(std::move(node));
    }
    graph.nodes = std::move(nodes);
    return graph;
}

bool hasDecidedBranch(const Graph& graph, const Shapes& shapes)
{
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
        return node.kind == OpKind::If && constantOf(graph, shapes, node.inputs[0]);
    });
}

} // namespace core
