// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/measure/pause.h"
#include "core/measure/recorded_cell.h"
#include "core/measure/sweep_spec.h"
#include "core/model/model.h"
#include "core/model/shape_inference.h"
#include "core/sensors/cpu_monitor.h"
#include "core/sensors/gpu_monitor.h"
#include "core/sensors/power.h"

#include <functional>
#include <optional>
#include <span>
#include <stop_token>

namespace core {

using EventSink = std::function<void(const SweepEvent&)>;

/// What a process of its own is for: kernels within an instruction set, which are chosen once in the life of
/// one; a device whose errors stay with the process that met them. It is ended when it says nothing for
/// `silence`; 0: it may take any time.
struct ChildNeeds {
    InstructionSet isa = InstructionSet::All;
    std::chrono::milliseconds silence { 0 };
};

/// Runs a sweep in another process and emits its events as they happen on the calling thread. Throws Error
/// when that process fails.
using ChildSweep = std::function<void(
    const ChildNeeds& needs, const SweepSpec& spec, std::stop_token stop, const EventSink& emit)>;

/// What a sweep asks of the machine it runs on. Tests hand in their own.
struct Machine {
    std::function<Environment()> environment = [] { return readEnvironment(); };
    std::function<PowerMeterOr()> cpuMeter = [] { return openRapl(); };
    std::function<PowerMeterOr(const std::string& uuid)> gpuMeter
        = [](const auto& id) { return openNvml(id); };
    std::function<GpuMonitorOr(const std::string& uuid)> gpuMonitor
        = [](const auto& id) { return openGpuMonitor(id); };
    /// Of the whole machine.
    std::function<PowerMeterOr()> systemMeter = [] { return openSystemPower(); };
    std::function<CpuMonitor()> cpuMonitor = [] { return CpuMonitor(); };
    /// How long meters are read at rest before the first cell; 0: idle power stays unknown.
    std::chrono::milliseconds rest { 0 };
    /// Bytes that are free for a CPU cell; nullopt: unknown, nothing is held back.
    std::function<std::optional<std::size_t>()> freeMemory;
    /// For cells with another instruction set than this process's, which fail where it is empty, and for
    /// cells of devices that want a process of their own, which are then measured here.
    /// Each sweep asks for one of its own: it may keep a process from one cell to the next.
    std::function<ChildSweep()> child;
    Machine();
};

/// What a sweep can be told while it runs, and what it need not measure again.
struct SweepControl {
    std::stop_token stop;
    PauseGate* pause = nullptr;
    /// Cells of an earlier run that this one goes on with; nullopt for those to measure. Their figures say
    /// where they are from.
    std::function<std::optional<RecordedCell>(const CellKey&)> earlier;

    SweepControl(std::stop_token token = {})
        : stop(std::move(token))
    {
    }
};

/// Opens the model, optimises it and measures every cell in turn on the calling thread; `emit` gets the run
/// as events on that thread. Where the rule has blocks, cells of a batch take turns. A cell that fails
/// becomes CellFailed and the sweep goes on; a stop ends the running cell between two runs and cancels the
/// rest; a pause holds it there, or before the next cell where another process measures. RunFinished always
/// comes. Throws Error only when nothing could start (bad model, bad spec): then no event was emitted.
void runSweep(const SweepSpec& spec, std::span<Engine* const> engines, SweepControl control,
    const EventSink& emit, const Machine& machine = {});

/// Inputs for one cell, in the graph's order and of the shapes that inference found. Throws Error when it has
/// none for them.
using InputMaker = std::function<std::vector<Tensor>(const Graph& graph, const Shapes& shapes)>;

/// The same for a model that is open already. Inputs come from `inputs`; without it they are made from the
/// spec's seed.
void runSweep(const SweepSpec& spec, const Model& model, std::span<Engine* const> engines,
    SweepControl control, const EventSink& emit, const Machine& machine = {}, const InputMaker& inputs = {});

} // namespace core
