// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/rebatch.h"

#include "core/error.h"
#include "core/model/batch_axis.h"
#include "core/model/shape_inference.h"
#include "core/ops/run_node.h"

#include <algorithm>

namespace core {
namespace {

constexpr const char* kSymbol = "batch";
constexpr std::size_t kMostReasons = 5;
constexpr std::int64_t kProbes[] { 64, 96 }; // for other free dimensions: what holds must hold for any

/// All inputs begin with 1, or have no dimensions at all (a sample rate). The others would need a meaning.
bool hasFixedBatch(const Graph& graph)
{
    if (graph.inputs.empty() || !graph.batchSymbol.empty())
        return false;
    bool any = false;
    for (const ValueId id : graph.inputs) {
        const auto& shape = graph.value(id).shape;
        if (!shape)
            return false;
        any = any || (!shape->empty() && shape->front().value == 1);
    }
    const auto& first = graph.value(graph.inputs[0]).shape;
    return any && !first->empty() && first->front().value == 1;
}

/// A Reshape whose constant target begins with the batch keeps whatever batch it gets: 0 copies it.
void freeReshape(Graph& graph, Node& node, std::vector<std::string>& changed)
{
    const TensorView& old = *graph.value(node.inputs[1]).constant;
    Tensor target = Tensor::copyOf(old);
    if (target.as<std::int64_t>()[0] != 1)
        return; // 0 and -1 do so already
    target.as<std::int64_t>()[0] = 0;
    node.inputs[1] = graph.addConstant(graph.value(node.inputs[1]).name + ".batch", std::move(target));
    changed.push_back(fmt::format("node \"{}\" (Reshape)", node.name));
}

DimBindings probe(const Graph& graph, std::int64_t batch, std::int64_t size)
{
    DimBindings dims { .batch = batch, .named = {} };
    for (const std::string& name : dynamicDims(graph))
        dims.named[name] = size;
    return dims;
}

/// The last word: at three batches the shape of every value must differ in the batch alone.
std::string disproof(
    const Graph& graph, const std::vector<std::optional<std::size_t>>& axes, std::int64_t size)
{
    std::vector<Shapes> at;
    for (const std::int64_t batch : { 1, 2, 3 })
        at.push_back(inferShapes(graph, probe(graph, batch, size)));
    for (std::size_t index = 0; index < axes.size(); ++index) {
        const auto id = static_cast<ValueId>(index);
        Shape expected = at[0].of(id);
        const auto axis = axes[index];
        for (std::size_t i = 0; i < 3; ++i) {
            if (axis)
                expected.at(*axis) = at[0].of(id)[*axis] * static_cast<std::int64_t>(i + 1);
            if (at[i].isOpen(id) || at[i].of(id) != expected)
                return fmt::format(
                    "value \"{}\" does not grow with the batch as it should", graph.value(id).name);
        }
    }
    return {};
}

Rebatch rebatchFixed(const Graph& source)
{
    Rebatch result;
    Graph graph = source;
    const Shapes shapes = inferShapes(source, probe(source, 1, kProbes[0]));
    std::vector<std::optional<std::size_t>> axes(graph.values.size()); // along which items lie
    for (const ValueId id : graph.inputs)
        if (const auto& shape = graph.value(id).shape; !shape->empty() && shape->front().value == 1)
            axes[static_cast<std::size_t>(id)] = 0;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        Node& node = graph.nodes[i];
        BatchAxis axis;
        try {
            axis = batchAxis(source, shapes, source.nodes[i], axes);
        } catch (const Error& reason) {
            if (result.pinned.size() < kMostReasons)
                result.pinned.push_back(fmt::format("{} {}", describe(source, node), reason.what()));
            continue;
        }
        for (std::size_t k = 0; k < node.outputs.size(); ++k)
            if (node.outputs[k] != kNoValue)
                axes[static_cast<std::size_t>(node.outputs[k])] = axis.output;
        if (axis.rewriteTarget)
            freeReshape(graph, node, result.changed);
    }
    if (!result.pinned.empty())
        return result;
    graph.batchSymbol = kSymbol;
    for (const ValueId id : graph.inputs)
        if (axes[static_cast<std::size_t>(id)]) {
            graph.values[static_cast<std::size_t>(id)].shape->front() = { .value = -1, .symbol = kSymbol };
            result.changed.insert(result.changed.begin(), fmt::format("input \"{}\"", graph.value(id).name));
        }
    for (const ValueId id : graph.outputs)
        graph.values[static_cast<std::size_t>(id)].shape.reset(); // what the file says holds for 1 alone
    for (const std::int64_t size : kProbes)
        if (const std::string problem = disproof(graph, axes, size); !problem.empty())
            return { .graph = nullptr, .changed = {}, .pinned = { problem } };
    result.graph = std::make_shared<const Graph>(std::move(graph));
    return result;
}

} // namespace

std::optional<std::int64_t> fixedBatch(const Graph& graph)
{
    if (!graph.batchSymbol.empty() || graph.inputs.empty())
        return {};
    const auto& shape = graph.value(graph.inputs.front()).shape;
    if (!shape || shape->empty() || !shape->front().fixed())
        return {};
    return std::max<std::int64_t>(1, shape->front().value);
}

Rebatch rebatch(const Graph& source)
{
    if (!hasFixedBatch(source))
        return {};
    try {
        return rebatchFixed(source);
    } catch (const Error& reason) {
        return { .graph = nullptr, .changed = {}, .pinned = { reason.what() } };
    }
}

} // namespace core
