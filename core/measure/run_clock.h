// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/stop_rule.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace core {

/// Time since the run's start, for the time stamps of events. Like the measuring loop's clock it follows a
/// program that runs ahead of the wall clock, so that events stay in order.
class RunClock {
public:
    Nanoseconds now() const { return std::max<Nanoseconds>(Clock::now() - m_begin, m_least); }
    void atLeast(Nanoseconds time) { m_least = std::max(m_least, time); }

private:
    using Clock = std::chrono::steady_clock;

    Clock::time_point m_begin = Clock::now();
    Nanoseconds m_least {};
};

/// The time of day with its zone, "2026-03-01T12:00:00+01:00".
std::string timeStamp();

} // namespace core
