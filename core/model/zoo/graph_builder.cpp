// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/zoo/graph_builder.h"

#include "core/model/zoo/random_weights.h"
#include "core/ops/op_table.h"

#include <utility>

namespace core::zoo {

GraphBuilder::GraphBuilder(std::string graphName, std::uint64_t seed)
    : m_seed(seed)
{
    m_graph.name = std::move(graphName);
}

ValueId GraphBuilder::input(const std::string& name, ElementType type, std::initializer_list<DimSpec> shape)
{
    m_graph.values.push_back(
        { .name = name, .type = type, .shape = std::vector<Dim>(shape.begin(), shape.end()) });
    const auto id = static_cast<ValueId>(m_graph.values.size() - 1);
    if (m_graph.inputs.empty() && shape.size() > 0)
        m_graph.batchSymbol = shape.begin()->symbol;
    m_graph.inputs.push_back(id);
    return id;
}

ValueId GraphBuilder::node(
    OpKind kind, const std::string& name, std::vector<ValueId> inputs, Attributes attributes)
{
    if (const OpRow* row = opRow(kind); row && std::holds_alternative<NoAttributes>(attributes))
        attributes = row->parse(OnnxAttributes(kOpset));
    m_graph.values.push_back({ .name = name + "_output_0" });
    const auto id = static_cast<ValueId>(m_graph.values.size() - 1);
    m_graph.nodes.push_back({ .name = name,
        .kind = kind,
        .type = std::string(opName(kind)),
        .version = kOpset,
        .inputs = std::move(inputs),
        .outputs = { id },
        .attributes = std::move(attributes) });
    return id;
}

void GraphBuilder::output(
    ValueId id, const std::string& name, ElementType type, std::initializer_list<DimSpec> shape)
{
    Value& value = m_graph.values[static_cast<std::size_t>(id)];
    value.name = name;
    value.type = type;
    value.shape = std::vector<Dim>(shape.begin(), shape.end());
    m_graph.outputs.push_back(id);
}

ValueId GraphBuilder::random(const std::string& name, Shape shape, double deviation, double mean)
{
    Tensor tensor(ElementType::Float32, std::move(shape));
    fillRandom(tensor.as<float>(), streamOf(m_seed, name), deviation, mean);
    return m_graph.addConstant(name, std::move(tensor));
}

ValueId GraphBuilder::scalar(const std::string& name, float value)
{
    return m_graph.addConstant(name, Tensor::of<float>(ElementType::Float32, {}, { value }));
}

ValueId GraphBuilder::integers(const std::string& name, const std::vector<std::int64_t>& values)
{
    return m_graph.addConstant(name, Tensor::of(ElementType::Int64, { std::ssize(values) }, values));
}

ValueId GraphBuilder::integer(const std::string& name, std::int64_t value)
{
    return m_graph.addConstant(name, Tensor::of<std::int64_t>(ElementType::Int64, {}, { value }));
}

Graph GraphBuilder::finish()
{
    return std::exchange(m_graph, {});
}

std::string nodePath(const std::string& module)
{
    std::string path;
    // "encoder.layer.0.attention" becomes "/encoder/layer.0/attention": an index stays with its list.
    for (std::size_t begin = 0; begin <= module.size();) {
        const std::size_t end = std::min(module.find('.', begin), module.size());
        const std::string part = module.substr(begin, end - begin);
        const bool index = !part.empty() && part[0] >= '0' && part[0] <= '9';
        path += (index ? "." : "/") + part;
        begin = end + 1;
    }
    return path;
}

} // namespace core::zoo
