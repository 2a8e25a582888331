// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/gpu_program.h"

#include "core/engine/memory_plan.h"
#include "core/sensors/memory.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace gpu {

namespace {

using Clock = std::chrono::steady_clock;

std::chrono::nanoseconds fromMilliseconds(double value)
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double, std::milli>(value));
}

/// The device's clock: events of a run, and of a traced step.
enum Event { kStart, kCopiedIn, kComputed, kCopiedOut, kStepBegins, kStepEnds };

} // namespace

GpuProgram::GpuProgram(std::shared_ptr<const core::Graph> graph, std::shared_ptr<const core::Shapes> shapes,
    Lowering& lowering, Device& device, const core::CompileOptions& options)
    : m_graph(std::move(graph))
    , m_shapes(std::move(shapes))
    , m_device(device)
    , m_transfers(options.tuning.transfers)
{
    std::vector<TensorId> inputs, outputs;
    for (const core::ValueId input : m_graph->inputs)
        inputs.push_back(lowering.in(input));
    for (const core::ValueId output : m_graph->outputs) {
        outputs.push_back(lowering.in(output)); // may add a last copy
        Buffer& buffer = lowering.buffers()[static_cast<std::size_t>(lowering.tensor(outputs.back()).buffer)];
        buffer.persistent = !buffer.constant;
    }
    layOut(lowering, options.dims.batch);
    upload(lowering);
    m_inputs = ports(lowering, m_graph->inputs, inputs);
    m_outputs = ports(lowering, m_graph->outputs, outputs);
    m_staging = PinnedBlock(m_device, m_staged);
    m_steps = std::move(lowering.steps());
    for (const Step& step : m_steps)
        m_computes.push_back(lowering.tensor(step.writes.front()).type);
    record(options.tuning.graph);
}

GpuProgram::~GpuProgram()
{
    if (m_recording >= 0)
        m_device.forget(m_recording);
}

/// What does not fit is said before it is tried, with the largest batch that would: the arena grows with it.
void GpuProgram::checkMemory(std::int64_t batch)
{
    const auto free = static_cast<double>(m_device.freeMemory()),
               weights = static_cast<double>(m_memory.weights), arena = static_cast<double>(m_memory.arena);
    if (weights + arena <= free)
        return;
    const double gaps
        = static_cast<double>(kAlignment * m_buffers.size()); // where buffers of a batch do not end
    const double most
        = std::max(0.0, std::floor((free - weights - gaps) / (arena / static_cast<double>(batch))));
    throw core::OutOfMemory("Out of GPU memory at batch {}: it needs {}, {} for weights and {} for what is "
                            "computed, and {} are free; that is enough for {}.",
        batch, core::formatBytes(weights + arena), core::formatBytes(weights), core::formatBytes(arena),
        core::formatBytes(free), most < 1 ? "no batch at all" : fmt::format("batch {:.0f}", most));
}

void GpuProgram::layOut(Lowering& lowering, std::int64_t batch)
{
    const int end = static_cast<int>(lowering.steps().size());
    std::vector<core::Lifetime> lifetimes;
    std::vector<std::size_t> planned; // buffers in the arena
    std::size_t weights = 0;
    m_buffers.assign(lowering.buffers().size(), 0);
    for (std::size_t i = 0; i < lowering.buffers().size(); ++i) {
        const Buffer& buffer = lowering.buffers()[i];
        if (buffer.constant) {
            m_buffers[i] = weights;
            weights += aligned(buffer.bytes);
        } else if (buffer.persistent || buffer.first >= 0) {
            lifetimes.push_back({ buffer.bytes, buffer.persistent ? 0 : buffer.first,
                buffer.persistent ? end : buffer.last });
            planned.push_back(i);
        }
    }
    const core::MemoryPlan plan = core::planMemory(lifetimes, kAlignment);
    for (std::size_t i = 0; i < planned.size(); ++i)
        m_buffers[planned[i]] = plan.offsets[i];
    m_memory = { .weights = weights, .arena = plan.bytes };
    checkMemory(batch);
    m_weights = DeviceBlock(m_device, weights);
    m_arena = DeviceBlock(m_device, plan.bytes);
    std::vector<std::byte*> pointers;
    for (const Tensor& tensor : lowering.tensors()) {
        const auto buffer = static_cast<std::size_t>(tensor.buffer);
        std::byte* base = lowering.buffers()[buffer].constant ? m_weights.data() : m_arena.data();
        pointers.push_back(base ? base + m_buffers[buffer] + tensor.offset : nullptr);
    }
    m_addresses = Addresses(std::move(pointers));
}

void GpuProgram::upload(const Lowering& lowering)
{
    std::size_t most = 0;
    for (const Upload& job : lowering.uploads())
        most = std::max(most, lowering.bufferBytes(job.buffer));
    const PinnedBlock staging(m_device, most);
    for (const Upload& job : lowering.uploads()) {
        job.fill(staging.data());
        m_device.copyIn(m_weights.data() + m_buffers[static_cast<std::size_t>(job.buffer)], staging.data(),
            lowering.bufferBytes(job.buffer));
        m_device.finish(); // the next one is filled where this one lies
    }
}

std::vector<GpuProgram::Port> GpuProgram::ports(
    const Lowering& lowering, const std::vector<core::ValueId>& values, const std::vector<TensorId>& tensors)
{
    std::vector<Port> ports;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Tensor& tensor = lowering.tensor(tensors[i]);
        ports.push_back({ m_addresses.bytes(tensors[i]), m_staged, byteCount(tensor), tensor.type,
            tensor.shape, m_graph->value(values[i]).name });
        m_staged += aligned(ports.back().bytes);
    }
    return ports;
}

/// Numbers between -1 and 1 for the first run, in which algorithms are timed: products of zeros take less
/// power, and so less time. Other types get zeros, which are valid for all of them.
void GpuProgram::fillInputs()
{
    std::fill_n(m_staging.data(), m_staged, std::byte {});
    std::uint32_t state = 1;
    for (const Port& port : m_inputs) {
        if (port.type == core::ElementType::Float32) {
            auto* numbers = reinterpret_cast<float*>(m_staging.data() + port.offset);
            for (std::size_t i = 0; i < port.bytes / sizeof(float); ++i) {
                state = state * 1664525U + 1013904223U; // Numerical Recipes' generator
                numbers[i] = static_cast<float>(state >> 8) * 0x1p-23F - 1.0F;
            }
        }
        m_device.copyIn(port.device, m_staging.data() + port.offset, port.bytes);
    }
}

/// Once as it comes, in which libraries find their kernels and their memory, then to be replayed.
void GpuProgram::record(bool graph)
{
    fillInputs();
    launchAll();
    m_device.finish();
    if (!graph)
        return;
    m_device.beginRecording();
    launchAll();
    m_recording = m_device.endRecording();
}

void GpuProgram::launchAll()
{
    for (const Step& step : m_steps)
        step.work(m_device, m_addresses);
}

void GpuProgram::copyInputs()
{
    for (const Port& port : m_inputs)
        m_device.copyIn(port.device, m_staging.data() + port.offset, port.bytes);
}

void GpuProgram::copyOutputs()
{
    for (const Port& port : m_outputs)
        m_device.copyOut(m_staging.data() + port.offset, port.device, port.bytes);
}

void GpuProgram::write(int input, std::span<const std::byte> bytes)
{
    const Port& port = m_inputs.at(static_cast<std::size_t>(input));
    if (bytes.size() != port.bytes)
        throw core::Error(
            "Cannot set input \"{}\": it has {} bytes, not {}.", port.name, port.bytes, bytes.size());
    std::copy(bytes.begin(), bytes.end(), m_staging.data() + port.offset);
    m_written = false;
}

core::Tensor GpuProgram::read(int output)
{
    const Port& port = m_outputs.at(static_cast<std::size_t>(output));
    if (!std::exchange(m_fetched, true)) {
        copyOutputs();
        m_device.finish();
    }
    core::Tensor tensor(port.type, port.shape);
    std::copy_n(m_staging.data() + port.offset, port.bytes, tensor.bytes().data());
    return tensor;
}

core::Sample GpuProgram::run(core::Trace* trace)
{
    if (!m_transfers && !std::exchange(m_written, true)) {
        copyInputs();
        m_device.finish();
    }
    const auto begin = Clock::now();
    m_device.mark(kStart);
    if (m_transfers)
        copyInputs();
    m_device.mark(kCopiedIn);
    if (trace)
        runTraced(*trace);
    else if (m_recording >= 0)
        m_device.replay(m_recording);
    else
        launchAll();
    m_device.mark(kComputed);
    if (m_transfers)
        copyOutputs();
    m_fetched = m_transfers;
    m_device.mark(kCopiedOut);
    const auto enqueued = Clock::now();
    m_device.finish();
    const auto host = Clock::now() - begin;
    core::DeviceTimes times { .enqueue = enqueued - begin };
    times.compute = fromMilliseconds(m_device.between(kCopiedIn, kComputed));
    if (m_transfers) {
        times.copyIn = fromMilliseconds(m_device.between(kStart, kCopiedIn));
        times.copyOut = fromMilliseconds(m_device.between(kComputed, kCopiedOut));
    }
    return { .host = host, .device = times };
}

void GpuProgram::runTraced(core::Trace& trace)
{
    std::vector<bool> seen(m_graph->nodes.size(), false);
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        const Step& step = m_steps[i];
        m_device.mark(kStepBegins);
        step.work(m_device, m_addresses);
        m_device.mark(kStepEnds);
        m_device.finish();
        core::Trace::Step traced { .node = step.node, .name = step.name, .kernel = step.kernel };
        traced.slow = step.kernel.starts_with("own:plain"); // a thread an element, where tiles are usual
        traced.computes = m_computes[i];
        traced.time = fromMilliseconds(m_device.between(kStepBegins, kStepEnds));
        if (step.node >= 0) {
            const core::Node& node = m_graph->nodes[static_cast<std::size_t>(step.node)];
            traced.type = node.type.empty() ? std::string(core::opName(node.kind)) : node.type;
            if (!seen[static_cast<std::size_t>(step.node)])
                traced.cost = step.cost ? step.cost : core::costOf(*m_graph, node, *m_shapes);
            seen[static_cast<std::size_t>(step.node)] = true;
        }
        trace.steps.push_back(std::move(traced));
    }
}

} // namespace gpu
