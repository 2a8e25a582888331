// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/gpu_conditions.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

void widen(std::optional<GpuConditions::Range>& range, const std::optional<double>& value)
{
    if (!value)
        return;
    if (!range)
        range = { *value, *value };
    range->low = std::min(range->low, *value);
    range->high = std::max(range->high, *value);
}

void widen(std::optional<GpuConditions::Range>& range, const std::optional<GpuConditions::Range>& other)
{
    if (!other)
        return;
    widen(range, other->low);
    widen(range, other->high);
}

std::string text(const GpuConditions::Range& range)
{
    return range.low == range.high ? fmt::format("{:.0f}", range.low)
                                   : fmt::format("{:.0f}-{:.0f}", range.low, range.high);
}

} // namespace

void GpuConditions::add(const GpuReading& reading)
{
    ++readings;
    widen(smClockMhz, reading.smClockMhz);
    widen(memoryClockMhz, reading.memoryClockMhz);
    widen(temperatureC, reading.temperatureC);
    clockEvents |= reading.clockEvents.value_or(0);
}

void GpuConditions::add(const GpuConditions& other)
{
    readings += other.readings;
    widen(smClockMhz, other.smClockMhz);
    widen(memoryClockMhz, other.memoryClockMhz);
    widen(temperatureC, other.temperatureC);
    clockEvents |= other.clockEvents;
    if (unknown.empty())
        unknown = other.unknown;
}

std::string describe(const GpuConditions& conditions)
{
    std::string words;
    const auto add = [&](const std::string& part) { words += (words.empty() ? "" : ", ") + part; };
    if (conditions.smClockMhz)
        add(fmt::format("SM {} MHz", text(*conditions.smClockMhz)));
    if (conditions.memoryClockMhz)
        add(fmt::format("memory {} MHz", text(*conditions.memoryClockMhz)));
    if (conditions.temperatureC)
        add(fmt::format("{} °C", text(*conditions.temperatureC)));
    if (const std::string events = clockEventWords(conditions.clockEvents); !events.empty())
        words += (words.empty() ? "" : "; ") + events;
    return words;
}

} // namespace core
