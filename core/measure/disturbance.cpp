// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/disturbance.h"

#include <algorithm>

namespace core {

namespace {

constexpr std::chrono::milliseconds kShortest { 200 };
constexpr double kPercent = 100;

/// Changes the order.
Nanoseconds medianOf(std::vector<Nanoseconds>& latencies)
{
    const auto middle
        = latencies.begin() + static_cast<std::ptrdiff_t>(percentileRank(latencies.size(), 0.5) - 1);
    std::nth_element(latencies.begin(), middle, latencies.end());
    return *middle;
}

double share(Nanoseconds lost, Nanoseconds time)
{
    return std::min(
        kPercent, kPercent * static_cast<double>(lost.count()) / static_cast<double>(time.count()));
}

} // namespace

double Hiccups::percent(const std::vector<TimedSample>& samples, Nanoseconds measured) const
{
    if (samples.empty() || measured <= Nanoseconds {})
        return 0;
    std::vector<Nanoseconds> latencies;
    latencies.reserve(samples.size());
    for (const TimedSample& sample : samples)
        latencies.push_back(sample.latency);
    const Nanoseconds median = medianOf(latencies);
    Nanoseconds lost = m_gaps;
    for (const Nanoseconds latency : latencies)
        lost += lostIn(latency, median);
    return share(lost, measured);
}

std::optional<double> RecentHiccups::percent(std::span<const TimedSample> samples)
{
    if (samples.empty())
        return {};
    for (const TimedSample& sample : samples.last(std::min(samples.size(), kMost))) {
        if (m_latest.size() < kMost)
            m_latest.push_back(sample.latency);
        else
            m_latest[m_next++ % kMost] = sample.latency;
    }
    std::vector<Nanoseconds> latest = m_latest;
    const Nanoseconds median = medianOf(latest);
    Nanoseconds lost {}, end = samples.front().at;
    for (const TimedSample& sample : samples) {
        if (const Nanoseconds gap = sample.at - end; gap > Hiccups::kLeast)
            lost += gap;
        lost += Hiccups::lostIn(sample.latency, median);
        end = sample.at + sample.latency;
    }
    const Nanoseconds time = end - samples.front().at;
    return time > Nanoseconds {} ? std::optional(share(lost, time)) : std::nullopt;
}

OtherLoad::OtherLoad(std::string root)
    : m_root(std::move(root))
    , m_before(readCpuTimes(m_root))
{
}

Figure OtherLoad::percent() const
{
    const CpuTimes after = readCpuTimes(m_root);
    if (!m_before.unknown.empty())
        return Figure::missing(m_before.unknown);
    if (!after.unknown.empty())
        return Figure::missing(after.unknown);
    const Nanoseconds wall = after.at - m_before.at;
    if (wall < kShortest)
        return Figure::missing("The loop was shorter than 0.2 s, too short for the ticks of /proc/stat.");
    const Nanoseconds busy = after.busy - m_before.busy;
    const Nanoseconds own = after.own - m_before.own;
    // The kernel counts whole ticks, so each CPU's figure is uncertain by one: that much is not held against
    // anybody.
    const Nanoseconds others = busy - own - after.tick * after.cpus;
    const double share
        = static_cast<double>(others.count()) / (static_cast<double>(wall.count()) * after.cpus);
    return Figure::known(std::clamp(kPercent * share, 0.0, kPercent), "/proc/stat less our own CPU time");
}

} // namespace core
