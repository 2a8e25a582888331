// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes/constants.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace core::passes {

bool isFloatConstant(const Graph& graph, ValueId id)
{
    return id != kNoValue && graph.value(id).constant
        && graph.value(id).constant->type == ElementType::Float32;
}

std::optional<float> scalarOf(const Graph& graph, ValueId id)
{
    if (!isFloatConstant(graph, id))
        return std::nullopt;
    const TensorView& constant = *graph.value(id).constant;
    if (constant.shape.size() > 1 || elementCount(constant.shape) != 1)
        return std::nullopt;
    float scalar = 0;
    std::memcpy(&scalar, constant.bytes.data(), sizeof scalar);
    return scalar;
}

bool isAbout(const Graph& graph, ValueId id, float expected)
{
    const auto scalar = scalarOf(graph, id);
    return scalar && std::abs(*scalar - expected) <= 1e-4F * std::abs(expected);
}

std::optional<ScaledValue> withScalar(const Graph& graph, const Node& node)
{
    if (node.inputs.size() != 2)
        return std::nullopt;
    if (const auto scalar = scalarOf(graph, node.inputs[1]))
        return ScaledValue { node.inputs[0], *scalar };
    const bool commutes = node.kind == OpKind::Add || node.kind == OpKind::Mul;
    if (const auto scalar = scalarOf(graph, node.inputs[0]); scalar && commutes)
        return ScaledValue { node.inputs[1], *scalar };
    return std::nullopt;
}

ValueId otherInput(const Node& node, ValueId id)
{
    if (node.inputs.size() != 2)
        return kNoValue;
    if (node.inputs[0] == id)
        return node.inputs[1];
    return node.inputs[1] == id ? node.inputs[0] : kNoValue;
}

std::optional<ValueId> asRow(Graph& graph, ValueId id, std::int64_t count)
{
    if (!isFloatConstant(graph, id))
        return std::nullopt;
    const TensorView constant = *graph.value(id).constant;
    if (constant.shape.empty() || constant.shape.back() != count || elementCount(constant.shape) != count)
        return std::nullopt;
    if (constant.shape.size() == 1)
        return id;
    graph.values.push_back({ .name = graph.value(id).name,
        .type = constant.type,
        .shape = std::vector<Dim> { { .value = count } },
        .constant = TensorView { constant.type, { count }, constant.bytes } });
    return static_cast<ValueId>(graph.values.size() - 1);
}

std::optional<std::vector<std::int64_t>> constantAxes(const Graph& graph, const Node& node)
{
    const auto* attributes = std::get_if<AxesAttributes>(&node.attributes);
    if (attributes && attributes->axes)
        return attributes->axes;
    if (node.inputs.size() < 2 || node.inputs[1] == kNoValue)
        return std::nullopt;
    const auto& constant = graph.value(node.inputs[1]).constant;
    if (!constant || constant->type != ElementType::Int64)
        return std::nullopt;
    std::vector<std::int64_t> axes(constant->bytes.size() / sizeof(std::int64_t));
    std::memcpy(axes.data(), constant->bytes.data(), axes.size() * sizeof(std::int64_t));
    return axes;
}

} // namespace core::passes
