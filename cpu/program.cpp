// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/program.h"

#include "core/engine/memory_plan.h"
#include "core/error.h"
#include "core/ops/for_range.h"
#include "core/record/blob_cache.h"
#include "core/sensors/memory.h"
#include "cpu/epilogue.h"
#include "cpu/weight_key.h"

#include <algorithm>
#include <cstring>

namespace cpu {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kAlignment = 64; // a cache line and an AVX-512 register

std::size_t aligned(std::size_t bytes)
{
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

} // namespace

CpuProgram::CpuProgram(std::shared_ptr<const core::Graph> graph, std::shared_ptr<const core::Shapes> shapes,
    Lowering& lowering, Team team, Outputs outputsAre)
    : m_graph(std::move(graph))
    , m_shapes(std::move(shapes))
    , m_team(team)
    , m_engine(lowering.engine())
    , m_stream(m_engine)
{
    std::vector<TensorId> outputs; // asking for the plain layout may add a last reorder
    for (const core::ValueId output : m_graph->outputs) {
        const TensorId last = lowering.current(output);
        const core::Shape& shape = m_shapes->of(output);
        const bool stays
            = outputsAre == Outputs::AsTheyAre && withShape(lowering.tensor(last).desc, shape, shape);
        outputs.push_back(stays ? last : lowering.plain(output));
        lowering.buffers()[static_cast<std::size_t>(lowering.tensor(outputs.back()).buffer)].persistent
            = true;
    }
    if (!lowering.settings().choices.empty())
        m_choice = "kernels by measurement";
    m_kept = lowering.kept();
    m_bodies = lowering.bodies();
    layOut(lowering);
    if (lowering.settings().cacheWeights)
        packFromCache(lowering);
    else
        pack(lowering);
    m_steps = std::move(lowering.steps());
    bind(lowering, outputs);
}

void CpuProgram::layOut(Lowering& lowering)
{
    const int end = static_cast<int>(lowering.steps().size());
    std::vector<core::Lifetime> lifetimes;
    std::vector<std::size_t> planned; // buffers in the arena
    std::size_t weights = 0;
    std::vector<std::size_t> weightOffsets(lowering.buffers().size(), 0);
    for (std::size_t i = 0; i < lowering.buffers().size(); ++i) {
        const Buffer& buffer = lowering.buffers()[i];
        if (buffer.packed) {
            weightOffsets[i] = weights;
            weights += aligned(buffer.bytes);
        } else if (!buffer.constant && (buffer.persistent || buffer.first >= 0)) {
            lifetimes.push_back({ buffer.bytes, buffer.persistent ? 0 : buffer.first,
                buffer.persistent ? end : buffer.last });
            planned.push_back(i);
        }
    }
    const core::MemoryPlan plan = core::planMemory(lifetimes, kAlignment);
    m_weights = MemoryBlock(weights);
    m_arena = MemoryBlock(plan.bytes);

    std::vector<std::byte*> bases(lowering.buffers().size(), nullptr);
    for (std::size_t i = 0; i < planned.size(); ++i)
        bases[planned[i]] = m_arena.data() + plan.offsets[i];
    for (std::size_t i = 0; i < bases.size(); ++i) {
        const Buffer& buffer = lowering.buffers()[i];
        if (buffer.constant)
            bases[i] = const_cast<std::byte*>(buffer.constant); // read only: kernels take them as sources
        else if (buffer.packed)
            bases[i] = m_weights.data() + weightOffsets[i];
    }
    std::vector<std::byte*> pointers;
    for (const Tensor& tensor : lowering.tensors()) {
        std::byte* base = bases[static_cast<std::size_t>(tensor.buffer)];
        pointers.push_back(base ? base + tensor.offset : nullptr);
    }
    m_addresses = Addresses(std::move(pointers));
    m_memory = { .weights = weights, .arena = plan.bytes };
}

void CpuProgram::pack(const Lowering& lowering)
{
    const FileMappings mappings;
    for (const PackJob& job : lowering.packJobs()) {
        if (job.own) {
            job.own(job.source, m_addresses.bytes(job.target));
            mappings.release(job.source.bytes);
            continue;
        }
        const Desc& target = lowering.tensor(job.target).desc;
        dnnl::memory from(job.sourceDesc, m_engine, const_cast<std::byte*>(job.source.bytes.data()));
        dnnl::memory to(target, m_engine, m_addresses.bytes(job.target));
        dnnl::reorder(from, to).execute(m_stream, from, to);
        mappings.release(job.source.bytes);
    }
    m_stream.wait();
}

namespace {

/// Small weights are packed before a file could be opened. Own packings run at the speed of memory, which reading
/// and checking a file does not: 199 ms to BERT's first inference, and 238 ms from the cache. oneDNN's reorders
/// are slower than that: 136 ms to ResNet-50's, 100 ms from the cache.
bool worthCaching(const Lowering& lowering, std::size_t bytes)
{
    constexpr std::size_t kLeast = 4 << 20;
    std::size_t own = 0, others = 0;
    for (const PackJob& job : lowering.packJobs())
        (job.own ? own : others) += job.source.bytes.size();
    return bytes >= kLeast && others > own;
}

} // namespace

void CpuProgram::packFromCache(const Lowering& lowering)
{
    if (!worthCaching(lowering, m_weights.size()))
        return pack(lowering);
    const core::ops::RangeScope loops(parallelFor);
    const std::span<std::byte> weights(m_weights.data(), m_weights.size());
    const std::string size = core::formatBytes(static_cast<double>(weights.size()));
    const std::filesystem::path& folder = lowering.settings().cache;
    const core::BlobCache cache(folder.empty() ? folder : folder / "weights", core::blobCacheLimit());
    const std::string key = weightKey(lowering, *m_graph, *m_shapes);
    const auto found = cache.read(key, weights);
    if (found == core::BlobCache::Found::Blob) {
        m_weightsFrom = size + " of packed weights from the cache";
        return;
    }
    if (found == core::BlobCache::Found::Damaged)
        std::ranges::fill(weights, std::byte { 0 }); // packings leave padding as it is
    pack(lowering);
    const std::string done = size
        + (found == core::BlobCache::Found::Damaged ? " of weights packed, the cache's being damaged,"
                                                    : " of weights packed");
    try {
        cache.write(key, m_graph->name, weights);
        m_weightsFrom = done + " and written to the cache";
    } catch (const core::Error& error) {
        m_weightsFrom = fmt::format("{}. {}", done, error.what());
    }
}

CpuProgram::Port CpuProgram::port(const Lowering& lowering, core::ValueId value, TensorId id) const
{
    const auto bytes = static_cast<std::size_t>(core::elementCount(m_shapes->of(value)))
        * core::elementSize(m_shapes->typeOf(value));
    Port port { m_addresses.bytes(id), bytes, m_graph->value(value).name, lowering.tensor(id).desc };
    for (std::size_t i = 0; i < lowering.tensors().size(); ++i)
        if (const Tensor& other = lowering.tensors()[i]; other.buffer == lowering.tensor(id).buffer)
            port.tensors.emplace_back(static_cast<TensorId>(i),
                static_cast<std::ptrdiff_t>(other.offset)
                    - static_cast<std::ptrdiff_t>(lowering.tensor(id).offset));
    return port;
}

void CpuProgram::place(Port& port, std::byte* data)
{
    port.data = data;
    for (const auto& [id, offset] : port.tensors) {
        m_addresses.move(id, data + offset);
        if (dnnl::memory& memory = m_memories[static_cast<std::size_t>(id)])
            memory.set_data_handle(data + offset);
    }
}

void CpuProgram::bind(const Lowering& lowering, std::vector<TensorId> outputs)
{
    for (std::size_t i = 0; i < lowering.tensors().size(); ++i) {
        m_elementTypes.push_back(lowering.tensors()[i].type);
        const Desc& desc = lowering.tensors()[i].desc;
        m_memories.push_back(desc ? dnnl::memory(desc, m_engine, m_addresses.bytes(static_cast<TensorId>(i)))
                                  : dnnl::memory());
    }
    for (const Step& step : m_steps) {
        Call call;
        if (step.primitive)
            call.primitive = step.primitive.get();
        for (const auto& [argument, id] : step.arguments)
            call.arguments.push_back({ argument, m_memories[static_cast<std::size_t>(id)].get() });
        m_calls.push_back(std::move(call));
    }
    for (std::size_t i = 0; i < m_graph->inputs.size(); ++i)
        m_inputs.push_back(
            port(lowering, m_graph->inputs[i], static_cast<TensorId>(i))); // inputs are defined first
    for (std::size_t i = 0; i < m_graph->outputs.size(); ++i)
        m_outputs.push_back(port(lowering, m_graph->outputs[i], outputs[i]));
}

void CpuProgram::write(int input, std::span<const std::byte> bytes)
{
    const Port& port = m_inputs.at(static_cast<std::size_t>(input));
    if (bytes.size() != port.bytes)
        throw core::Error(
            "Cannot write input \"{}\": got {} bytes, expected {}.", port.name, bytes.size(), port.bytes);
    std::memcpy(port.data, bytes.data(), bytes.size());
}

core::Tensor CpuProgram::read(int output)
{
    const Port& port = m_outputs.at(static_cast<std::size_t>(output));
    const core::ValueId id = m_graph->outputs[static_cast<std::size_t>(output)];
    core::Tensor tensor(m_shapes->typeOf(id), m_shapes->of(id));
    if (!tensor.bytes().empty())
        std::memcpy(tensor.bytes().data(), port.data, tensor.bytes().size());
    return tensor;
}

core::MemoryUse CpuProgram::memory() const
{
    core::MemoryUse sum = m_memory;
    for (const MemoryOfBodies& memoryOf : m_bodies)
        sum += memoryOf();
    return sum;
}

void CpuProgram::execute(std::size_t index)
{
    const Call& call = m_calls[index];
    if (!call.primitive)
        return m_steps[index].own(m_addresses);
    const dnnl_status_t status = dnnl_primitive_execute(
        call.primitive, m_stream.get(), static_cast<int>(call.arguments.size()), call.arguments.data());
    if (status != dnnl_success)
        throw core::Error("Cannot run node \"{}\": oneDNN reports status {}.", m_steps[index].name,
            static_cast<int>(status));
}

core::Sample CpuProgram::run(core::Trace* trace)
{
    useTeam(m_team);
    const FlushSubnormals flush;
    const core::ops::RangeScope loops(parallelFor);
    const auto begin = Clock::now();
    if (trace)
        runTraced(*trace);
    else
        for (std::size_t i = 0; i < m_calls.size(); ++i)
            execute(i);
    return { .host = Clock::now() - begin };
}

/// What the placement table says of step `index` beside its time.
void CpuProgram::describe(core::Trace::Step& traced, std::size_t index) const
{
    const Step& step = m_steps[index];
    if (!step.writes.empty())
        traced.computes = m_elementTypes[static_cast<std::size_t>(step.writes.front())];
    if (step.node < 0)
        return;
    const core::Node& node = m_graph->nodes[static_cast<std::size_t>(step.node)];
    traced.type = node.type.empty() ? std::string(core::opName(node.kind)) : node.type;
    const bool first = std::none_of(m_steps.begin(), m_steps.begin() + static_cast<std::ptrdiff_t>(index),
        [&](const Step& before) { return before.node == step.node; });
    if (first)
        traced.cost = step.cost ? step.cost : core::costOf(*m_graph, node, *m_shapes);
}

void CpuProgram::runTraced(core::Trace& trace)
{
    for (std::size_t i = 0; i < m_calls.size(); ++i) {
        const auto begin = Clock::now();
        execute(i);
        const Step& step = m_steps[i];
        trace.steps.push_back({ .node = step.node,
            .name = step.name,
            .kernel = step.kernel,
            .slow = step.slow,
            .time = Clock::now() - begin });
        describe(trace.steps.back(), i);
    }
}

} // namespace cpu
