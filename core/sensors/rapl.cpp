// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/rapl.h"

#include "core/error.h"
#include "core/sensors/text_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <vector>

namespace core {

namespace {

using namespace std::chrono_literals;
using TimePoint = std::chrono::steady_clock::time_point;

constexpr const char* kFolder = "sys/class/powercap";
/// A package draws watts even when idle and its counter moves every millisecond: one that stands still for as
/// long as this is not connected to anything (seen in virtual machines).
constexpr auto kStandstill = 2s;

struct Reading {
    std::optional<std::uint64_t> value;
    std::string why;
};

Reading readNumber(const std::string& root, const std::string& path)
{
    const TextFile file = readTextFile(root, path);
    if (!file.text)
        return { {}, file.why };
    std::uint64_t value = 0;
    const auto [end, error]
        = std::from_chars(file.text->data(), file.text->data() + file.text->size(), value);
    if (error != std::errc() || end != file.text->data() + file.text->size())
        return { {}, below(root, path) + ": is not a number" };
    return { value, {} };
}

/// One package's counter of microjoules.
struct Zone {
    std::string path; // "sys/class/powercap/intel-rapl:0"
    std::string name; // "package-0"
    std::uint64_t range = 0; // the counter runs from 0 to this, then from 0 again
    std::uint64_t last = 0;
    std::uint64_t used = 0; // since the meter was made
};

class Rapl final : public PowerMeter {
public:
    Rapl(std::string root, std::vector<Zone> zones, SteadyNow now)
        : m_root(std::move(root))
        , m_zones(std::move(zones))
        , m_now(std::move(now))
        , m_moved(m_now())
    {
    }

    Figure joules() override
    {
        std::uint64_t total = 0;
        bool moved = false;
        for (Zone& zone : m_zones) {
            const Reading reading = readNumber(m_root, zone.path + "/energy_uj");
            if (!reading.value)
                return Figure::missing(reading.why + ".");
            moved = moved || *reading.value != zone.last;
            // From `range` the counter goes to 0 by one more step.
            zone.used += *reading.value >= zone.last ? *reading.value - zone.last
                                                     : zone.range - zone.last + *reading.value + 1;
            zone.last = *reading.value;
            total += zone.used;
        }
        const TimePoint now = m_now();
        if (moved)
            m_moved = now;
        else if (now - m_moved >= kStandstill)
            return Figure::missing(
                "The counter of " + source() + " stood still for 2 s: it is not supported here.");
        return Figure::known(static_cast<double>(total) / 1e6, source());
    }

    std::string source() const override
    {
        std::vector<std::string> names;
        for (const Zone& zone : m_zones)
            names.push_back(zone.name);
        return fmt::format("RAPL {}, powercap", fmt::join(names, " + "));
    }

private:
    std::string m_root;
    std::vector<Zone> m_zones;
    SteadyNow m_now;
    TimePoint m_moved;
};

/// Package zones by name; parts of a package (core, dram) are inside it already.
std::vector<Zone> packages(const std::string& root)
{
    std::vector<Zone> zones;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(below(root, kFolder), error)) {
        const std::string path = std::string(kFolder) + "/" + entry.path().filename().string();
        const std::string name = textOrEmpty(root, path + "/name");
        if (name.starts_with("package-"))
            zones.push_back({ .path = path, .name = name });
    }
    std::sort(zones.begin(), zones.end(), [](const Zone& a, const Zone& b) { return a.name < b.name; });
    // The same package may be listed twice, through MSRs and through memory (intel-rapl-mmio).
    zones.erase(std::unique(zones.begin(), zones.end(),
                    [](const Zone& a, const Zone& b) { return a.name == b.name; }),
        zones.end());
    return zones;
}

} // namespace

PowerMeterOr openRapl(const std::string& root, SteadyNow now)
{
    std::vector<Zone> zones = packages(root);
    if (zones.empty())
        return { nullptr,
            fmt::format(
                "No CPU power reading: {} has no RAPL package (a virtual machine?).", below(root, kFolder)) };
    for (Zone& zone : zones) {
        const Reading energy = readNumber(root, zone.path + "/energy_uj");
        if (!energy.value)
            return { nullptr, fmt::format("No CPU power reading: {}.", energy.why) };
        const Reading range = readNumber(root, zone.path + "/max_energy_range_uj");
        if (!range.value)
            return { nullptr, fmt::format("No CPU power reading: {}.", range.why) };
        zone.last = *energy.value;
        zone.range = *range.value;
        if (zone.last > zone.range) {
            return { nullptr,
                fmt::format(
                    "No CPU power reading: {}/energy_uj: is over its own range.", below(root, zone.path)) };
        }
    }
    return { std::make_unique<Rapl>(root, std::move(zones), std::move(now)), {} };
}

PowerMeterOr openRapl(const std::string& root)
{
    return openRapl(root, [] { return std::chrono::steady_clock::now(); });
}

} // namespace core
