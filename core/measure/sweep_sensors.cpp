// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sweep_sensors.h"

#include "core/sensors/power.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace core {

namespace {

constexpr const char* kGpuRights = "none (NVIDIA's driver)";

/// Adds the time until its end to a sum.
class Stopwatch {
public:
    explicit Stopwatch(std::chrono::nanoseconds& sum)
        : m_sum(sum)
    {
    }
    ~Stopwatch() { m_sum += std::chrono::steady_clock::now() - m_begin; }

private:
    std::chrono::nanoseconds& m_sum;
    const std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now();
};

} // namespace

SweepSensors::SweepSensors(const Machine& machine, const std::string& gpuUuid)
    : m_cpuPower(machine.cpuMeter())
    , m_gpuPower(machine.gpuMeter(gpuUuid))
    , m_systemPower(machine.systemMeter())
    , m_gpu(machine.gpuMonitor(gpuUuid))
    , m_cpu(machine.cpuMonitor())
{
}

std::vector<SensorInfo> SweepSensors::list() const
{
    SensorInfo state { .what = "GPU state", .rights = kGpuRights, .unavailable = m_gpu.unavailable };
    if (m_gpu.monitor)
        state.source = "NVML: clocks, temperature, power, memory";
    return { m_cpuPower.info("CPU power", kRaplRights), m_gpuPower.info("GPU power", kGpuRights),
        m_systemPower.info("machine power", kHwmonRights), m_cpu.clock(), m_cpu.temperature(),
        std::move(state),
        { .what = "memory", .source = "resident size, /proc/self/statm", .rights = kNoRights },
        { .what = "load of others",
            .source = "/proc/stat less our own CPU time",
            .rights = kNoRights,
            .updatePeriod = std::chrono::milliseconds(10) } };
}

void SweepSensors::rest(
    std::chrono::milliseconds time, const std::stop_token& stop, RunClock& clock, const EventSink& emit)
{
    constexpr std::chrono::milliseconds kEvery { 50 };
    const bool metered = m_cpuPower.meter() || m_gpuPower.meter() || m_systemPower.meter();
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

void SweepSensors::beginLoop(Nanoseconds now)
{
    beginSystem();
    m_before = gauge().joules();
    m_windows.begin(now, m_before);
    m_hiccups = {};
    readGpu();
    m_spent = {};
}

void SweepSensors::endLoop(Nanoseconds now)
{
    m_after = gauge().joules();
    m_systemAfter = m_systemPower.joules();
    m_loopEnd = now;
    readGpu();
}

void SweepSensors::beginSystem()
{
    if (PowerMeter* meter = m_systemPower.meter())
        meter->restart();
    m_systemBefore = m_systemPower.joules();
}

CellFinished SweepSensors::withLoop(CellFinished end, double inferences)
{
    m_windows.add(m_loopEnd, m_after, inferences);
    const LoopEnergy energy = loopEnergy(m_before, m_after, end.measured, inferences);
    end.powerMeanWatts = energy.meanWatts;
    end.energyPerInferenceJoules = energy.joulesPerInference;
    const auto bounds = m_windows.bounds();
    const Figure& joules = energy.joulesPerInference; // without it there is no interval, for its reason
    end.energyLowJoules = joules ? bounds.low : joules;
    end.energyHighJoules = joules ? bounds.high : joules;
    addSystem(end, inferences);
    end.peakResidentBytes = peakResident();
    end.gpu = m_conditions;
    end.sensorSeconds = std::chrono::duration<double>(m_spent).count();
    return end;
}

void SweepSensors::addSystem(CellFinished& end, double inferences)
{
    LoopEnergy system = loopEnergy(m_systemBefore, m_systemAfter, end.measured, inferences);
    PowerMeter* meter = m_systemPower.meter();
    if (const std::string remark = meter ? meter->takeRemark() : std::string(); !remark.empty()) {
        for (Figure* figure : { &system.meanWatts, &system.joulesPerInference })
            (*figure ? figure->source : figure->unknown) += " (" + remark + ")";
    }
    end.systemPowerMeanWatts = system.meanWatts;
    end.systemEnergyPerInferenceJoules = system.joulesPerInference;
}

SensorReading SweepSensors::read(Nanoseconds now, std::span<const TimedSample> samples, double inferences)
{
    const Stopwatch watch(m_spent);
    SensorReading reading = read(now);
    reading.lostPercent = m_hiccups.percent(samples);
    m_windows.add(now, gauge().lastJoules(), inferences);
    return reading;
}

void SweepSensors::pauseLoop()
{
    m_paused = gauge().joules();
    m_systemPaused = m_systemPower.joules();
}

void SweepSensors::resumeLoop()
{
    const auto leaveOut = [](Figure& before, const Figure& paused, const Figure& now) {
        if (!now || !paused)
            before = Figure::missing(now ? paused.unknown : now.unknown);
        else if (before)
            *before.value += *now.value - *paused.value;
    };
    const Figure now = gauge().joules();
    leaveOut(m_before, m_paused, now);
    if (now && m_paused)
        m_windows.leaveOut(*now.value - *m_paused.value);
    if (PowerMeter* meter = m_systemPower.meter())
        meter->restart();
    leaveOut(m_systemBefore, m_systemPaused, m_systemPower.joules());
}

SensorReading SweepSensors::read(Nanoseconds now)
{
    const std::size_t resident = residentBytes();
    m_mostResident = std::max(m_mostResident, resident);
    const auto watts = [&](EnergyGauge& gauge, SensorPace& pace) {
        return pace.due(now) ? pace.timed(now, [&] { return gauge.watts(now); })
                             : Figure::missing("Read less often, as it is slow to read.");
    };
    SensorReading reading { now, watts(m_cpuPower, m_cpuPowerPace), watts(m_gpuPower, m_gpuPowerPace),
        resident };
    if (m_gpuPace.due(now))
        reading.gpu = m_gpuPace.timed(now, [&] { return readGpu(); });
    if (m_cpuPace.due(now))
        reading.cpu = m_cpuPace.timed(now, [&] { return m_cpu.read(); });
    reading.systemWatts = systemWatts(now);
    return reading;
}

/// What the meter says where it says watts; else the mean since the reading before.
std::optional<double> SweepSensors::systemWatts(Nanoseconds now)
{
    const PowerMeter* meter = m_systemPower.meter();
    if (!meter || !m_systemPace.due(now))
        return {};
    const Figure mean = m_systemPace.timed(now, [&] { return m_systemPower.watts(now); });
    const auto said = meter->watts();
    return said ? said : mean.value;
}

SweepEvent SweepSensors::besides(SweepEvent event, Nanoseconds now, std::int64_t itemsARun)
{
    if (const auto* progress = std::get_if<CellProgress>(&event)) {
        if (progress->phase == CellPhase::Measuring && !std::exchange(m_inChild, true)) {
            beginSystem();
            m_childItems = 0;
        }
    } else if (const auto* taken = std::get_if<SamplesTaken>(&event)) {
        m_childItems += static_cast<double>(taken->samples.size()) * static_cast<double>(itemsARun);
    } else if (auto* reading = std::get_if<SensorReading>(&event)) {
        if (const auto watts = systemWatts(now))
            reading->systemWatts = watts;
    } else if (auto* end = std::get_if<CellFinished>(&event)) {
        m_inChild = false;
        m_systemAfter = m_systemPower.joules();
        addSystem(*end, m_childItems);
    }
    return event;
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
