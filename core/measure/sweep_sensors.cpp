// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sweep_sensors.h"

#include "core/sensors/power.h"

#include <algorithm>
#include <thread>

namespace core {

SweepSensors::SweepSensors(const Machine& machine, const std::string& gpuUuid)
    : m_cpuPower(machine.cpuMeter())
    , m_gpuPower(machine.gpuMeter(gpuUuid))
    , m_gpu(machine.gpuMonitor(gpuUuid))
{
}

void SweepSensors::rest(
    std::chrono::milliseconds time, const std::stop_token& stop, RunClock& clock, const EventSink& emit)
{
    constexpr std::chrono::milliseconds kEvery { 50 };
    const bool metered = !m_cpuPower.about().source.empty() || !m_gpuPower.about().source.empty();
    if (time.count() == 0 || !metered)
        return;
    const Figure cpu = m_cpuPower.joules(), gpu = m_gpuPower.joules();
    const Nanoseconds begin = clock.now();
    while (!stop.stop_requested() && clock.now() - begin < time) {
        std::this_thread::sleep_for(std::min<Nanoseconds>(kEvery, time));
        emit(read(clock.now()));
    }
    const Nanoseconds rested = clock.now() - begin;
    m_cpuIdle = loopEnergy(cpu, m_cpuPower.joules(), rested, 1).meanWatts;
    m_gpuIdle = loopEnergy(gpu, m_gpuPower.joules(), rested, 1).meanWatts;
}

CellFinished SweepSensors::withIdle(CellFinished end, DeviceKind kind) const
{
    end.idleWatts = kind == DeviceKind::Cpu ? m_cpuIdle : m_gpuIdle;
    end.marginalEnergyPerInferenceJoules
        = marginalEnergy(end.energyPerInferenceJoules, end.powerMeanWatts, end.idleWatts);
    return end;
}

void SweepSensors::begin(DeviceKind kind)
{
    m_kind = kind;
    m_conditions = {};
    if (kind == DeviceKind::Gpu)
        m_conditions.unknown = m_gpu.unavailable;
    m_peakReset = resetPeakResident();
    m_mostResident = residentBytes();
}

void SweepSensors::beginLoop()
{
    m_before = gauge().joules();
    readGpu();
}

void SweepSensors::endLoop()
{
    m_after = gauge().joules();
    readGpu();
}

void SweepSensors::pauseLoop()
{
    m_paused = gauge().joules();
}

void SweepSensors::resumeLoop()
{
    const Figure now = gauge().joules();
    if (!now || !m_paused)
        m_before = Figure::missing(now ? m_paused.unknown : now.unknown);
    else if (m_before)
        *m_before.value += *now.value - *m_paused.value;
}

SensorReading SweepSensors::read(Nanoseconds now)
{
    const std::size_t resident = residentBytes();
    m_mostResident = std::max(m_mostResident, resident);
    return { now, m_cpuPower.watts(now), m_gpuPower.watts(now), resident, readGpu() };
}

std::optional<GpuReading> SweepSensors::readGpu()
{
    if (!m_gpu.monitor)
        return std::nullopt;
    const GpuReading reading = m_gpu.monitor->read();
    if (m_kind == DeviceKind::Gpu)
        m_conditions.add(reading);
    return reading;
}

Figure SweepSensors::peakResident() const
{
    if (m_peakReset)
        return peakResidentBytes();
    return Figure::known(
        static_cast<double>(m_mostResident), "resident size of /proc/self/statm, read every 50 ms");
}

} // namespace core
