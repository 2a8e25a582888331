// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sensors/gpu_monitor.h"

#include <optional>
#include <string>

namespace core {

/// What a GPU was doing around a cell and during it: the ranges of all readings from before the first run to
/// after the last.
struct GpuConditions {
    struct Range {
        double low = 0, high = 0;
        bool operator==(const Range&) const = default;
    };
    std::optional<Range> smClockMhz, memoryClockMhz, temperatureC;
    std::uint64_t clockEvents = 0; // seen in any reading
    int readings = 0; // 0: nothing is known
    std::string unknown; // why; empty where it means nothing, as for CPU cells

    void add(const GpuReading& reading);
    /// What was seen around and during another part of the same cell.
    void add(const GpuConditions& other);
    bool operator==(const GpuConditions&) const = default;
};

/// "SM 1,830-1,980 MHz, memory 3,201 MHz, 41-55 °C; power cap"; empty when nothing is known.
std::string describe(const GpuConditions& conditions);

} // namespace core
