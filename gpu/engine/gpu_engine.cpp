// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/gpu_engine.h"

#include "core/engine/bound_graph.h"
#include "core/error.h"
#include "core/model/passes.h"
#include "gpu/engine/gpu_program.h"
#include "gpu/engine/lower_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace gpu {

namespace {

using core::Precision;

/// Choosing algorithms and compiling take seconds between two words; a kernel that hangs takes for ever.
constexpr std::chrono::seconds kPatience { 120 };

/// Programs side by side: beyond a few, a GPU's queues are full and only memory is taken.
constexpr int kStreams = 8;

class GpuEngine final : public core::Engine {
public:
    explicit GpuEngine(DeviceMaker make)
        : m_make(std::move(make))
    {
        deviceAt(0);
    }

    core::DeviceInfo device() const override;
    std::vector<core::Refusal> refusals(const core::Graph& graph) const override;
    std::unique_ptr<core::Program> compile(
        std::shared_ptr<const core::Graph> graph, const core::CompileOptions& options) override;

private:
    void check(const core::Graph& graph, Precision precision) const;
    Device& deviceAt(int place);
    const DeviceFacts& facts() const { return m_devices.front()->facts(); }

    DeviceMaker m_make;
    std::vector<std::unique_ptr<Device>> m_devices; // by place
};

core::DeviceInfo GpuEngine::device() const
{
    const DeviceFacts& facts = this->facts();
    core::DeviceInfo info { .id = "gpu", .kind = core::DeviceKind::Gpu, .name = facts.name };
    info.library = facts.library;
    info.uuid = facts.uuid;
    info.memoryBytes = facts.memoryBytes;
    info.precisions = { Precision::Float32 };
    if (facts.tensorFloat)
        info.precisions.push_back(Precision::Tf32);
    if (facts.halves)
        info.precisions.push_back(Precision::Float16);
    if (facts.bfloats)
        info.precisions.push_back(Precision::BFloat16);
    info.patience = kPatience;
    info.recordsWork = info.ownMemory = true;
    info.streams = kStreams;
    info.facts = { { "driver", facts.driver },
        { "architecture",
            fmt::format("{}.{}, {} multiprocessors", facts.architecture / 10, facts.architecture % 10,
                facts.multiprocessors) } };
    return info;
}

std::vector<core::Refusal> GpuEngine::refusals(const core::Graph& graph) const
{
    std::vector<core::Refusal> found;
    const ReadValues read(graph);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        if (std::string reason = refusal(graph, graph.nodes[i], read); !reason.empty())
            found.push_back(
                { static_cast<int>(i), graph.nodes[i].name, graph.nodes[i].type, std::move(reason) });
    return found;
}

void GpuEngine::check(const core::Graph& graph, Precision precision) const
{
    const auto name = core::precisionName(precision);
    const bool quantised = std::any_of(graph.nodes.begin(), graph.nodes.end(),
        [](const core::Node& node) { return !node.quantised.empty(); });
    if (precision == Precision::Int8 && !quantised)
        throw core::Error("Cannot compile for int8: the model is not quantised; \"breakeven-cli quantise\" "
                          "writes one that is.");
    if (precision == Precision::Model || precision == Precision::Int8)
        return;
    if (quantised)
        throw core::Error("Cannot compile for {}: the model is quantised, and computes with integers.", name);
    const auto offered = device().precisions;
    const bool known = std::find(offered.begin(), offered.end(), precision) != offered.end();
    if (!known)
        throw core::Error("Cannot compile for {}: {} has no arithmetic for it.", name, facts().name);
}

Device& GpuEngine::deviceAt(int place)
{
    while (static_cast<int>(m_devices.size()) <= place)
        m_devices.push_back(m_make());
    return *m_devices[static_cast<std::size_t>(place)];
}

std::unique_ptr<core::Program> GpuEngine::compile(
    std::shared_ptr<const core::Graph> graph, const core::CompileOptions& options)
{
    check(*graph, options.precision);
    const core::Shapes shapes = core::inferShapes(*graph, options.dims);
    const bool half = options.precision == Precision::Float16 || options.precision == Precision::BFloat16;
    if (half)
        graph = std::make_shared<const core::Graph>(core::narrow(*graph, shapes,
            options.precision == Precision::BFloat16 ? core::ElementType::BFloat16
                                                     : core::ElementType::Float16));
    std::vector<core::InputFact> inputs;
    for (const core::ValueId id : graph->inputs)
        inputs.push_back({ .type = shapes.typeOf(id), .shape = shapes.of(id), .known = nullptr });
    const core::BoundGraph bound = core::bindGraph(std::move(graph), inputs, options.tuning.fuse);
    if (bound.open())
        throw core::Error("Cannot compile: shapes that only a run can tell are not supported on the GPU.");
    Lowering lowering(*bound.graph, *bound.shapes, options.tuning, options.precision);
    lowerAll(lowering);
    return std::make_unique<GpuProgram>(
        bound.graph, bound.shapes, lowering, deviceAt(options.place), options);
}

} // namespace

std::unique_ptr<core::Engine> makeEngine(DeviceMaker make)
{
    return std::make_unique<GpuEngine>(std::move(make));
}

} // namespace gpu
