// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sensors/figure.h"

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
};

/// What was found when looking for a meter: one of the two is set.
struct PowerMeterOr {
    std::unique_ptr<PowerMeter> meter;
    std::string
        unavailable; // "No CPU power reading: /sys/class/powercap has no RAPL zone (a virtual machine?)"
};

/// RAPL package zones through powercap under `root` (tests hand in a fake tree); wrap-around handled exactly.
PowerMeterOr openRapl(const std::string& root = "/");

/// NVML's total energy counter; `uuid` as in openNvmlDevice().
PowerMeterOr openNvml(const std::string& uuid = {});

/// Resident bytes of this process now, and its peak since resetPeakResident().
std::size_t residentBytes();
Figure peakResidentBytes();
/// Resets the kernel's high-water mark (/proc/self/clear_refs); false when it may not be reset.
bool resetPeakResident();

} // namespace core
