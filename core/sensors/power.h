// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sensors/figure.h"

#include <chrono>
#include <memory>
#include <string>

namespace core {

/// A meter of energy: reads a counter, answers in joules since it was made.
class PowerMeter {
public:
    virtual ~PowerMeter() = default;
    /// Joules since construction; unknown with the reason when the counter cannot be read (any more).
    virtual Figure joules() = 0;
    virtual std::string source() const = 0;
    /// How often it has something new; 0: nobody says.
    virtual std::chrono::nanoseconds updatePeriod() const { return {}; }

    /// A stretch of time begins whose energy will be asked for: time before that in which a meter of watts
    /// was not read does not count against it. Counters miss nothing.
    virtual void restart() { }
    /// The last reading of meters that are asked for watts; counters have none.
    virtual std::optional<double> watts() const { return {}; }
    /// What readers of the figures must know, once: "3 lines of meter.csv could not be read."; empty:
    /// nothing.
    virtual std::string takeRemark() { return {}; }
};

/// What was found when looking for a meter: one of the two is set.
struct PowerMeterOr {
    std::unique_ptr<PowerMeter> meter;
    std::string
        unavailable; // "No CPU power reading: /sys/class/powercap has no RAPL zone (a virtual machine?)"
};

/// RAPL packages through powercap under `root` (tests hand in a fake tree), wrap-around handled exactly; else
/// through perf's power events.
PowerMeterOr openRapl(const std::string& root = "/");

/// The whole machine: a power meter of the firmware (hwmon), RAPL's platform counter, or the batteries while
/// they are what feeds it.
PowerMeterOr openSystemPower(const std::string& root = "/");

/// NVML's total energy counter; `uuid` as in openNvmlDevice().
PowerMeterOr openNvml(const std::string& uuid = {});

/// Resident bytes of this process now, and its peak since resetPeakResident().
std::size_t residentBytes();
Figure peakResidentBytes();
/// Resets the kernel's high-water mark (/proc/self/clear_refs); false when it may not be reset.
bool resetPeakResident();

} // namespace core
