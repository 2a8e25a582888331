// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

namespace core {

/// A sensor that was looked for: where it is read, what that takes, how often it has something new; or why
/// there is none.
struct SensorInfo {
    std::string what; // "CPU power"
    std::string source; // "RAPL package-0, powercap"; empty when there is none
    std::string rights; // what reading it takes: "none", "root, or sudo chmod a+r ..."
    std::chrono::nanoseconds updatePeriod {}; // of its own; 0: as often as it is read, or nobody says
    std::string unavailable; // one sentence, empty where there is one

    bool operator==(const SensorInfo&) const = default;
};

/// What a sensor takes, in the words of the list.
inline constexpr const char* kNoRights = "none";
inline constexpr const char* kRaplRights
    = "root, or sudo chmod a+r /sys/class/powercap/*/energy_uj, or perf events "
      "(CAP_PERFMON, or sysctl kernel.perf_event_paranoid=0)";
inline constexpr const char* kHwmonRights
    = "root, or sudo chmod a+r /sys/class/hwmon/*/power*; an external meter (--power-meter) takes none";

} // namespace core
