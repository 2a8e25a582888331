// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/cost.h"
#include "cpu/cpu_engine.h"
#include "tests/fuzz/hostile_model.h"

#include <algorithm>
#include <iterator>

namespace {

/// A fuzzer looks at many small models, not at few large ones.
constexpr std::int64_t kMostBytes = 16 << 20;
constexpr std::int64_t kMostFlop = 4'000'000;

bool isSmall(const core::Graph& graph, const core::Shapes& shapes)
{
    const core::NodeCost cost = core::totalCost(core::nodeCosts(graph, shapes));
    std::int64_t bytes = 0;
    for (std::size_t id = 0; id < shapes.shapes.size(); ++id)
        if (__builtin_add_overflow(bytes,
                core::elementCount(shapes.shapes[id])
                    * static_cast<std::int64_t>(core::elementSize(shapes.types[id])),
                &bytes))
            return false;
    return bytes <= kMostBytes && cost.activationBytes <= kMostBytes && cost.flop <= kMostFlop;
}

/// Whether a run ends soon: what loops, and what grows by data, may run for hours and be right. Operators
/// that pick from their inputs are let through where little can come of them.
bool endsSoon(const core::Graph& graph, const core::Shapes& shapes, const core::NodeCost& cost)
{
    using enum core::OpKind;
    static constexpr core::OpKind kPicking[] = { NonZero, Compress, Unique, NonMaxSuppression };
    if (cost.known)
        return true;
    for (const core::Node& node : graph.nodes) {
        const bool picks = std::ranges::find(kPicking, node.kind) != std::end(kPicking);
        const bool open = std::ranges::any_of(
            node.outputs, [&](core::ValueId id) { return id != core::kNoValue && shapes.isOpen(id); });
        const bool known = std::ranges::none_of(
            node.inputs, [&](core::ValueId id) { return id != core::kNoValue && shapes.isOpen(id); });
        if (std::holds_alternative<core::SubgraphAttributes>(node.attributes) || (open && known && !picks))
            return false;
    }
    return graph.nodes.size() <= 3 && cost.activationBytes <= 4096;
}

/// Inputs are what the file itself is made of: small integers, huge ones, NaN.
void run(core::Program& program, const core::Graph& graph, const core::Shapes& shapes,
    std::span<const std::byte> pattern)
{
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
        core::Tensor tensor(shapes.typeOf(graph.inputs[i]), shapes.of(graph.inputs[i]));
        const auto bytes = tensor.bytes();
        for (std::size_t at = 0; at < bytes.size(); ++at)
            bytes[at] = i % 2 == 0 ? std::byte { 0 } : pattern[at % pattern.size()];
        program.write(static_cast<int>(i), bytes);
    }
    program.run();
    for (std::size_t i = 0; i < graph.outputs.size(); ++i)
        program.read(static_cast<int>(i));
}

} // namespace

/// Any small model: the CPU engine compiles and runs it, or says one sentence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto engine = cpu::makeEngine();
    const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
    const auto graph = fuzz::parsed(bytes);
    const auto better = graph ? fuzz::optimised(*graph) : nullptr;
    const auto shapes = better ? fuzz::shapesOf(*better, 1) : std::nullopt;
    if (!shapes || !isSmall(*better, *shapes))
        return 0;
    try {
        const auto program = engine->compile(better, { .dims = fuzz::bindings(*better, 1) });
        if (endsSoon(*better, *shapes, core::totalCost(core::nodeCosts(*better, *shapes))))
            run(*program, *better, *shapes, bytes);
    } catch (const core::Error&) {
    }
    return 0;
}
