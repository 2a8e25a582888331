// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/rapl.h"

#include "core/error.h"
#include "core/sensors/text_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace core {

namespace {

using namespace std::chrono_literals;
using TimePoint = std::chrono::steady_clock::time_point;

constexpr const char* kFolder = "sys/class/powercap";
/// Joules a second that no package draws: a counter that lost more went backwards instead of round.
constexpr double kMostWatts = 20'000;

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
    bool moved = false; // at the last reading
};

class Rapl final : public PowerMeter {
public:
    Rapl(std::string root, std::vector<Zone> zones, SteadyNow now)
        : m_root(std::move(root))
        , m_zones(std::move(zones))
        , m_now(std::move(now))
        , m_moved(m_now())
        , m_read(m_moved)
    {
    }

    Figure joules() override
    {
        const TimePoint now = m_now();
        const double seconds = std::chrono::duration<double>(now - std::exchange(m_read, now)).count();
        std::uint64_t total = 0;
        bool moved = false;
        for (Zone& zone : m_zones) {
            const Reading reading = readNumber(m_root, zone.path + "/energy_uj");
            if (!reading.value)
                return Figure::missing(reading.why + ".");
            if (const std::string why = take(zone, *reading.value, seconds); !why.empty())
                return Figure::missing(why);
            moved = moved || zone.moved;
            total += zone.used;
        }
        if (moved)
            m_moved = now;
        else if (now - m_moved >= kStandstill)
            return Figure::missing(
                "The counter of " + source() + " stood still for 2 s: it is not supported here.");
        return Figure::known(static_cast<double>(total) / 1e6, source());
    }

    std::chrono::nanoseconds updatePeriod() const override { return 1ms; } // Intel's manual, volume 3, 15.10

    std::string source() const override
    {
        std::vector<std::string> names;
        for (const Zone& zone : m_zones)
            names.push_back(zone.name);
        const char* what = names.front() == "psys" ? "whole machine, " : "";
        return fmt::format("{}RAPL {}, powercap", what, fmt::join(names, " + "));
    }

private:
    /// Adds what a counter gained; why that cannot be, in a sentence, else.
    std::string take(Zone& zone, std::uint64_t value, double seconds) const
    {
        const std::string file = below(m_root, zone.path) + "/energy_uj";
        if (value > zone.range)
            return file + ": is over its own range.";
        // From `range` the counter goes to 0 by one more step.
        const bool round = value < zone.last;
        const std::uint64_t gained = round ? zone.range - zone.last + value + 1 : value - zone.last;
        zone.moved = value != zone.last;
        zone.last = value;
        if (round && static_cast<double>(gained) / 1e6 > kMostWatts * std::max(seconds, kShortest))
            return file + ": went backwards.";
        zone.used += gained;
        return {};
    }

    static constexpr double kShortest = 1; // readings in quick succession see a step as much power

    std::string m_root;
    std::vector<Zone> m_zones;
    SteadyNow m_now;
    TimePoint m_moved, m_read;
};

/// Zones whose names begin so; parts of a package (core, dram) are inside it already.
std::vector<Zone> zonesNamed(std::string_view begin, const std::string& root)
{
    std::vector<Zone> zones;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(below(root, kFolder), error)) {
        const std::string path = std::string(kFolder) + "/" + entry.path().filename().string();
        const std::string name = textOrEmpty(root, path + "/name");
        if (name.starts_with(begin))
            zones.push_back({ .path = path, .name = name });
    }
    std::sort(zones.begin(), zones.end(), [](const Zone& a, const Zone& b) { return a.name < b.name; });
    // The same package may be listed twice, through MSRs and through memory (intel-rapl-mmio).
    zones.erase(std::unique(zones.begin(), zones.end(),
                    [](const Zone& a, const Zone& b) { return a.name == b.name; }),
        zones.end());
    return zones;
}

PowerMeterOr openZones(
    std::vector<Zone> zones, const std::string& root, SteadyNow now, std::string_view whatIsMissing)
{
    if (zones.empty())
        return { nullptr, fmt::format("{} has no {}", below(root, kFolder), whatIsMissing) };
    for (Zone& zone : zones) {
        const Reading energy = readNumber(root, zone.path + "/energy_uj");
        if (!energy.value)
            return { nullptr, energy.why };
        const Reading range = readNumber(root, zone.path + "/max_energy_range_uj");
        if (!range.value)
            return { nullptr, range.why };
        zone.last = *energy.value;
        zone.range = *range.value;
        if (zone.last > zone.range)
            return { nullptr, below(root, zone.path) + "/energy_uj: is over its own range" };
    }
    return { std::make_unique<Rapl>(root, std::move(zones), std::move(now)), {} };
}

} // namespace

PowerMeterOr openRaplPowercap(const std::string& root, SteadyNow now)
{
    return openZones(zonesNamed("package-", root), root, std::move(now), "RAPL package (a virtual machine?)");
}

PowerMeterOr openRaplPlatform(const std::string& root, SteadyNow now)
{
    return openZones(zonesNamed("psys", root), root, std::move(now), "RAPL platform");
}

PowerMeterOr openRapl(const std::string& root, SteadyNow now, const OpenPerf& perf)
{
    PowerMeterOr powercap = openRaplPowercap(root, now);
    if (powercap.meter)
        return powercap;
    PowerMeterOr events = openRaplPerf(root, std::move(now), perf);
    if (events.meter)
        return events;
    return { nullptr,
        fmt::format("No CPU power reading: {}; {}.", powercap.unavailable, events.unavailable) };
}

PowerMeterOr openRapl(const std::string& root)
{
    return openRapl(
        root, [] { return std::chrono::steady_clock::now(); }, openPerfCounter);
}

} // namespace core
