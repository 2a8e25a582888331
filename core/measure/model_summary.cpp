// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/model_summary.h"

#include "core/error.h"
#include "core/model/cost.h"
#include "core/model/rebatch.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace core {

namespace {

std::string describe(const Dim& dim)
{
    if (dim.fixed())
        return std::to_string(dim.value);
    return dim.symbol.empty() ? "?" : dim.symbol;
}

std::int64_t flopPerItem(const Graph& graph, const std::map<std::string, std::int64_t>& dims)
{
    const std::int64_t batch = fixedBatch(graph).value_or(1);
    try {
        return totalCost(nodeCosts(graph, inferShapes(graph, { batch, dims }))).flop / batch;
    } catch (const Error&) {
        return 0; // unknown, as documented: whoever runs the model says why it cannot
    }
}

} // namespace

std::string describe(const Value& value)
{
    const std::string head = fmt::format("{}: {} ", value.name, elementName(value.type));
    if (!value.shape)
        return head + "of unknown shape";
    std::vector<std::string> dims;
    for (const Dim& dim : *value.shape)
        dims.push_back(describe(dim));
    return fmt::format("{}[{}]", head, fmt::join(dims, ", "));
}

ModelSummary summarise(const Model& model, const std::map<std::string, std::int64_t>& dims)
{
    const Graph& graph = *model.graph;
    ModelSummary summary { .name = model.name,
        .source = model.source,
        .sha256 = model.bytes.empty() ? std::string() : sha256Of(model),
        .fileBytes = model.fileBytes,
        .parameters = parameterCount(graph),
        .flopPerItem = flopPerItem(graph, dims),
        .opset = model.opset,
        .nodes = static_cast<int>(graph.nodes.size()),
        .inputs = {},
        .outputs = {} };
    for (const ValueId input : graph.inputs)
        summary.inputs.push_back(describe(graph.value(input)));
    for (const ValueId output : graph.outputs)
        summary.outputs.push_back(describe(graph.value(output)));
    return summary;
}

std::int64_t suggestedDim(const Graph& graph, const std::string& symbol)
{
    constexpr std::int64_t kSide = 224, kAudio = 512, kText = 128;
    std::string name = symbol;
    std::transform(name.begin(), name.end(), name.begin(),
        [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const char* word : { "batch", "num", "count" })
        if (name.find(word) != std::string::npos)
            return 1;
    const auto place = placeOf(graph, symbol);
    for (const ValueId id : graph.inputs) {
        const Value& value = graph.value(id);
        if (!place || value.name != place->input)
            continue;
        const std::size_t rank = value.shape->size();
        if (!place->named && place->axis + 1 < rank && rank == 3)
            return 1; // the state of a recurrent network: [layers, batch, size]
        if (rank >= 4)
            return place->axis == 0 ? 1 : kSide;
        return rank == 2 && value.type == ElementType::Float32 ? kAudio : kText;
    }
    return kText;
}

void checkDims(const Graph& graph, const std::map<std::string, std::int64_t>& dims, const char* task)
{
    const std::vector<std::string> known = dynamicDims(graph);
    for (const std::string& name : known) {
        if (!dims.contains(name))
            throw Error("Cannot {}: the model's dimension \"{}\" has no value.", task, name);
    }
    for (const auto& [name, value] : dims) {
        if (std::find(known.begin(), known.end(), name) != known.end())
            continue;
        if (name == graph.batchSymbol)
            throw Error(
                "Cannot {}: \"{}\" is the model's batch dimension, which the batch size sets.", task, name);
        throw Error("Cannot {}: the model has no dynamic dimension \"{}\"; it has {}.", task, name,
            known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
    }
}

} // namespace core
