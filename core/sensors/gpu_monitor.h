// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace core {

/// What a GPU was doing at one moment; what its driver does not tell is unset.
struct GpuReading {
    std::optional<double> smClockMhz, memoryClockMhz, temperatureC;
    std::optional<double> utilisationPercent; // of time in which a kernel ran, over the driver's last period
    std::optional<double> memoryUsedBytes; // by all processes
    std::optional<std::uint64_t> clockEvents; // NVML's clock event reasons, bits: see clockEventWords()
    std::optional<double> powerInstantWatts; // at this moment
    std::optional<double> powerAverageWatts; // over the last second

    bool operator==(const GpuReading&) const = default;
};

/// "power cap, thermal": why clocks were not at their highest; empty for none. The bits are nvml.h's
/// nvmlClocksEventReason constants.
std::string clockEventWords(std::uint64_t bits);

/// Whether something kept a GPU that had work from its highest clocks: a reason other than that it was idle.
bool heldBack(std::uint64_t bits);

/// Reads a GPU's state; takes tens of microseconds. Used by one thread.
class GpuMonitor {
public:
    virtual ~GpuMonitor() = default;
    virtual GpuReading read() = 0;
};

/// One of the two is set.
struct GpuMonitorOr {
    std::unique_ptr<GpuMonitor> monitor;
    std::string unavailable; // "No GPU clocks: libnvidia-ml.so.1 cannot be loaded (no NVIDIA driver?)."
};

/// Through NVML; `uuid` as in openNvmlDevice().
GpuMonitorOr openGpuMonitor(const std::string& uuid = {});

} // namespace core
