// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sensors/power.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace core {

using SteadyNow = std::function<std::chrono::steady_clock::time_point()>;

/// A counter of perf that was opened: reads it, nullopt when it cannot be read any more; or why it was not.
struct PerfCounter {
    std::function<std::optional<std::uint64_t>()> read;
    std::string why; // "permission denied"
};
/// Opens the event `config` of the PMU `type` on `cpu`, for all processes.
using OpenPerf = std::function<PerfCounter(std::uint32_t type, std::uint64_t config, int cpu)>;
PerfCounter openPerfCounter(std::uint32_t type, std::uint64_t config, int cpu);

/// openRapl() with a clock and counters of the caller's, for tests of what time does to a meter.
PowerMeterOr openRapl(const std::string& root, SteadyNow now, const OpenPerf& perf);

/// Each of the two roads alone; `unavailable` is then half a sentence.
PowerMeterOr openRaplPowercap(const std::string& root, SteadyNow now);
PowerMeterOr openRaplPerf(const std::string& root, SteadyNow now, const OpenPerf& perf);

/// The zone "psys" of powercap: the whole machine's counter where its maker connected it.
PowerMeterOr openRaplPlatform(const std::string& root, SteadyNow now);

/// A package draws watts even when idle and its counter moves every millisecond: one that stands still for as
/// long as this is not connected to anything (seen in virtual machines).
inline constexpr std::chrono::seconds kStandstill { 2 };

} // namespace core
