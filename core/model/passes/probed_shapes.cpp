// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes/probed_shapes.h"

#include "core/error.h"

namespace core::passes {
namespace {

/// Numbers for symbol k: first + k * step, so that they differ between symbols.
struct Series {
    std::int64_t first, step;
};

/// Pairs to try: lengths of sequences, then sizes of images (multiples of 32, which networks that halve five
/// times and add what they had before ask for), small and usual.
constexpr std::array<std::array<Series, 2>, 3> kPairs { {
    { { { 5, 1 }, { 7, 2 } } },
    { { { 64, 32 }, { 96, 64 } } },
    { { { 224, 32 }, { 320, 64 } } },
} };

Shapes probe(const Graph& graph, std::int64_t batch, const Series& series)
{
    DimBindings bindings { .batch = batch, .named = {} };
    std::int64_t number = series.first;
    for (const std::string& symbol : dynamicDims(graph)) {
        bindings.named[symbol] = number;
        number += series.step;
    }
    return inferShapes(graph, bindings);
}

/// The batch of a model that fixes it; otherwise `wanted`.
std::int64_t batchOf(const Graph& graph, std::int64_t wanted)
{
    if (!graph.batchSymbol.empty() || graph.inputs.empty())
        return wanted;
    const auto& shape = graph.value(graph.inputs[0]).shape;
    return shape && !shape->empty() && shape->front().fixed() ? shape->front().value : wanted;
}

} // namespace

std::optional<ProbedShapes> ProbedShapes::of(const Graph& graph)
{
    const bool symbols = !dynamicDims(graph).empty();
    for (const auto& pair : kPairs) {
        try {
            return ProbedShapes(
                { probe(graph, batchOf(graph, 2), pair[0]), probe(graph, batchOf(graph, 3), pair[1]) });
        } catch (const Error&) {
            if (!symbols)
                return std::nullopt; // other numbers would change nothing
        }
    }
    return std::nullopt;
}

bool ProbedShapes::same(ValueId a, ValueId b) const
{
    return both([&](const Shapes& shapes) {
        return !shapes.isOpen(a) && !shapes.isOpen(b) && shapes.of(a) == shapes.of(b)
            && shapes.typeOf(a) == shapes.typeOf(b);
    });
}

std::optional<std::int64_t> ProbedShapes::fixedDim(ValueId id, std::int64_t axis) const
{
    const Shape& first = m_probes[0].of(id);
    const Shape& second = m_probes[1].of(id);
    const std::int64_t index = axis < 0 ? axis + std::ssize(first) : axis;
    if (index < 0 || index >= std::ssize(first) || first.size() != second.size())
        return std::nullopt;
    const auto at = static_cast<std::size_t>(index);
    return first[at] == second[at] ? std::optional(first[at]) : std::nullopt;
}

} // namespace core::passes
