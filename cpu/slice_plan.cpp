// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/slice_plan.h"

#include "core/model/cost.h"
#include "cpu/graph_part.h"

#include <algorithm>
#include <set>

namespace cpu {

namespace {

using K = core::OpKind;

/// Operators that make each item of the output of the same item of the inputs, as long as all of these have
/// the batch in front.
constexpr K kAlone[] { K::Conv, K::MaxPool, K::AveragePool, K::GlobalAveragePool, K::GlobalMaxPool,
    K::BatchNormalization, K::QuantizeLinear, K::DequantizeLinear, K::Cast, K::Relu, K::LeakyRelu, K::Elu,
    K::Sigmoid, K::HardSigmoid, K::HardSwish, K::Tanh, K::Softplus, K::Clip, K::Gelu, K::Add, K::Sub, K::Mul,
    K::Div, K::Min, K::Max };

class Planner {
public:
    Planner(const core::Graph& graph, const core::Shapes& shapes, std::int64_t items)
        : m_graph(graph)
        , m_shapes(shapes)
        , m_items(items)
        , m_batch(shapes.of(graph.inputs.at(0)).at(0))
    {
    }

    bool constant(core::ValueId id) const
    {
        return id == core::kNoValue || core::constantOf(m_graph, m_shapes, id).has_value();
    }

    /// The batch in front, in `rank` dimensions.
    bool carries(core::ValueId id, std::size_t rank) const
    {
        const core::Shape& shape = m_shapes.of(id);
        return shape.size() == rank && rank >= 2 && shape[0] == m_batch;
    }

    bool alone(const core::Node& node) const
    {
        const std::size_t rank = m_shapes.of(node.outputs[0]).size();
        return std::find(std::begin(kAlone), std::end(kAlone), node.kind) != std::end(kAlone)
            && node.outputs.size() == 1 && carries(node.outputs[0], rank)
            && std::all_of(node.inputs.begin(), node.inputs.end(), [&](core::ValueId id) {
                   // What is constant must mean the same to all items.
                   return constant(id) ? id == core::kNoValue || m_shapes.of(id).size() < rank
                           || m_shapes.of(id)[0] == 1 || isWeight(node, id)
                                       : carries(id, rank);
               });
    }

    /// The one value that nodes behind the first `count` read of these; nullopt where it is none, or several.
    std::optional<core::ValueId> across(std::size_t count) const
    {
        std::set<core::ValueId> made(m_graph.inputs.begin(), m_graph.inputs.end()), read;
        for (std::size_t i = 0; i < count; ++i)
            made.insert(m_graph.nodes[i].outputs.begin(), m_graph.nodes[i].outputs.end());
        for (std::size_t i = count; i < m_graph.nodes.size(); ++i)
            for (const core::ValueId id : m_graph.nodes[i].inputs)
                if (!constant(id) && made.contains(id))
                    read.insert(id);
        for (const core::ValueId id : m_graph.outputs)
            if (made.contains(id))
                return std::nullopt;
        return read.size() == 1 ? std::optional(*read.begin()) : std::nullopt;
    }

    /// Shapes of a slice; nullopt where they are not those of the batch but for the batch.
    std::shared_ptr<const core::Shapes> sliced(const core::Graph& head) const
    {
        std::vector<core::InputFact> facts = factsOf(head, m_shapes);
        for (core::InputFact& fact : facts)
            fact.shape.at(0) = m_items;
        auto shapes = std::make_shared<core::Shapes>(core::inferBody(head, facts));
        for (const core::Node& node : head.nodes)
            for (const core::ValueId id : node.outputs) {
                core::Shape expected = m_shapes.of(id);
                expected[0] = m_items;
                if (shapes->isOpen(id) || shapes->of(id) != expected
                    || shapes->typeOf(id) != m_shapes.typeOf(id))
                    return nullptr;
            }
        return shapes;
    }

private:
    static bool isWeight(const core::Node& node, core::ValueId id)
    {
        return node.kind == K::Conv && node.inputs.size() > 1 && node.inputs[1] == id;
    }

    const core::Graph& m_graph;
    const core::Shapes& m_shapes;
    std::int64_t m_items, m_batch;
};

/// Bytes that need not come from beyond level 2 when the first nodes, up to each, are run in slices.
class Gain {
public:
    Gain(std::int64_t slices, std::size_t level2)
        : m_slices(slices)
        , m_room(static_cast<std::int64_t>(level2) / 2) // the rest is for weights, and what comes next
    {
    }

    std::int64_t after(const core::NodeCost& cost)
    {
        const auto beyond = [&](std::int64_t bytes) { return bytes > m_room ? bytes : 0; };
        m_bytes += beyond(cost.activationBytes) - m_slices * beyond(cost.activationBytes / m_slices);
        m_weights += cost.weightBytes;
        // Weights come by for every slice.
        return m_bytes - (m_weights > m_room ? (m_slices - 1) * m_weights : 0);
    }

private:
    std::int64_t m_slices, m_room, m_bytes = 0, m_weights = 0;
};

} // namespace

std::optional<SlicePlan> slicePlan(const std::shared_ptr<const core::Graph>& graph,
    const core::Shapes& shapes, std::int64_t items, std::size_t level2)
{
    if (graph->inputs.empty()
        || std::any_of(graph->inputs.begin(), graph->inputs.end(), [&](core::ValueId id) {
               return shapes.of(id).empty() || shapes.of(id)[0] != shapes.of(graph->inputs[0])[0];
           }))
        return std::nullopt;
    const std::int64_t batch = shapes.of(graph->inputs[0])[0];
    if (batch <= items || batch % items != 0)
        return std::nullopt;
    const Planner planner(*graph, shapes, items);
    Gain gain(batch / items, level2);
    std::int64_t most = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i + 1 < graph->nodes.size() && planner.alone(graph->nodes[i]); ++i) {
        const std::int64_t bytes = gain.after(core::costOf(*graph, graph->nodes[i], shapes));
        if (bytes > most && planner.across(i + 1)) {
            most = bytes;
            count = i + 1;
        }
    }
    if (count == 0)
        return std::nullopt;
    const auto middle = graph->nodes.begin() + static_cast<std::ptrdiff_t>(count);
    const core::ValueId across = *planner.across(count);
    SlicePlan plan { .nodes = count, .items = items, .slices = batch / items };
    plan.head = std::make_shared<const core::Graph>(
        part(*graph, { graph->nodes.begin(), middle }, graph->inputs, { across }));
    plan.tail = std::make_shared<const core::Graph>(
        part(*graph, { middle, graph->nodes.end() }, { across }, graph->outputs));
    plan.headShapes = planner.sliced(*plan.head);
    return plan.headShapes ? std::optional(std::move(plan)) : std::nullopt;
}

} // namespace cpu
