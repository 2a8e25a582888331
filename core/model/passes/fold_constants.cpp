// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/evaluation_budget.h"
#include "core/model/passes.h"
#include "core/ops/run_node.h"

#include <algorithm>

namespace core {
namespace {

/// Folds one node after the other, within a budget that grows with the weights there are.
class Folding {
public:
    explicit Folding(Graph& graph)
        : m_graph(graph)
        , m_isOutput(graph.values.size())
        , m_budget(budgetOf(graph))
    {
        const std::size_t count = graph.values.size();
        m_shapes = { std::vector<Shape>(count), std::vector<ElementType>(count, ElementType::Undefined),
            std::vector<std::shared_ptr<const Tensor>>(count), std::vector<bool>(count) };
        for (const ValueId id : graph.outputs)
            m_isOutput[static_cast<std::size_t>(id)] = true;
    }

    /// Turns the node's outputs into constants. False when it has to stay.
    bool fold(const Node& node);

private:
    static EvaluationBudget budgetOf(const Graph& graph);
    bool isConstant(const Node& node) const;
    bool affordable(const Node& node);
    void store(ValueId id, Tensor result);

    Graph& m_graph;
    std::vector<bool> m_isOutput; // by value
    Shapes m_shapes; // of the node at hand
    EvaluationBudget m_budget;
};

EvaluationBudget Folding::budgetOf(const Graph& graph)
{
    std::int64_t elements = 0, bytes = 0;
    for (const Value& value : graph.values)
        if (value.constant && !value.constant->bytes.empty()) {
            elements += elementCount(value.constant->shape);
            bytes += std::ssize(value.constant->bytes);
        }
    return { limits::kFoldingWork + limits::kFoldingWorkPerElement * elements,
        limits::kFoldingBytes + limits::kFoldingBytesPerByte * bytes };
}

bool Folding::isConstant(const Node& node) const
{
    return node.kind != OpKind::Unknown && !isEnginesWork(node)
        && !std::holds_alternative<SubgraphAttributes>(node.attributes)
        && std::all_of(node.inputs.begin(), node.inputs.end(),
            [&](ValueId id) { return id == kNoValue || m_graph.value(id).constant; })
        && std::none_of(node.outputs.begin(), node.outputs.end(),
            [&](ValueId id) { return id != kNoValue && m_isOutput[static_cast<std::size_t>(id)]; });
}

/// Whether the node's time and memory are left in the budget. Throws Error when its rule refuses the inputs.
bool Folding::affordable(const Node& node)
{
    std::int64_t read = 0;
    for (const ValueId id : node.inputs)
        if (id != kNoValue) {
            read += std::ssize(m_graph.value(id).constant->bytes);
            m_shapes.shapes[static_cast<std::size_t>(id)] = m_graph.value(id).constant->shape;
            m_shapes.types[static_cast<std::size_t>(id)] = m_graph.value(id).constant->type;
        }
    try {
        const NodeOutputs outputs = inferNode(node, nodeInputs(m_graph, m_shapes, node));
        std::int64_t bytes = 0;
        for (std::size_t i = 0; i < outputs.shapes.size(); ++i) {
            bytes
                += elementCount(outputs.shapes[i]) * static_cast<std::int64_t>(elementSize(outputs.types[i]));
            if (node.outputs[i] == kNoValue)
                continue;
            m_shapes.shapes[static_cast<std::size_t>(node.outputs[i])] = outputs.shapes[i];
            m_shapes.types[static_cast<std::size_t>(node.outputs[i])] = outputs.types[i];
        }
        // What grows out of little (Expand, Tile) is no weight: beyond some size it stays the engine's work.
        const bool grows = bytes > limits::kFoldingBytes && bytes / limits::kFoldingBytesPerByte > read;
        return !grows && m_budget.take(evaluationWork(m_graph, node, m_shapes), bytes);
    } catch (const NeedsData&) {
        std::int64_t bytes = 0;
        for (const ValueId id : node.inputs)
            if (id != kNoValue) // at most one index per dimension of each element
                bytes += elementCount(m_shapes.of(id)) * 8 * static_cast<std::int64_t>(limits::kRank);
        return m_budget.take(openEvaluationWork(node, m_shapes), bytes);
    }
}

void Folding::store(ValueId id, Tensor result)
{
    const auto owned = std::make_shared<const Tensor>(std::move(result));
    Value& value = m_graph.values[static_cast<std::size_t>(id)];
    value.type = owned->type();
    value.shape.emplace();
    for (const std::int64_t dim : owned->shape())
        value.shape->push_back({ .value = dim });
    value.constant = owned->view();
    m_graph.storage.push_back(owned);
}

bool Folding::fold(const Node& node)
{
    if (!isConstant(node))
        return false;
    std::vector<TensorView> inputs;
    for (const ValueId id : node.inputs)
        inputs.push_back(id == kNoValue ? TensorView {} : *m_graph.value(id).constant);
    std::vector<Tensor> results;
    try {
        if (!affordable(node))
            return false;
        results = evaluate(node, inputs);
    } catch (const Error&) {
        return false; // the same sentence comes, with the node's name, when shapes are inferred
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
        if (node.outputs[i] != kNoValue)
            store(node.outputs[i], std::move(results[i]));
    return true;
}

} // namespace

Graph foldConstants(Graph graph)
{
    std::vector<Node> kept;
    Folding folding(graph);
    for (Node& node : graph.nodes)
        if (!folding.fold(node))
            kept.push_back(std::move(node));
    graph.nodes = std::move(kept);
    return graph;
}

} // namespace core
