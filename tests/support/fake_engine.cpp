// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_engine.h"

#include "core/error.h"

#include <algorithm>
#include <thread>

namespace support {

using namespace std::chrono_literals;

std::chrono::nanoseconds steadyLatency(std::int64_t batch, std::size_t index)
{
    constexpr std::int64_t kPattern[] = { 1000, 1004, 997, 1010, 990, 1001, 995, 1006 }; // microseconds
    return std::chrono::microseconds(kPattern[index % std::size(kPattern)] * batch);
}

FakeEngine::FakeEngine(FakeScript script, core::DeviceInfo info)
    : m_script(std::move(script))
    , m_info(std::move(info))
{
}

core::DeviceInfo FakeEngine::cpu()
{
    return { .id = "cpu",
        .kind = core::DeviceKind::Cpu,
        .name = "Fake CPU, 4 cores",
        .library = "scripted times",
        .maxThreads = 4,
        .precisions = { core::Precision::Model, core::Precision::Float32 },
        .instructionSets = { core::InstructionSet::Baseline, core::InstructionSet::Avx2 },
        .plainLoops = true };
}

core::DeviceInfo FakeEngine::gpu()
{
    return { .id = "gpu",
        .kind = core::DeviceKind::Gpu,
        .name = "Fake GPU",
        .library = "scripted times",
        .precisions = { core::Precision::Model, core::Precision::Float16 } };
}

core::DeviceInfo FakeEngine::absentGpu()
{
    core::DeviceInfo info = gpu();
    info.absent = "No CUDA driver: libcuda.so.1 cannot be loaded.";
    return info;
}

std::vector<core::Refusal> FakeEngine::refusals(const core::Graph&) const
{
    return m_script.refusals;
}

std::unique_ptr<core::Program> FakeEngine::compile(
    std::shared_ptr<const core::Graph> graph, const core::CompileOptions& options)
{
    m_compiled.push_back(options);
    m_nodes.push_back(graph->nodes.size());
    const std::int64_t batch = options.dims.batch;
    if (m_script.compileSleep > 0ns)
        std::this_thread::sleep_for(m_script.compileSleep);
    if (const auto error = m_script.compileErrors.find(batch); error != m_script.compileErrors.end())
        throw core::Error(error->second);
    if (const auto error = m_script.outOfMemory.find(batch); error != m_script.outOfMemory.end())
        throw core::OutOfMemory(error->second);
    const core::Shapes shapes = core::inferShapes(*graph, options.dims);
    std::vector<core::Shape> outputs;
    for (const core::ValueId id : graph->outputs)
        outputs.push_back(shapes.of(id));
    return std::make_unique<FakeProgram>(m_script, batch, std::move(outputs));
}

std::optional<core::Peaks> FakeEngine::measurePeaks(int threads, std::stop_token)
{
    m_peaksMeasured.push_back(threads);
    if (!m_script.peaksError.empty())
        throw core::Error(m_script.peaksError);
    std::optional<core::Peaks> peaks = m_script.peaks;
    if (peaks)
        peaks->threads = threads;
    return peaks;
}

std::optional<core::KernelTuning> FakeEngine::tuneKernels(
    std::shared_ptr<const core::Graph>, const core::CompileOptions& options, std::stop_token stop)
{
    if (!m_script.tune)
        return {};
    m_script.choice = "kernels by measurement";
    return m_script.tune(options, stop);
}

FakeProgram::FakeProgram(const FakeScript& script, std::int64_t batch, std::vector<core::Shape> outputs)
    : m_script(script)
    , m_batch(batch)
    , m_outputs(std::move(outputs))
{
    if (!m_script.latency)
        m_script.latency = steadyLatency;
}

void FakeProgram::write(int, std::span<const std::byte>) { }

core::Tensor FakeProgram::read(int output)
{
    core::Tensor tensor(core::ElementType::Float32, m_outputs.at(static_cast<std::size_t>(output)));
    std::ranges::fill(tensor.as<float>(), m_script.output);
    return tensor;
}

core::Sample FakeProgram::run(core::Trace* trace)
{
    const std::size_t index = m_runs++;
    if (m_script.beforeRun)
        m_script.beforeRun(m_batch, index);
    const auto error = m_script.runErrors.find(m_batch);
    if (error != m_script.runErrors.end() && index >= error->second.first)
        throw core::Error(error->second.second);
    if (m_script.sleep > 0ns)
        std::this_thread::sleep_for(m_script.sleep);
    core::Sample sample { .host = m_script.latency(m_batch, index) };
    if (m_script.deviceTimes)
        sample.device = { .enqueue = sample.host / 10,
            .copyIn = sample.host / 8,
            .compute = sample.host / 2,
            .copyOut = sample.host / 16 };
    if (trace)
        trace->steps = m_script.steps;
    return sample;
}

core::Graph tinyGraph()
{
    core::Graph graph;
    graph.name = "tiny";
    graph.batchSymbol = "batch";
    const core::Dim batch { .value = -1, .symbol = "batch" };
    const auto declared = [&](const char* name, std::int64_t width) {
        core::Value value { .name = name, .type = core::ElementType::Float32 };
        value.shape = { batch, core::Dim { .value = width } };
        graph.values.push_back(std::move(value));
        return static_cast<core::ValueId>(graph.values.size() - 1);
    };
    const core::ValueId x = declared("x", 4), product = declared("product", 3), y = declared("y", 3);
    const core::ValueId weights = graph.addConstant("w",
        core::Tensor::of<float>(
            core::ElementType::Float32, { 4, 3 }, { 1, 0, -1, 0.5F, 2, 0, -2, 1, 1, 0, 0.25F, 3 }));
    const auto node = [&](const char* name, core::OpKind kind, core::Attributes attributes) -> core::Node& {
        core::Node& added = graph.nodes.emplace_back();
        added.name = name;
        added.kind = kind;
        added.type = core::opName(kind);
        added.version = 17;
        added.attributes = std::move(attributes);
        added.fused = { name };
        return added;
    };
    core::Node& multiply = node("multiply", core::OpKind::MatMul, core::MatMulAttributes {});
    multiply.inputs = { x, weights };
    multiply.outputs = { product };
    core::Node& relu = node("relu", core::OpKind::Relu, core::NoAttributes {});
    relu.inputs = { product };
    relu.outputs = { y };
    graph.inputs = { x };
    graph.outputs = { y };
    return graph;
}

core::Model tinyModel()
{
    core::Model model;
    model.source = "tiny";
    model.name = "tiny";
    model.opset = 17;
    model.graph = std::make_shared<const core::Graph>(tinyGraph());
    return model;
}

} // namespace support
