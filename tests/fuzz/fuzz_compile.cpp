// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/cost.h"
#include "cpu/cpu_engine.h"
#include "tests/fuzz/hostile_model.h"

#include <cstring>

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
        run(*program, *better, *shapes, bytes);
    } catch (const core::Error&) {
    }
    return 0;
}
