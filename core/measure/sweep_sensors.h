// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/measure/disturbance.h"
#include "core/measure/energy.h"
#include "core/measure/energy_windows.h"
#include "core/measure/gpu_conditions.h"
#include "core/measure/run_clock.h"
#include "core/measure/sensor_pace.h"
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
    std::vector<SensorInfo> list() const;

    /// Reads the meters for `time`, before anything is measured, and passes on the readings; not at all where
    /// there is no meter. Ends early when `stop` is asked for.
    void rest(
        std::chrono::milliseconds time, const std::stop_token& stop, RunClock& clock, const EventSink& emit);

    /// Adds what is known from the rest: idle power, and energy beyond it.
    CellFinished withIdle(CellFinished end, DeviceKind kind) const;

    /// A cell begins: peaks and conditions start anew.
    void begin(DeviceKind kind);
    /// Energy before and after the measuring loop, and one reading more.
    void beginLoop(Nanoseconds now);
    void endLoop(Nanoseconds now);
    /// The loop rests: what is used until resumeLoop() is no part of its energy.
    void pauseLoop();
    void resumeLoop();
    /// Adds what the sensors say of the loop: power and energy with their interval, of the device and of the
    /// whole machine, conditions, memory, and how long reading all that took. `end.measured` is set.
    CellFinished withLoop(CellFinished end, double inferences);

    /// New samples of the loop, and a reading with what they tell.
    SensorReading read(Nanoseconds now, std::span<const TimedSample> samples, double inferences);
    SensorReading read(Nanoseconds now);

    /// A cell that is measured in another process has its sensors there, but the meter of the whole machine
    /// is read here, as there may be one reader only: each event of that cell comes by on its way.
    /// beginChild() comes first.
    void beginChild() { m_inChild = false; }
    SweepEvent besides(SweepEvent event, Nanoseconds now, std::int64_t itemsARun);

private:
    EnergyGauge& gauge() { return m_kind == DeviceKind::Cpu ? m_cpuPower : m_gpuPower; }
    Figure peakResident() const;
    std::optional<GpuReading> readGpu();
    std::optional<double> systemWatts(Nanoseconds now);
    void beginSystem();
    void addSystem(CellFinished& end, double inferences);

    EnergyGauge m_cpuPower, m_gpuPower, m_systemPower;
    Figure m_cpuIdle = Figure::missing("Idle power was not measured.");
    Figure m_gpuIdle = m_cpuIdle; // watts
    GpuMonitorOr m_gpu;
    CpuMonitor m_cpu;
    SensorPace m_cpuPowerPace, m_gpuPowerPace, m_systemPace, m_gpuPace, m_cpuPace;
    DeviceKind m_kind = DeviceKind::Cpu;
    Nanoseconds m_loopEnd {};
    Figure m_before, m_after, m_systemBefore, m_systemAfter, m_paused, m_systemPaused; // joules
    EnergyWindows m_windows;
    RecentHiccups m_hiccups;
    std::chrono::nanoseconds m_spent {}; // on reading in this loop
    bool m_inChild = false; // between a child's first run and its end
    double m_childItems = 0;
    GpuConditions m_conditions;
    std::size_t m_mostResident = 0;
    bool m_peakReset = false; // else the kernel's high-water mark is of before, too
};

} // namespace core
