// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/hostile_model.h"

#include "core/error.h"
#include "core/model/cost.h"
#include "core/model/model.h"
#include "core/model/passes.h"

#include <cstdio>
#include <cstdlib>

namespace fuzz {
namespace {

[[noreturn]] void fail(const char* what, const core::Graph& graph)
{
    std::fprintf(stderr, "The graph \"%s\" does not hold together: %s\n", graph.name.c_str(), what);
    std::abort();
}

/// What every graph promises: valid ids, one definition of each value, before its first use.
void requireSound(const core::Graph& graph)
{
    std::vector<bool> defined(graph.values.size());
    const auto index = [&](core::ValueId id) {
        if (id < 0 || static_cast<std::size_t>(id) >= graph.values.size())
            fail("an id is no value's.", graph);
        return static_cast<std::size_t>(id);
    };
    for (std::size_t id = 0; id < graph.values.size(); ++id)
        defined[id] = graph.values[id].constant.has_value();
    for (const core::ValueId id : graph.inputs)
        defined[index(id)] = true;
    for (const core::Node& node : graph.nodes) {
        for (const core::ValueId id : node.inputs)
            if (id != core::kNoValue && !defined[index(id)])
                fail("a value is read before it is made.", graph);
        for (const core::ValueId id : node.outputs) {
            if (id == core::kNoValue)
                continue;
            if (defined[index(id)])
                fail("a value is made twice.", graph);
            defined[index(id)] = true;
        }
    }
    for (const core::ValueId id : graph.outputs)
        if (!defined[index(id)])
            fail("an output is not made.", graph);
}

} // namespace

std::shared_ptr<const core::Graph> parsed(std::span<const std::byte> bytes)
{
    try {
        auto graph = core::parseOnnx(bytes, nullptr, "fuzz.onnx").graph;
        requireSound(*graph);
        return graph;
    } catch (const core::Error&) {
        return nullptr;
    }
}

std::shared_ptr<const core::Graph> optimised(const core::Graph& graph)
{
    try {
        auto better = core::optimise(graph);
        requireSound(*better);
        return better;
    } catch (const core::Error&) {
        return nullptr;
    }
}

core::DimBindings bindings(const core::Graph& graph, std::int64_t batch)
{
    core::DimBindings bindings { .batch = batch };
    std::int64_t next = 4;
    for (const std::string& symbol : core::dynamicDims(graph))
        bindings.named[symbol] = next++;
    return bindings;
}

std::optional<core::Shapes> shapesOf(const core::Graph& graph, std::int64_t batch)
{
    try {
        core::Shapes shapes = core::inferShapes(graph, bindings(graph, batch));
        core::totalCost(core::nodeCosts(graph, shapes));
        return shapes;
    } catch (const core::Error&) {
        return std::nullopt;
    }
}

} // namespace fuzz
