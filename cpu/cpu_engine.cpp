// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/cpu_engine.h"

#include "core/engine/kernel_tuning.h"
#include "core/error.h"
#include "core/model/machine_memory.h"
#include "core/model/passes.h"
#include "core/record/peaks_file.h"
#include "cpu/compile.h"
#include "cpu/isa.h"
#include "cpu/lower_table.h"
#include "cpu/measure_peaks.h"
#include "cpu/onednn_isa.h"
#include "cpu/threads.h"
#include "cpu/tune_kernels.h"

namespace cpu {

namespace {

bool isHalf(core::Precision precision)
{
    return precision == core::Precision::BFloat16 || precision == core::Precision::Float16;
}

dnnl::cpu_isa isaFor(core::Precision half)
{
    return half == core::Precision::BFloat16 ? dnnl::cpu_isa::avx512_core_bf16
                                             : dnnl::cpu_isa::avx512_core_fp16;
}

class CpuEngine final : public core::Engine {
public:
    CpuEngine()
        : m_engine(dnnl::engine::kind::cpu, 0)
    {
        allowedCores(); // asked now, before anything is pinned
    }

    core::DeviceInfo device() const override;
    std::vector<core::Refusal> refusals(const core::Graph& graph) const override;
    std::unique_ptr<core::Program> compile(
        std::shared_ptr<const core::Graph> graph, const core::CompileOptions& options) override;
    std::optional<core::Peaks> measurePeaks(int threads, std::stop_token stop) override;
    std::optional<core::KernelTuning> tuneKernels(std::shared_ptr<const core::Graph> graph,
        const core::CompileOptions& options, std::stop_token stop) override;

private:
    dnnl::engine m_engine;
};

core::DeviceInfo CpuEngine::device() const
{
    const dnnl_version_t* version = dnnl_version();
    const int cores = allowedCores();
    core::DeviceInfo info { .id = "cpu", .kind = core::DeviceKind::Cpu };
    info.name = fmt::format("{}, {} core{}", processorName(), cores, cores == 1 ? "" : "s");
    info.library
        = fmt::format("oneDNN {}.{}.{}, {}", version->major, version->minor, version->patch, isaName());
    info.maxThreads = cores;
    info.memoryBytes = core::machineMemory();
    info.precisions = { core::Precision::Float32 }; // int8 is what a quantised file has
    for (const core::Precision half : { core::Precision::BFloat16, core::Precision::Float16 })
        if (hasIsa(isaFor(half)))
            info.precisions.push_back(half);
    info.facts = { { "threads", "pinned, one a core" } };
    info.instructionSets = instructionSets();
    info.limit = limit();
    info.plainLoops = true;
    info.tunesKernels = true;
    return info;
}

std::vector<core::Refusal> CpuEngine::refusals(const core::Graph& graph) const
{
    std::vector<core::Refusal> found;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        if (std::string reason = refusal(graph, graph.nodes[i]); !reason.empty())
            found.push_back(
                { static_cast<int>(i), graph.nodes[i].name, graph.nodes[i].type, std::move(reason) });
    return found;
}

/// Integers are the file's word: they are computed with where it is quantised, and only there.
void checkPrecision(const core::Graph& graph, core::Precision precision)
{
    using core::Precision;
    const bool quantised = std::any_of(graph.nodes.begin(), graph.nodes.end(),
        [](const core::Node& node) { return !node.quantised.empty(); });
    if (precision == Precision::Float32 && quantised)
        throw core::Error("Cannot compile for fp32: the model is quantised, and computes with integers.");
    if (precision == Precision::Int8 && !quantised)
        throw core::Error("Cannot compile for int8: the model is not quantised; \"breakeven-cli quantise\" "
                          "writes one that is.");
    if (precision == Precision::Tf32)
        throw core::Error("Cannot compile for tf32: CPUs have no such arithmetic.");
    if (!isHalf(precision))
        return;
    const auto name = core::precisionName(precision);
    if (quantised)
        throw core::Error("Cannot compile for {}: the model is quantised, and computes with integers.", name);
    if (!hasIsa(isaFor(precision)))
        throw core::Error(
            "Cannot compile for {}: this CPU has no arithmetic for it ({}), and without it takes "
            "several times as long as in fp32.",
            name, isaName());
}

/// What compile() and tuneKernels() begin with.
struct Job {
    std::shared_ptr<const core::Graph> graph;
    std::vector<core::InputFact> inputs;
    Settings settings;
};

/// Throws Error for options that nothing can be compiled for.
Job jobOf(std::shared_ptr<const core::Graph> graph, const core::CompileOptions& options)
{
    checkPrecision(*graph, options.precision);
    if (options.threads < 1)
        throw core::Error("Cannot compile for {} threads: at least one is needed.", options.threads);

    if (const auto isa = options.tuning.isa; isa != core::InstructionSet::All && isa != limit())
        throw core::Error("Cannot compile for {}: kernels of this process use {}.",
            core::instructionSetName(isa), isaName());

    const core::Shapes shapes = core::inferShapes(*graph, options.dims);
    if (isHalf(options.precision))
        graph = std::make_shared<const core::Graph>(core::narrow(*graph, shapes,
            options.precision == core::Precision::BFloat16 ? core::ElementType::BFloat16
                                                           : core::ElementType::Float16));
    Job job { std::move(graph), {},
        { { options.threads, options.place }, options.tuning, core::cacheFolder(), options.cacheWeights,
            {} } };
    for (const core::ValueId id : job.graph->inputs)
        job.inputs.push_back({ .type = shapes.typeOf(id), .shape = shapes.of(id), .known = nullptr });
    return job;
}

std::unique_ptr<core::Program> CpuEngine::compile(
    std::shared_ptr<const core::Graph> graph, const core::CompileOptions& options)
{
    Job job = jobOf(std::move(graph), options);
    return cpu::compile(std::move(job.graph), job.inputs, m_engine, job.settings);
}

std::optional<core::KernelTuning> CpuEngine::tuneKernels(
    std::shared_ptr<const core::Graph> graph, const core::CompileOptions& options, std::stop_token stop)
{
    const Job job = jobOf(std::move(graph), options);
    return cpu::tuneKernels(job.graph, job.inputs, m_engine, job.settings, std::move(stop));
}

std::optional<core::Peaks> CpuEngine::measurePeaks(int threads, std::stop_token stop)
{
    if (threads < 1)
        throw core::Error("Cannot measure the peaks of {} threads: at least one is needed.", threads);
    return cpu::measurePeaks(allowedIsa(), threads, stop);
}

} // namespace

std::unique_ptr<core::Engine> makeEngine()
{
    return std::make_unique<CpuEngine>();
}

} // namespace cpu
