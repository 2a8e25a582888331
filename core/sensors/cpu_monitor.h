// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sensors/sensor_list.h"

#include <optional>
#include <string>
#include <vector>

namespace core {

/// What the processor was doing at one moment; what could not be read is unset.
struct CpuReading {
    std::optional<double> clockMhz; // median over the CPUs this process may run on
    std::optional<double> clockLowMhz, clockHighMhz; // the slowest and the fastest of them
    std::optional<double> temperatureC; // of the package, the hottest where there are several

    bool operator==(const CpuReading&) const = default;
};

/// Reads clocks (cpufreq) and temperature (hwmon, else a thermal zone). Looks for them when it is made; used
/// by one thread.
class CpuMonitor {
public:
    /// `root` is where /sys lies; tests hand in a fake tree. `cpus` are numbers of CPUs; empty: affinity().
    explicit CpuMonitor(std::string root = "/", std::vector<int> cpus = {});

    CpuReading read() const;

    /// For the list of sensors.
    const SensorInfo& clock() const { return m_clock; }
    const SensorInfo& temperature() const { return m_temperature; }

private:
    void findClocks(const std::vector<int>& cpus);
    void findTemperatures();
    void readClocks(CpuReading& reading) const;

    std::string m_root;
    std::vector<std::string> m_clockFiles, m_temperatureFiles; // below the root
    SensorInfo m_clock { .what = "CPU clock" }, m_temperature { .what = "CPU temperature" };
};

} // namespace core
