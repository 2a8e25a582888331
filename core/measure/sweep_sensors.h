// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/measure/energy.h"
#include "core/measure/gpu_conditions.h"
#include "core/measure/run_clock.h"
#include "core/measure/sweep.h"

namespace core {

/// The sensors of a sweep, and what they showed during the running cell. Read on the measuring thread,
/// between two runs.
class SweepSensors {
public:
    /// `gpuUuid` names the GPU that is measured; empty: the first.
    SweepSensors(const Machine& machine, const std::string& gpuUuid);

    Figure aboutCpuPower() const { return m_cpuPower.about(); }
    Figure aboutGpuPower() const { return m_gpuPower.about(); }

    /// Reads the meters for `time`, before anything is measured, and passes on the readings; not at all where
    /// there is no meter. Ends early when `stop` is asked for.
    void rest(
        std::chrono::milliseconds time, const std::stop_token& stop, RunClock& clock, const EventSink& emit);

    /// Adds what is known from the rest: idle power, and energy beyond it.
    CellFinished withIdle(CellFinished end, DeviceKind kind) const;

    /// A cell begins: peaks and conditions start anew.
    void begin(DeviceKind kind);
    /// Energy before and after the measuring loop, and one reading more.
    void beginLoop();
    void endLoop();
    /// The loop rests: what is used until resumeLoop() is no part of its energy.
    void pauseLoop();
    void resumeLoop();
    LoopEnergy energy(Nanoseconds loop, double inferences) const
    {
        return loopEnergy(m_before, m_after, loop, inferences);
    }

    SensorReading read(Nanoseconds now);

    Figure peakResident() const;
    const GpuConditions& gpuConditions() const { return m_conditions; }

private:
    EnergyGauge& gauge() { return m_kind == DeviceKind::Cpu ? m_cpuPower : m_gpuPower; }
    std::optional<GpuReading> readGpu();

    EnergyGauge m_cpuPower, m_gpuPower;
    Figure m_cpuIdle = Figure::missing("Idle power was not measured.");
    Figure m_gpuIdle = m_cpuIdle; // watts
    GpuMonitorOr m_gpu;
    DeviceKind m_kind = DeviceKind::Cpu;
    Figure m_before, m_after, m_paused; // joules
    GpuConditions m_conditions;
    std::size_t m_mostResident = 0;
    bool m_peakReset = false; // else the kernel's high-water mark is of before, too
};

} // namespace core
