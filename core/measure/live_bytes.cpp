// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/live_bytes.h"

#include "core/error.h"
#include "core/sensors/memory.h"

#include <algorithm>

namespace core {

namespace {

double bytesOf(const Graph& graph, const Shapes& shapes, ValueId id)
{
    const auto index = static_cast<std::size_t>(id);
    if (graph.value(id).constant || (index < shapes.known.size() && shapes.known[index]))
        return 0;
    double bytes = static_cast<double>(elementSize(shapes.typeOf(id)));
    for (const std::int64_t dim : shapes.of(id))
        bytes *= static_cast<double>(dim);
    return bytes;
}

} // namespace

double leastBytes(const Graph& graph, const Shapes& shapes)
{
    constexpr std::size_t kNever = static_cast<std::size_t>(-1);
    const std::size_t steps
        = graph.nodes.size() + 1; // one more for inputs that are outputs of an empty graph
    std::vector<std::size_t> first(graph.values.size(), kNever), last(graph.values.size(), 0);
    const auto touch = [&](ValueId id, std::size_t step) {
        if (id == kNoValue)
            return;
        const auto index = static_cast<std::size_t>(id);
        first[index] = std::min(first[index], step);
        last[index] = std::max(last[index], step);
    };
    for (const ValueId input : graph.inputs)
        touch(input, 0);
    for (std::size_t step = 0; step < graph.nodes.size(); ++step) {
        for (const ValueId input : graph.nodes[step].inputs)
            touch(input, step);
        for (const ValueId output : graph.nodes[step].outputs)
            touch(output, step);
    }
    for (const ValueId output : graph.outputs)
        touch(output, steps - 1);
    std::vector<double> change(steps + 1);
    for (std::size_t index = 0; index < graph.values.size(); ++index) {
        if (first[index] == kNever)
            continue;
        const double bytes = bytesOf(graph, shapes, static_cast<ValueId>(index));
        change[first[index]] += bytes;
        change[last[index] + 1] -= bytes;
    }
    double alive = 0, most = 0;
    for (const double bytes : change)
        most = std::max(most, alive += bytes);
    return most + static_cast<double>(weightBytes(graph));
}

void checkFits(
    double least, std::int64_t batch, const DeviceInfo& device, std::optional<std::size_t> hostFree)
{
    if (device.kind == DeviceKind::Gpu)
        return; // a GPU refuses, and its engine plans to the byte before it asks for any
    if (hostFree && least > static_cast<double>(*hostFree)) {
        throw OutOfMemory("Cannot compile batch {}: it needs at least {}, {} are free.", batch,
            formatBytes(least), formatBytes(static_cast<double>(*hostFree)));
    }
}

} // namespace core
