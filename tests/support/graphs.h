// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/zoo/graph_builder.h"

#include <QStringList>

/// Small graphs for tests of passes, and how to look at what became of them.
namespace support {

inline constexpr auto kFloat = core::ElementType::Float32;

inline int nodesOf(const core::Graph& graph, core::OpKind kind)
{
    int count = 0;
    for (const core::Node& node : graph.nodes)
        count += node.kind == kind;
    return count;
}

/// "Conv+Add+Relu, Gemm": the nodes in order with their epilogues.
inline QString outline(const core::Graph& graph)
{
    static const QStringList words { "Add", "Linear", "Relu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish",
        "Tanh", "Gelu", "GeluTanh", "Swish", "Quantise" };
    QStringList nodes;
    for (const core::Node& node : graph.nodes) {
        QString text = QString::fromStdString(node.type);
        for (const core::PostOp& postOp : node.epilogue)
            text += "+" + words[static_cast<int>(postOp.kind)];
        nodes << text;
    }
    return nodes.join(", ");
}

/// Makes one more value an output, by its name.
inline core::Graph withOutput(core::Graph graph, const std::string& name)
{
    for (std::size_t id = 0; id < graph.values.size(); ++id)
        if (graph.values[id].name == name)
            graph.outputs.push_back(static_cast<core::ValueId>(id));
    return graph;
}

inline core::ValueId reshaped(core::zoo::GraphBuilder& builder, const std::string& name, core::ValueId x,
    const std::vector<std::int64_t>& shape)
{
    return builder.node(core::OpKind::Reshape, name, { x, builder.integers(name + "_shape", shape) });
}

inline core::ValueId transposed(core::zoo::GraphBuilder& builder, const std::string& name, core::ValueId x,
    std::vector<std::int64_t> permutation)
{
    return builder.node(
        core::OpKind::Transpose, name, { x }, core::TransposeAttributes { std::move(permutation) });
}

/// A graph of one float input "x" and the output "y" that `make(builder, x)` gives.
template <typename Make> core::Graph graphOf(std::initializer_list<core::zoo::DimSpec> shape, Make make)
{
    core::zoo::GraphBuilder builder("test", 1);
    const core::ValueId x = builder.input("x", kFloat, shape);
    const core::ValueId y = make(builder, x);
    builder.output(y, "y", kFloat, {});
    core::Graph graph = builder.finish();
    graph.values[static_cast<std::size_t>(y)].shape.reset();
    return graph;
}

} // namespace support
