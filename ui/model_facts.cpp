// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_facts.h"

#include "core/engine/memory_plan.h"
#include "core/error.h"
#include "core/model/cost.h"
#include "core/model/passes.h"
#include "core/model/shape_inference.h"
#include "core/quantise/quantisable.h"

#include <algorithm>

namespace ui {
namespace {

std::string describe(const core::Value& value)
{
    std::string text(core::elementName(value.type));
    if (!value.shape)
        return text + " of unknown shape";
    text += " [";
    for (std::size_t i = 0; i < value.shape->size(); ++i) {
        const core::Dim& dim = (*value.shape)[i];
        text += i == 0 ? "" : ", ";
        text += dim.fixed() ? std::to_string(dim.value) : dim.symbol.empty() ? "?" : dim.symbol;
    }
    return text + "]";
}

/// Bytes of one arena for everything the nodes write, each value alive from its maker to its last reader.
std::size_t arenaBytes(const core::Graph& graph, const core::Shapes& shapes)
{
    std::vector<core::Lifetime> lifetimes(graph.values.size());
    const auto touch = [&](core::ValueId id, int step) {
        if (id == core::kNoValue || graph.value(id).constant || shapes.known[static_cast<std::size_t>(id)])
            return;
        core::Lifetime& life = lifetimes[static_cast<std::size_t>(id)];
        if (life.bytes == 0)
            life.first = step;
        life.bytes = static_cast<std::size_t>(core::elementCount(shapes.of(id)))
            * core::elementSize(shapes.typeOf(id));
        life.last = step;
    };
    const int steps = static_cast<int>(graph.nodes.size());
    for (const auto id : graph.inputs)
        touch(id, 0);
    for (int step = 0; step < steps; ++step) {
        const core::Node& node = graph.nodes[static_cast<std::size_t>(step)];
        for (const auto id : node.inputs)
            touch(id, step);
        for (const auto id : node.outputs)
            touch(id, step);
    }
    for (const auto id : graph.outputs)
        touch(id, steps);
    std::erase_if(lifetimes, [](const core::Lifetime& life) { return life.bytes == 0; });
    return core::planMemory(lifetimes).bytes;
}

core::Shapes shapesFor(
    const core::Graph& graph, const std::map<std::string, std::int64_t>& dims, std::int64_t batch)
{
    return core::inferShapes(graph, core::DimBindings { .batch = batch, .named = dims });
}

} // namespace

ModelCost costOf(const core::Graph& graph, const std::map<std::string, std::int64_t>& dims)
{
    ModelCost cost;
    try {
        const std::int64_t batch = core::fixedBatch(graph).value_or(1);
        const core::Shapes shapes = shapesFor(graph, dims, batch);
        cost.flopPerItem = core::totalCost(core::nodeCosts(graph, shapes)).flop / batch;
        cost.weightBytes = core::weightBytes(graph);
        cost.activationBytes = static_cast<double>(arenaBytes(graph, shapes)) / static_cast<double>(batch);
    } catch (const core::Error& error) {
        // A dimension nobody has set yet is a thing to show, not a reason to refuse the model.
        cost.unknown = error.what();
    }
    return cost;
}

LoadedModel loadModel(
    const std::string& source, const EngineList& engines, const std::map<std::string, std::int64_t>& dims)
{
    LoadedModel loaded;
    loaded.model = core::openModel(source);
    const core::Graph& file = *loaded.model.graph;
    loaded.graph = core::optimise(file);
    loaded.parameters = core::parameterCount(file);
    loaded.dims = core::dynamicDims(file);
    loaded.fixedBatch = core::fixedBatch(file);
    loaded.freed = core::rebatch(file);
    loaded.quantisable = !core::quantisables(file).empty();
    for (const auto id : file.inputs) {
        loaded.inputNames.push_back(file.value(id).name);
        loaded.inputs.push_back(describe(file.value(id)));
    }
    for (const auto id : file.outputs) {
        loaded.outputNames.push_back(file.value(id).name);
        loaded.outputs.push_back(describe(file.value(id)));
    }
    for (const auto& engine : engines) {
        const core::DeviceInfo device = engine->device();
        if (device.absent.empty() && !device.recordedOn)
            loaded.placements.push_back(
                { device.id, loaded.graph->nodes.size(), engine->refusals(*loaded.graph) });
    }
    loaded.cost = costOf(*loaded.graph, dims);
    return loaded;
}

} // namespace ui
