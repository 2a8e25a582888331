// SPDX-License-Identifier: GPL-3.0-or-later
// What a GPU was doing, as JSON: only what is known is there.
#include "core/record/json_fields.h"

namespace core {

namespace {

constexpr std::pair<const char*, std::optional<double> GpuReading::*> kReadings[] {
    { "sm_clock_mhz", &GpuReading::smClockMhz }, { "memory_clock_mhz", &GpuReading::memoryClockMhz },
    { "temperature_c", &GpuReading::temperatureC },
    { "utilisation_percent", &GpuReading::utilisationPercent },
    { "memory_used_bytes", &GpuReading::memoryUsedBytes },
    { "power_instant_watts", &GpuReading::powerInstantWatts },
    { "power_average_watts", &GpuReading::powerAverageWatts }
};

constexpr std::pair<const char*, std::optional<GpuConditions::Range> GpuConditions::*> kRanges[] {
    { "sm_clock_mhz", &GpuConditions::smClockMhz }, { "memory_clock_mhz", &GpuConditions::memoryClockMhz },
    { "temperature_c", &GpuConditions::temperatureC }
};

} // namespace

Json toJson(const GpuReading& reading)
{
    Json json = Json::object();
    for (const auto& [key, member] : kReadings) {
        if (reading.*member)
            json[key] = *(reading.*member);
    }
    if (reading.clockEvents)
        json["clock_events"] = *reading.clockEvents;
    return json;
}

GpuReading gpuReadingOf(const Json& json)
{
    GpuReading reading;
    for (const auto& [key, member] : kReadings) {
        if (memberOrNull(json, key))
            reading.*member = realOf(json, key);
    }
    if (memberOrNull(json, "clock_events"))
        reading.clockEvents = integerOf<std::uint64_t>(json, "clock_events");
    return reading;
}

Json toJson(const GpuConditions& conditions)
{
    Json json = Json::object();
    for (const auto& [key, member] : kRanges) {
        if (const auto& range = conditions.*member)
            json[key] = { { "low", range->low }, { "high", range->high } };
    }
    json["clock_events"] = conditions.clockEvents;
    json["readings"] = conditions.readings;
    if (!conditions.unknown.empty())
        json["unknown"] = conditions.unknown;
    return json;
}

GpuConditions gpuConditionsOf(const Json& json)
{
    GpuConditions conditions;
    for (const auto& [key, member] : kRanges) {
        if (const Json* range = memberOrNull(json, key))
            conditions.*member = GpuConditions::Range { realOf(*range, "low"), realOf(*range, "high") };
    }
    conditions.clockEvents = integerOf<std::uint64_t>(json, "clock_events");
    conditions.readings = integerOf<int>(json, "readings");
    if (memberOrNull(json, "unknown"))
        conditions.unknown = textOf(json, "unknown");
    return conditions;
}

} // namespace core
