// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/graph.h"

#include <algorithm>
#include <set>

namespace core {

ValueId Graph::addConstant(std::string valueName, Tensor tensor)
{
    auto owned = std::make_shared<const Tensor>(std::move(tensor));
    Value value { .name = std::move(valueName), .type = owned->type(), .constant = owned->view() };
    value.shape.emplace();
    for (const std::int64_t dim : owned->shape())
        value.shape->push_back({ .value = dim });
    storage.push_back(std::move(owned));
    values.push_back(std::move(value));
    return static_cast<ValueId>(values.size() - 1);
}

std::vector<std::string> dynamicDims(const Graph& graph)
{
    std::vector<std::string> symbols;
    for (const ValueId input : graph.inputs) {
        const Value& value = graph.value(input);
        if (!value.shape)
            continue;
        for (const Dim& dim : *value.shape)
            if (!dim.fixed() && !dim.symbol.empty() && dim.symbol != graph.batchSymbol
                && std::find(symbols.begin(), symbols.end(), dim.symbol) == symbols.end())
                symbols.push_back(dim.symbol);
    }
    return symbols;
}

std::optional<DimPlace> placeOf(const Graph& graph, const std::string& symbol)
{
    for (const ValueId id : graph.inputs) {
        const Value& value = graph.value(id);
        for (std::size_t axis = 0; value.shape && axis < value.shape->size(); ++axis)
            if (!(*value.shape)[axis].fixed() && (*value.shape)[axis].symbol == symbol)
                return DimPlace { value.name, axis, symbol != value.name + "." + std::to_string(axis) };
    }
    return std::nullopt;
}

namespace {

std::set<ValueId> usedConstants(const Graph& graph)
{
    std::set<ValueId> used;
    for (const Node& node : graph.nodes)
        for (const ValueId input : node.inputs)
            if (input != kNoValue && graph.value(input).constant)
                used.insert(input);
    return used;
}

bool isFloatingPoint(ElementType type)
{
    return type == ElementType::Float32 || type == ElementType::Float16 || type == ElementType::BFloat16
        || type == ElementType::Double;
}

} // namespace

std::size_t weightBytes(const Graph& graph)
{
    std::size_t bytes = 0;
    for (const ValueId id : usedConstants(graph))
        bytes += graph.value(id).constant->bytes.size();
    return bytes;
}

std::int64_t parameterCount(const Graph& graph)
{
    std::int64_t count = 0;
    for (const ValueId id : usedConstants(graph))
        if (isFloatingPoint(graph.value(id).type) || graph.value(id).type == ElementType::Int8)
            count += elementCount(graph.value(id).constant->shape);
    return count;
}

const Quantisation* inputQuantisation(const Node& node, std::size_t input)
{
    for (const QuantisedInput& each : node.quantised)
        if (each.input == static_cast<int>(input))
            return &each.as;
    return nullptr;
}

bool isQuantised(const Graph& graph)
{
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
        return !node.quantised.empty() || node.kind == OpKind::QuantizeLinear
            || node.kind == OpKind::QLinearConv || node.kind == OpKind::QLinearMatMul;
    });
}

const Quantisation* outputQuantisation(const Node& node)
{
    const bool quantises = !node.epilogue.empty() && node.epilogue.back().kind == PostOp::Kind::Quantise;
    return quantises ? &node.epilogue.back().to : nullptr;
}

} // namespace core
