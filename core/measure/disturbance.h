// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/measure.h"
#include "core/sensors/cpu_time.h"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

/// What others took from a measurement while it ran: two independent meters, the larger counts. See
/// docs/measuring.md.
namespace core {

/// Time lost between and inside runs, from the samples alone.
///
/// - A gap between two runs over 0.3 ms is lost whole: the loop itself needs well under a microsecond.
/// - A run that takes longer than the median by more than 25 % and more than 0.3 ms lost what is over the
/// median.
class Hiccups {
public:
    /// Between two runs. Called once a run, so it only adds.
    void gap(Nanoseconds gap)
    {
        if (gap > kLeast)
            m_gaps += gap;
    }

    /// 0 to 100: lost time over `measured`. Called once, after the last run.
    double percent(const std::vector<TimedSample>& samples, Nanoseconds measured) const;

    static constexpr Nanoseconds kLeast { 300'000 };
    /// What the meter takes from a run of that latency.
    static Nanoseconds lostIn(Nanoseconds latency, Nanoseconds median)
    {
        return latency > median + std::max(kLeast, median / 4) ? latency - median : Nanoseconds {};
    }

private:
    Nanoseconds m_gaps {};
};

/// The hiccup meter while a loop still runs: what was lost since the call before, as a share of that time, by
/// the median of the latest runs. The gap in front of each call's first run is left out, for Breakeven's own
/// reporting is in it.
class RecentHiccups {
public:
    /// 0 to 100; nullopt without samples.
    std::optional<double> percent(std::span<const TimedSample> samples);

private:
    static constexpr std::size_t kMost = 512; // runs whose median counts: found in a few microseconds

    std::vector<Nanoseconds> m_latest;
    std::size_t m_next = 0;
};

/// CPU time that others used on the CPUs this process may run on, since construction, by /proc/stat.
class OtherLoad {
public:
    explicit OtherLoad(std::string root = "/");

    /// Per cent of those CPUs' time, or why it is unknown: a loop under 0.2 s holds too few of the kernel's
    /// ticks.
    Figure percent() const;

private:
    std::string m_root;
    CpuTimes m_before;
};

} // namespace core
