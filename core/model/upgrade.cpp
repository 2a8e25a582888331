// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/upgrade.h"

#include "core/error.h"
#include "core/ops/run_node.h"

#include <algorithm>

namespace core {
namespace {

constexpr int kOldest = 11, kNew = 13;

/// The attribute becomes the second input.
void addInput(Graph& graph, Node& node, const char* name, const std::vector<std::int64_t>& values)
{
    const ValueId id = graph.addConstant(fmt::format("{}_{}_{}", node.name, name, graph.values.size()),
        Tensor::of<std::int64_t>(ElementType::Int64, { std::ssize(values) }, values));
    node.inputs.push_back(id);
}

void upgradeSoftmax(const Graph& graph, Node& node, const Shapes& shapes)
{
    auto& softmax = std::get<AxisAttributes>(node.attributes);
    const Shape& shape = shapes.of(node.inputs[0]);
    const auto rank = std::ssize(shape);
    const std::int64_t axis = softmax.axis < 0 ? softmax.axis + rank : softmax.axis;
    // Over everything from the axis on, which is one dimension when all others are 1.
    std::int64_t along = -1;
    for (std::int64_t d = axis; d < rank; ++d)
        if (shape[static_cast<std::size_t>(d)] != 1) {
            if (along >= 0)
                throw Error(
                    "Cannot upgrade the model: {} is over several dimensions, and no operator of opset "
                    "{} is.",
                    describe(graph, node), kNew);
            along = d;
        }
    softmax = { .axis = along < 0 ? -1 : along };
}

void upgrade(Graph& graph, Node& node, const Shapes& shapes)
{
    switch (node.kind) {
    case OpKind::Softmax:
    case OpKind::LogSoftmax:
    case OpKind::Hardmax:
        return upgradeSoftmax(graph, node, shapes);
    case OpKind::Squeeze:
    case OpKind::Unsqueeze:
    case OpKind::ReduceSum: {
        auto& axes = std::get<AxesAttributes>(node.attributes);
        if (axes.axes && node.inputs.size() == 1)
            addInput(graph, node, "axes", *axes.axes);
        axes.axes.reset();
        return;
    }
    case OpKind::Split: {
        auto& split = std::get<AxisAttributes>(node.attributes);
        if (!split.sizes.empty() && node.inputs.size() == 1)
            addInput(graph, node, "split", split.sizes);
        split.sizes.clear();
        return;
    }
    default:
        return; // 12 and 13 gave the others more types
    }
}

} // namespace

Graph upgradedTo13(Graph graph, const Shapes& shapes)
{
    for (Node& node : graph.nodes) {
        if ((!node.domain.empty() && node.domain != "ai.onnx") || node.version >= kNew)
            continue;
        if (node.version < kOldest)
            throw Error("Cannot upgrade the model: {} is of opset {}, and only {} and later are upgraded.",
                describe(graph, node), node.version, kOldest);
        upgrade(graph, node, shapes);
        node.version = kNew;
    }
    return graph;
}

} // namespace core
