// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/measure.h"
#include "core/sensors/cpu_time.h"

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

private:
    static constexpr Nanoseconds kLeast { 300'000 };
    Nanoseconds m_gaps {};
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
