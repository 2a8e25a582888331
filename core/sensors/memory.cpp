// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/memory.h"

#include "core/sensors/cgroup.h"
#include "core/sensors/power.h"
#include "core/sensors/text_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace core {

namespace {

/// The number behind `key` at the start of a line: "VmHWM:   1912 kB", "inactive_file 4096".
std::optional<std::size_t> numberBehind(const std::string& text, std::string_view key)
{
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name;
        std::size_t number = 0;
        if (words >> name >> number && name == key)
            return number;
    }
    return {};
}

std::optional<std::size_t> kilobytesOf(const std::string& text, std::string_view key)
{
    const auto kilobytes = numberBehind(text, key);
    return kilobytes ? std::optional(*kilobytes * 1024) : std::nullopt;
}

std::optional<std::size_t> numberIn(const std::string& root, const std::string& path)
{
    const std::string text = textOrEmpty(root, path);
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return {}; // "max": no limit
    return value;
}

/// The least that this process's group and those around it leave.
std::optional<std::size_t> groupsLeave(
    const std::string& root, std::string_view controller, const char* limit, const char* usage)
{
    std::optional<std::size_t> least;
    for (const std::string& folder : groupFolders(root, controller)) {
        const auto most = numberIn(root, folder + "/" + limit), used = numberIn(root, folder + "/" + usage);
        if (!most || !used)
            continue;
        // File pages nobody needs now count as used but give way at once.
        const std::string stat = textOrEmpty(root, folder + "/memory.stat");
        const std::size_t idle = numberBehind(stat, "total_inactive_file")
                                     .value_or(numberBehind(stat, "inactive_file").value_or(0));
        const std::size_t left = *most - std::min(*most, *used - std::min(*used, idle));
        least = std::min(least.value_or(left), left);
    }
    return least;
}

} // namespace

std::optional<std::size_t> availableMemory(const std::string& root)
{
    auto available = kilobytesOf(textOrEmpty(root, "proc/meminfo"), "MemAvailable:");
    if (!available)
        return {};
    const auto limit = [&](std::optional<std::size_t> left) {
        if (left)
            available = std::min(*available, *left);
    };
    limit(groupsLeave(root, "", "memory.max", "memory.current"));
    limit(groupsLeave(root, "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"));
    return available;
}

std::string formatBytes(double bytes)
{
    constexpr const char* kUnits[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
    if (bytes < 1000)
        return fmt::format("{:.0f} bytes", bytes);
    std::size_t unit = 0;
    for (bytes /= 1000; bytes >= 999.95 && unit + 1 < std::size(kUnits); ++unit)
        bytes /= 1000;
    return fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::size_t residentBytes()
{
    std::size_t pages = 0, resident = 0;
    std::istringstream(textOrEmpty("/", "proc/self/statm")) >> pages >> resident;
    return resident * static_cast<std::size_t>(std::max(1L, sysconf(_SC_PAGESIZE)));
}

Figure peakResidentBytes()
{
    const auto peak = kilobytesOf(textOrEmpty("/", "proc/self/status"), "VmHWM:");
    if (!peak)
        return Figure::missing("/proc/self/status has no peak resident size (VmHWM).");
    return Figure::known(static_cast<double>(*peak), "VmHWM of /proc/self/status");
}

bool resetPeakResident()
{
    std::ofstream file("/proc/self/clear_refs");
    file << "5" << std::flush; // 5: the peak of the resident size, proc(5)
    return file.good();
}

} // namespace core
