// SPDX-License-Identifier: GPL-3.0-or-later
// Sensors and what they read, as JSON: only what is known is there.
#include "core/record/json_fields.h"

namespace core {

namespace {

constexpr std::pair<const char*, std::optional<double> CpuReading::*> kCpu[] {
    { "cpu_clock_mhz", &CpuReading::clockMhz }, { "cpu_clock_low_mhz", &CpuReading::clockLowMhz },
    { "cpu_clock_high_mhz", &CpuReading::clockHighMhz }, { "cpu_temperature_c", &CpuReading::temperatureC }
};

constexpr std::pair<const char*, std::optional<double> SensorReading::*> kOthers[] {
    { "system_watts", &SensorReading::systemWatts }, { "lost_percent", &SensorReading::lostPercent }
};

void read(const Json& json, const char* key, std::optional<double>& value)
{
    if (memberOrNull(json, key))
        value = realOf(json, key);
}

} // namespace

Json toJson(const SensorReading& reading)
{
    Json json {
        { "at_ns", reading.at.count() },
        { "cpu_watts", toJson(reading.cpuWatts) },
        { "gpu_watts", toJson(reading.gpuWatts) },
        { "resident_bytes", reading.residentBytes },
    };
    if (reading.gpu)
        json["gpu"] = toJson(*reading.gpu);
    for (const auto& [key, member] : kCpu) {
        if (reading.cpu.*member)
            json[key] = real(*(reading.cpu.*member));
    }
    for (const auto& [key, member] : kOthers) {
        if (reading.*member)
            json[key] = real(*(reading.*member));
    }
    return json;
}

SensorReading readingOf(const Json& json)
{
    SensorReading reading {
        .at = timeOf(json, "at_ns"),
        .cpuWatts = figureOf(json, "cpu_watts"),
        .gpuWatts = figureOf(json, "gpu_watts"),
        .residentBytes = integerOf<std::size_t>(json, "resident_bytes"),
        .gpu = memberOrNull(json, "gpu") ? std::optional(gpuReadingOf(member(json, "gpu"))) : std::nullopt,
    };
    for (const auto& [key, member] : kCpu) // not in old runs
        read(json, key, reading.cpu.*member);
    for (const auto& [key, member] : kOthers)
        read(json, key, reading.*member);
    return reading;
}

Json toJson(const SensorInfo& sensor)
{
    Json json { { "what", sensor.what }, { "rights", sensor.rights } };
    if (!sensor.source.empty())
        json["source"] = sensor.source;
    if (sensor.updatePeriod.count() > 0)
        json["update_period_ns"] = sensor.updatePeriod.count();
    if (!sensor.unavailable.empty())
        json["unavailable"] = sensor.unavailable;
    return json;
}

SensorInfo sensorOf(const Json& json)
{
    const auto text
        = [&](const char* key) { return memberOrNull(json, key) ? textOf(json, key) : std::string(); };
    SensorInfo sensor { .what = textOf(json, "what"),
        .source = text("source"),
        .rights = text("rights"),
        .unavailable = text("unavailable") };
    if (memberOrNull(json, "update_period_ns"))
        sensor.updatePeriod = timeOf(json, "update_period_ns");
    return sensor;
}

} // namespace core
