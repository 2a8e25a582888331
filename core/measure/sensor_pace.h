// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"

#include <algorithm>
#include <chrono>

namespace core {

/// Lets a sensor that is slow to read be read less often: so that it takes at most 1/250 of the time, which
/// is what 200 microseconds are of the 50 ms between two readings. Each is read once a second at least.
class SensorPace {
public:
    static constexpr std::chrono::microseconds kQuick { 200 };
    static constexpr int kShare = 250;
    static constexpr std::chrono::seconds kRarest { 1 };

    bool due(Nanoseconds now) const { return now >= m_next; }

    /// Calls `read` and keeps how long it took.
    template <typename Read> auto timed(Nanoseconds now, const Read& read)
    {
        const auto begin = std::chrono::steady_clock::now();
        auto result = read();
        took(now, std::chrono::steady_clock::now() - begin);
        return result;
    }

    void took(Nanoseconds now, Nanoseconds cost)
    {
        m_next = cost > kQuick ? now + std::min<Nanoseconds>(kShare * cost, kRarest) : Nanoseconds {};
    }

private:
    Nanoseconds m_next {};
};

} // namespace core
