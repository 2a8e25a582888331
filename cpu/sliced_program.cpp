// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/sliced_program.h"

#include "core/error.h"
#include "cpu/lower_table.h"

#include <cstring>

namespace cpu {

namespace {

using Clock = std::chrono::steady_clock;

std::unique_ptr<CpuProgram> lowered(std::shared_ptr<const core::Graph> graph,
    std::shared_ptr<const core::Shapes> shapes, const dnnl::engine& engine, const Settings& settings,
    std::span<const Desc> inputs, CpuProgram::Outputs outputs)
{
    Lowering lowering(*graph, *shapes, engine, settings, inputs);
    lowerAll(lowering);
    return std::make_unique<CpuProgram>(
        std::move(graph), std::move(shapes), lowering, settings.team, outputs);
}

/// The choices of nodes [first, last).
Settings some(Settings settings, std::size_t first, std::size_t last)
{
    if (!settings.choices.empty())
        settings.choices = { settings.choices.begin() + static_cast<std::ptrdiff_t>(first),
            settings.choices.begin() + static_cast<std::ptrdiff_t>(last) };
    return settings;
}

} // namespace

SlicedProgram::SlicedProgram(std::shared_ptr<const core::Graph> graph,
    std::shared_ptr<const core::Shapes> shapes, const SlicePlan& plan, const dnnl::engine& engine,
    const Settings& settings)
    : m_graph(std::move(graph))
    , m_shapes(std::move(shapes))
    , m_headNodes(plan.nodes)
    , m_slices(plan.slices)
{
    for (const core::ValueId input : m_graph->inputs)
        m_inputs.emplace_back(static_cast<std::size_t>(core::elementCount(m_shapes->of(input)))
            * core::elementSize(m_shapes->typeOf(input)));
    m_head = lowered(plan.head, plan.headShapes, engine, some(settings, 0, plan.nodes), {},
        CpuProgram::Outputs::AsTheyAre);
    const core::ValueId across = plan.tail->inputs[0];
    const Desc slice = m_head->outputLayout(0);
    m_acrossBytes = slice.get_size();
    const Desc whole = *withShape(slice, plan.headShapes->of(across), m_shapes->of(across));
    m_tail = lowered(plan.tail, m_shapes, engine, some(settings, plan.nodes, m_graph->nodes.size()),
        std::span(&whole, 1), CpuProgram::Outputs::Plain);
}

void SlicedProgram::write(int input, std::span<const std::byte> bytes)
{
    const MemoryBlock& block = m_inputs.at(static_cast<std::size_t>(input));
    if (bytes.size() != block.size())
        throw core::Error("Cannot write input \"{}\": got {} bytes, expected {}.",
            m_graph->value(m_graph->inputs[static_cast<std::size_t>(input)]).name, bytes.size(),
            block.size());
    std::memcpy(block.data(), bytes.data(), bytes.size());
}

/// What a trace says of its nodes is what the whole graph says of them, whichever part a step is of.
void SlicedProgram::describe(core::Trace& trace, std::size_t first, std::size_t firstNode) const
{
    for (std::size_t i = first; i < trace.steps.size(); ++i) {
        core::Trace::Step& step = trace.steps[i];
        if (step.node < 0)
            continue;
        step.node += static_cast<int>(firstNode);
        if (step.cost)
            step.cost
                = core::costOf(*m_graph, m_graph->nodes[static_cast<std::size_t>(step.node)], *m_shapes);
    }
}

core::Sample SlicedProgram::run(core::Trace* trace)
{
    const auto begin = Clock::now();
    for (std::int64_t slice = 0; slice < m_slices; ++slice) {
        for (std::size_t i = 0; i < m_inputs.size(); ++i)
            m_head->placeInput(static_cast<int>(i),
                m_inputs[i].data()
                    + m_inputs[i].size() / static_cast<std::size_t>(m_slices)
                        * static_cast<std::size_t>(slice));
        m_head->placeOutput(0, m_tail->input(0) + m_acrossBytes * static_cast<std::size_t>(slice));
        const std::size_t steps = trace ? trace->steps.size() : 0;
        m_head->run(trace);
        if (trace)
            describe(*trace, steps, 0);
    }
    const std::size_t steps = trace ? trace->steps.size() : 0;
    m_tail->run(trace);
    if (trace)
        describe(*trace, steps, m_headNodes);
    return { .host = Clock::now() - begin };
}

core::MemoryUse SlicedProgram::memory() const
{
    core::MemoryUse sum = m_head->memory();
    sum += m_tail->memory();
    for (const MemoryBlock& block : m_inputs)
        sum.arena += block.size();
    return sum;
}

std::string SlicedProgram::weightsFrom() const
{
    const std::string head = m_head->weightsFrom(), tail = m_tail->weightsFrom();
    return head.empty() || tail.empty() ? head + tail : head + "; " + tail;
}

} // namespace cpu
