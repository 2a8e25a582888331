// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sweep_context.h"

#include "core/engine/inputs.h"
#include "core/measure/model_summary.h"
#include "core/measure/recording.h"
#include "core/measure/runnable_spec.h"
#include "core/model/passes.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr Seconds kLongest { 1e9 }; // an estimate beyond 30 years is as good as this

/// Of the GPU that the spec measures, of whose sensors there may be several.
std::string gpuUuid(const SweepSpec& spec, std::span<Engine* const> engines)
{
    for (const EngineChoice& choice : spec.engines) {
        const DeviceInfo device = engineOf(choice.id, engines).device();
        if (!device.uuid.empty() && !device.recordedOn) // which is in another machine
            return device.uuid;
    }
    return {};
}

} // namespace

SweepContext::SweepContext(SweepSpec what, const Model& of, std::span<Engine* const> on, SweepControl by,
    const EventSink& to, const Machine& at, const InputMaker& inputs)
    : spec(std::move(what))
    , model(of)
    , engines(on)
    , control(std::move(by))
    , emit(to)
    , machine(at)
    , child(at.child ? at.child() : ChildSweep {})
    , keys(cells(spec))
    , summary(summarise(model, spec.dims))
    , sensors(at, gpuUuid(spec, engines))
    , m_inputs(inputs)
    , m_recorded(recordedIds(spec, engines))
{
}

RunStarted SweepContext::started() const
{
    RunStarted event { .spec = spec,
        .model = summary,
        .environment = machine.environment(),
        .devices = {},
        .cells = keys,
        .startedAt = timeStamp(),
        .cpuPower = sensors.aboutCpuPower(),
        .gpuPower = sensors.aboutGpuPower(),
        .sensors = sensors.list() };
    for (const EngineChoice& choice : spec.engines)
        event.devices.push_back(engineOf(choice.id, engines).device());
    sayRecorded(event, engines);
    if (const std::string earlier = aboutEarlier(); !earlier.empty())
        event.environment.warnings.push_back(earlier);
    return event;
}

/// "3 of 10 cells were measured before, in a run that began at ..."; empty: none were.
std::string SweepContext::aboutEarlier() const
{
    int known = 0;
    std::string since;
    for (const CellKey& each : keys) {
        const auto cell = control.earlier ? control.earlier(each) : std::nullopt;
        const auto* end = cell ? std::get_if<CellFinished>(&cell->end) : nullptr;
        if (!end)
            continue;
        ++known;
        if (since.empty() && end->recorded)
            since = end->recorded->startedAt;
    }
    if (known == 0)
        return {};
    return fmt::format(
        "{} of {} cells were measured before, in a run that began at {}.", known, keys.size(), since);
}

std::shared_ptr<const Graph> SweepContext::graphFor(const Tuning& tuning)
{
    std::shared_ptr<const Graph>& graph = m_graphs[tuning.fuse];
    if (!graph)
        graph = optimise(*model.graph, { .fuse = tuning.fuse });
    return graph;
}

std::vector<Tensor> SweepContext::inputsFor(const Graph& graph, const Shapes& shapes) const
{
    return m_inputs ? m_inputs(graph, shapes) : synthesiseInputs(graph, shapes, spec.seed);
}

OutputCheck& SweepContext::outputsFor(const Tuning& tuning)
{
    return m_outputs.try_emplace(tuning.fuse, model.graph).first->second;
}

void SweepContext::progress(int cell, CellPhase phase, const LiveCell& live) const
{
    const Seconds running = live.latency.count() > 0
        ? std::max(Seconds {}, estimatedTime(spec.rule, live.latency) - spec.rule.warmUpTime - live.spent)
        : estimated(key(cell));
    const Seconds remaining = running + estimateAfter(cell);
    emit(
        CellProgress { cell, phase, std::chrono::duration_cast<Nanoseconds>(std::min(remaining, kLongest)) });
}

Seconds SweepContext::estimated(const CellKey& cell) const
{
    const bool known = m_recorded.contains(cell.engine) || (control.earlier && control.earlier(cell));
    return known ? Seconds {} : estimateCell(cell, spec.rule, summary.flopPerItem, m_measured);
}

Seconds SweepContext::estimateAfter(int cell) const
{
    Seconds sum {};
    for (std::size_t index = static_cast<std::size_t>(cell) + 1; index < keys.size(); ++index)
        sum += estimated(keys[index]);
    return std::min(sum, kLongest);
}

void SweepContext::learn(int cell, std::vector<Nanoseconds> latencies, Nanoseconds compile)
{
    if (latencies.empty())
        return;
    std::sort(latencies.begin(), latencies.end());
    m_measured.push_back({ key(cell), median(latencies), compile });
}

void SweepContext::rest(int cell)
{
    if (!control.pause || !control.pause->paused() || stopped())
        return;
    progress(cell, CellPhase::Paused);
    control.pause->wait(control.stop);
}

} // namespace core
