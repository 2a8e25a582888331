// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sweep_sensors.h"

#include "core/sensors/power.h"

#include <algorithm>

namespace core {

SweepSensors::SweepSensors(const Machine& machine, const std::string& gpuUuid)
    : m_cpuPower(machine.cpuMeter())
    , m_gpuPower(machine.gpuMeter(gpuUuid))
    , m_gpu(machine.gpuMonitor(gpuUuid))
{
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
