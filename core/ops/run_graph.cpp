// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/run_graph.h"

#include "core/error.h"
#include "core/ops/run_node.h"

#include <algorithm>

namespace core {
namespace {

/// The tensors of a graph that runs: its own, and views of those that others own.
class Values {
public:
    explicit Values(const Graph& graph)
        : m_views(graph.values.size())
        , m_owned(graph.values.size())
        , m_readers(graph.values.size(), 0)
    {
        for (std::size_t id = 0; id < m_views.size(); ++id)
            if (const auto& constant = graph.values[id].constant)
                m_views[id] = *constant;
        for (const Node& node : graph.nodes)
            for (const ValueId id : node.inputs)
                if (id != kNoValue)
                    ++m_readers[static_cast<std::size_t>(id)];
        for (const ValueId id : graph.outputs)
            ++m_readers[static_cast<std::size_t>(id)];
    }

    void set(ValueId id, const TensorView& view) { m_views[static_cast<std::size_t>(id)] = view; }

    void run(const Node& node)
    {
        std::vector<TensorView> inputs;
        for (const ValueId id : node.inputs)
            inputs.push_back(id == kNoValue ? TensorView {} : m_views[static_cast<std::size_t>(id)]);
        std::vector<Tensor> outputs = evaluate(node, inputs);
        for (std::size_t i = 0; i < std::min(outputs.size(), node.outputs.size()); ++i)
            if (node.outputs[i] != kNoValue)
                keep(node.outputs[i], std::move(outputs[i]));
        for (const ValueId id : node.inputs)
            if (id != kNoValue && --m_readers[static_cast<std::size_t>(id)] == 0)
                m_owned[static_cast<std::size_t>(id)] = {};
    }

    /// The value's tensor, moved out when nobody else wants it.
    Tensor take(ValueId id)
    {
        const auto index = static_cast<std::size_t>(id);
        const bool last = --m_readers[index] == 0;
        const bool owned = m_owned[index].type() != ElementType::Undefined;
        return last && owned ? std::move(m_owned[index]) : Tensor::copyOf(m_views[index]);
    }

private:
    void keep(ValueId id, Tensor tensor)
    {
        const auto index = static_cast<std::size_t>(id);
        if (m_readers[index] == 0)
            return;
        m_owned[index] = std::move(tensor);
        m_views[index] = m_owned[index].view();
    }

    std::vector<TensorView> m_views; // per value
    std::vector<Tensor> m_owned; // per value
    std::vector<int> m_readers; // per value: how many still want it
};

} // namespace

std::vector<Tensor> runGraph(const Graph& graph, std::span<const TensorView> inputs)
{
    Values values(graph);
    for (std::size_t i = 0; i < graph.inputs.size(); ++i)
        values.set(graph.inputs[i], inputs[i]);
    for (const Node& node : graph.nodes) {
        try {
            values.run(node);
        } catch (const OutOfMemory&) {
            throw;
        } catch (const Error& error) {
            throw Error("runs {}, which {}", describe(graph, node), error.what());
        }
    }
    std::vector<Tensor> outputs;
    for (const ValueId id : graph.outputs)
        outputs.push_back(values.take(id));
    return outputs;
}

} // namespace core
