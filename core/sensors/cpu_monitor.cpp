// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/cpu_monitor.h"

#include "core/sensors/cpu_time.h"
#include "core/sensors/system_files.h"
#include "core/sensors/text_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

constexpr const char* kCpus = "sys/devices/system/cpu";
constexpr const char* kThermal = "sys/class/thermal";
/// What lies beyond is no temperature of a working processor, but a sensor that is not connected.
constexpr double kColdest = -50, kHottest = 150;
/// The same of a clock: over 20 GHz.
constexpr double kFastestKhz = 20e6;

/// Thousandths of a degree in a file.
std::optional<double> degrees(const std::string& root, const std::string& path)
{
    const FileNumber number = readNumber(root, path);
    if (!number.value)
        return {};
    const double celsius = *number.value / 1000;
    return celsius > kColdest && celsius < kHottest ? std::optional(celsius) : std::nullopt;
}

/// Whether the sensor `file` of a driver is the package's and not a core's.
bool ofPackage(const std::string& driver, const std::string& label)
{
    if (driver == "coretemp")
        return label.starts_with("Package id");
    return (driver == "k10temp" || driver == "zenpower") && label == "Tctl";
}

} // namespace

CpuMonitor::CpuMonitor(std::string root, std::vector<int> cpus)
    : m_root(std::move(root))
{
    m_clock.rights = m_temperature.rights = kNoRights;
    findClocks(cpus.empty() ? affinity() : cpus);
    findTemperatures();
}

void CpuMonitor::findClocks(const std::vector<int>& cpus)
{
    std::string why = "this process may run on no CPU that is known";
    for (const int cpu : cpus) {
        const std::string path = fmt::format("{}/cpu{}/cpufreq/scaling_cur_freq", kCpus, cpu);
        if (const FileNumber number = readNumber(m_root, path); number.value)
            m_clockFiles.push_back(path);
        else
            why = number.why;
    }
    if (m_clockFiles.empty())
        m_clock.unavailable = fmt::format("No CPU clock: {} (a virtual machine?).", why);
    else
        m_clock.source
            = fmt::format("cpufreq, {} CPU{}", m_clockFiles.size(), m_clockFiles.size() == 1 ? "" : "s");
}

void CpuMonitor::findTemperatures()
{
    std::string driver;
    for (const std::string& folder : hwmonFolders(m_root)) {
        driver = textOrEmpty(m_root, folder + "/name");
        for (const std::string& file : filesBetween(m_root, folder, "temp", "_input")) {
            const std::string label = file.substr(0, file.size() - std::string("input").size()) + "label";
            if (ofPackage(driver, textOrEmpty(m_root, label)) && degrees(m_root, file))
                m_temperatureFiles.push_back(file);
        }
        if (!m_temperatureFiles.empty())
            break;
    }
    if (m_temperatureFiles.empty()) {
        for (const std::string& zone : foldersIn(m_root, kThermal)) {
            if (textOrEmpty(m_root, zone + "/type") == "x86_pkg_temp" && degrees(m_root, zone + "/temp"))
                m_temperatureFiles.push_back(zone + "/temp");
        }
        driver = "x86_pkg_temp";
    }
    if (m_temperatureFiles.empty())
        m_temperature.unavailable
            = fmt::format("No CPU temperature: {} and {} have no sensor of a package (a virtual machine?).",
                below(m_root, kHwmon), below(m_root, kThermal));
    else
        m_temperature.source = driver + (driver == "x86_pkg_temp" ? ", thermal zone" : ", hwmon");
}

CpuReading CpuMonitor::read() const
{
    CpuReading reading;
    readClocks(reading);
    for (const std::string& file : m_temperatureFiles) {
        if (const auto celsius = degrees(m_root, file))
            reading.temperatureC = std::max(reading.temperatureC.value_or(*celsius), *celsius);
    }
    return reading;
}

void CpuMonitor::readClocks(CpuReading& reading) const
{
    std::vector<double> clocks;
    for (const std::string& file : m_clockFiles) {
        const FileNumber khz = readNumber(m_root, file);
        if (khz.value && *khz.value > 0 && *khz.value < kFastestKhz)
            clocks.push_back(*khz.value / 1000);
    }
    if (clocks.empty())
        return;
    std::ranges::sort(clocks);
    reading.clockMhz = clocks[(clocks.size() - 1) / 2]; // nearest rank
    reading.clockLowMhz = clocks.front();
    reading.clockHighMhz = clocks.back();
}

} // namespace core
