// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/dynamic_program.h"

#include "core/error.h"
#include "core/ops/control_flow.h"
#include "core/ops/for_range.h"
#include "core/ops/run_node.h"
#include "cpu/graph_part.h"

#include <algorithm>

namespace cpu {

namespace {

using Clock = std::chrono::steady_clock;
using Flags = std::vector<bool>; // per value

void mark(Flags& flags, const std::vector<core::ValueId>& ids)
{
    for (const core::ValueId id : ids)
        if (id != core::kNoValue)
            flags[static_cast<std::size_t>(id)] = true;
}

bool anyOf(const Flags& flags, const std::vector<core::ValueId>& ids)
{
    return std::any_of(ids.begin(), ids.end(),
        [&](core::ValueId id) { return id != core::kNoValue && flags[static_cast<std::size_t>(id)]; });
}

} // namespace

Producer::Producer(const core::Node& node, const dnnl::engine& engine, const Settings& settings)
    : m_node(&node)
{
    const auto* attributes = std::get_if<core::SubgraphAttributes>(&node.attributes);
    if (!attributes)
        return;
    m_bodies = std::make_shared<std::vector<LateProgram>>();
    for (const auto& body : attributes->bodies)
        m_bodies->emplace_back(body, engine, settings);
}

std::vector<core::Tensor> Producer::operator()(std::span<const core::TensorView> inputs) const
{
    if (!m_bodies)
        return core::evaluate(*m_node, { inputs.begin(), inputs.end() });
    return core::runControlFlow(
        *m_node, inputs, [&](std::size_t index, std::span<const core::TensorView> arguments) {
            return (*m_bodies)[index].run(arguments);
        });
}

core::MemoryUse Producer::memory() const
{
    core::MemoryUse sum;
    if (m_bodies)
        for (const LateProgram& body : *m_bodies)
            sum += body.memory();
    return sum;
}

DynamicProgram::DynamicProgram(std::shared_ptr<const core::Graph> graph, const core::Shapes& shapes,
    const dnnl::engine& engine, const Settings& settings)
    : m_graph(std::move(graph))
    , m_values(m_graph->values.size())
{
    split(shapes, engine, settings);
}

void DynamicProgram::split(const core::Shapes& shapes, const dnnl::engine& engine, const Settings& settings)
{
    const std::size_t count = m_graph->values.size();
    std::vector<core::Node> head, tail;
    Flags tailMade(count), tailRead(count), outsideHead(count), fromHead(count);
    mark(fromHead, m_graph->inputs);
    for (const core::Node& node : m_graph->nodes) {
        if (!anyOf(shapes.open, node.outputs)) {
            head.push_back(node);
            mark(fromHead, node.outputs);
        } else if (!anyOf(shapes.open, node.inputs)) {
            m_frontier.push_back({ &node, Producer(node, engine, settings) });
            mark(outsideHead, node.inputs);
        } else {
            tail.push_back(node);
            mark(tailMade, node.outputs);
            mark(tailRead, node.inputs);
            mark(outsideHead, node.inputs);
        }
    }
    mark(outsideHead, m_graph->outputs);
    for (std::size_t i = 0; i < count; ++i) {
        const auto id = static_cast<core::ValueId>(i);
        const bool constant = core::constantOf(*m_graph, shapes, id).has_value();
        if (outsideHead[i] && (fromHead[i] || constant) && !m_graph->values[i].constant)
            m_fromHead.push_back(id);
        if (tailRead[i] && !tailMade[i] && !m_graph->values[i].constant)
            m_tailInputs.push_back(id);
    }
    for (const core::ValueId id : m_graph->outputs)
        if (tailMade[static_cast<std::size_t>(id)])
            m_tailOutputs.push_back(id);
    auto headGraph
        = std::make_shared<const core::Graph>(part(*m_graph, std::move(head), m_graph->inputs, m_fromHead));
    m_head = compile(headGraph, factsOf(*headGraph, shapes), engine, settings);
    if (!tail.empty())
        m_tail = std::make_unique<LateProgram>(
            std::make_shared<const core::Graph>(part(*m_graph, std::move(tail), m_tailInputs, m_tailOutputs)),
            engine, settings);
}

void DynamicProgram::write(int input, std::span<const std::byte> bytes)
{
    m_head->write(input, bytes);
}

core::TensorView DynamicProgram::view(core::ValueId id) const
{
    if (id == core::kNoValue)
        return {};
    if (const auto& constant = m_graph->value(id).constant)
        return *constant;
    return m_values[static_cast<std::size_t>(id)].view();
}

core::Tensor DynamicProgram::read(int output)
{
    return core::Tensor::copyOf(view(m_graph->outputs.at(static_cast<std::size_t>(output))));
}

core::Sample DynamicProgram::run(core::Trace* trace)
{
    const auto begin = Clock::now();
    m_head->run(trace); // which wakes the team
    const core::ops::RangeScope loops(parallelFor);
    for (std::size_t i = 0; i < m_fromHead.size(); ++i)
        m_values[static_cast<std::size_t>(m_fromHead[i])] = m_head->read(static_cast<int>(i));
    runFrontier(trace);
    if (m_tail) {
        std::vector<core::TensorView> inputs;
        for (const core::ValueId id : m_tailInputs)
            inputs.push_back(view(id));
        std::vector<core::Tensor> outputs = m_tail->run(inputs, trace);
        for (std::size_t i = 0; i < outputs.size(); ++i)
            m_values[static_cast<std::size_t>(m_tailOutputs[i])] = std::move(outputs[i]);
    }
    return { .host = Clock::now() - begin };
}

void DynamicProgram::runFrontier(core::Trace* trace)
{
    for (const FrontierNode& each : m_frontier) {
        const auto begin = Clock::now();
        const core::Node& node = *each.node;
        std::vector<core::TensorView> inputs;
        for (const core::ValueId id : node.inputs)
            inputs.push_back(view(id));
        std::vector<core::Tensor> outputs;
        try {
            outputs = each.produce(inputs);
        } catch (const core::OutOfMemory&) {
            throw;
        } catch (const core::Error& error) {
            throw core::Error("Cannot run: {} {}", core::describe(*m_graph, node), error.what());
        }
        if (trace) {
            const bool bodies = std::holds_alternative<core::SubgraphAttributes>(node.attributes);
            const std::string type(core::opName(node.kind));
            trace->steps.push_back({ .node = static_cast<int>(&node - m_graph->nodes.data()),
                .name = node.name,
                .type = node.type,
                .kernel = (bodies ? "own:" : "plain:") + type,
                .slow = !bodies,
                .computes = outputs.empty() ? core::ElementType::Undefined : outputs[0].type(),
                .time = Clock::now() - begin });
        }
        for (std::size_t i = 0; i < std::min(outputs.size(), node.outputs.size()); ++i)
            if (node.outputs[i] != core::kNoValue)
                m_values[static_cast<std::size_t>(node.outputs[i])] = std::move(outputs[i]);
    }
}

core::MemoryUse DynamicProgram::memory() const
{
    core::MemoryUse sum = m_head->memory();
    for (const FrontierNode& each : m_frontier)
        sum += each.produce.memory();
    if (m_tail)
        sum += m_tail->memory();
    return sum;
}

} // namespace cpu
