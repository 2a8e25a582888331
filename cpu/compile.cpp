// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/compile.h"

#include "core/ops/run_graph.h"
#include "cpu/dynamic_program.h"
#include "cpu/kernel_book.h"
#include "cpu/lower_table.h"
#include "cpu/panel_conv.h"
#include "cpu/sliced_program.h"

#include <unistd.h>

#include <algorithm>

namespace cpu {

namespace {

constexpr std::size_t kMostShapes = 8;

/// Slices are for arithmetic so fast that memory is what there is to wait for: 8 images of MobileNetV2 in
/// bfloat16 with AMX took an eighth less time. Integers, half as large, and float32 gained nothing; teams
/// lost by waking more often.
std::optional<SlicePlan> worthSlicing(const core::BoundGraph& bound, const Settings& settings)
{
    const auto fast = [&](const core::Node& node) {
        return node.kind == core::OpKind::Conv && node.quantised.empty()
            && bound.shapes->typeOf(node.inputs[0]) == core::ElementType::BFloat16;
    };
    if (!hasAmxKernels() || settings.tuning.plain || settings.team.threads > 1
        || std::none_of(bound.graph->nodes.begin(), bound.graph->nodes.end(), fast))
        return std::nullopt;
    constexpr std::size_t kAssumed = 1 << 20;
    const long level2 = sysconf(_SC_LEVEL2_CACHE_SIZE);
    return slicePlan(bound.graph, *bound.shapes, 1, level2 > 0 ? static_cast<std::size_t>(level2) : kAssumed);
}

} // namespace

std::unique_ptr<core::Program> assemble(
    const core::BoundGraph& bound, const dnnl::engine& engine, const Settings& settings, KernelChoices choices)
{
    Settings chosen = settings;
    chosen.choices = std::move(choices);
    useTeam(settings.team); // oneDNN reads the team's size when a primitive is created
    if (const auto plan = worthSlicing(bound, settings))
        return std::make_unique<SlicedProgram>(bound.graph, bound.shapes, *plan, engine, chosen);
    Lowering lowering(*bound.graph, *bound.shapes, engine, chosen);
    lowerAll(lowering);
    return std::make_unique<CpuProgram>(bound.graph, bound.shapes, lowering, settings.team);
}

std::unique_ptr<core::Program> compile(std::shared_ptr<const core::Graph> graph,
    std::span<const core::InputFact> inputs, const dnnl::engine& engine, const Settings& settings)
{
    core::BoundGraph bound = core::bindGraph(std::move(graph), inputs, settings.tuning.fuse);
    if (bound.open()) {
        Settings parts = settings;
        parts.cacheWeights = false; // a cache for each part would be read more slowly than it is packed
        return std::make_unique<DynamicProgram>(std::move(bound.graph), *bound.shapes, engine, parts);
    }
    KernelChoices choices;
    if (!settings.tuning.rules && !settings.tuning.plain && !settings.cache.empty())
        choices = rememberedChoices(
            programKey(*bound.graph, *bound.shapes, settings), bound.graph->nodes.size(), settings.cache)
                      .value_or(KernelChoices {});
    return assemble(bound, engine, settings, std::move(choices));
}

LateProgram::LateProgram(
    std::shared_ptr<const core::Graph> graph, dnnl::engine engine, const Settings& settings)
    : m_graph(std::move(graph))
    , m_engine(std::move(engine))
    , m_settings(settings)
{
    m_settings.cacheWeights = false; // nobody would hear what came of it
}

std::vector<core::Tensor> LateProgram::run(std::span<const core::TensorView> inputs, core::Trace* trace)
{
    std::vector<core::Shape> key;
    std::vector<core::InputFact> facts;
    for (const core::TensorView& view : inputs) {
        key.push_back(view.shape);
        facts.push_back({ .type = view.type, .shape = view.shape, .known = nullptr });
    }
    auto found = m_programs.find(key);
    if (found == m_programs.end()) {
        if (m_programs.size() == kMostShapes)
            return core::runGraph(*m_graph, inputs);
        found = m_programs.emplace(std::move(key), compile(m_graph, facts, m_engine, m_settings)).first;
    }
    core::Program& program = *found->second;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        program.write(static_cast<int>(i), inputs[i].bytes);
    program.run(trace);
    std::vector<core::Tensor> outputs;
    for (std::size_t i = 0; i < m_graph->outputs.size(); ++i)
        outputs.push_back(program.read(static_cast<int>(i)));
    return outputs;
}

core::MemoryUse LateProgram::memory() const
{
    core::MemoryUse sum;
    for (const auto& [shapes, program] : m_programs)
        sum += program->memory();
    return sum;
}

} // namespace cpu
