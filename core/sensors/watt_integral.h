// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace core {

/// Joules out of readings of watts: the trapezoid rule between readings. Over a gap of more than 2 s nobody
/// knows what was drawn, so the energy is unknown from there until restart().
class WattIntegral {
public:
    using Time = std::chrono::nanoseconds; // of any clock that runs forward

    static constexpr std::chrono::seconds kLongestGap { 2 };

    /// Time must not run backwards: an earlier reading is refused, and false returned.
    bool add(Time at, double watts);

    /// From here on: a gap between the last reading and the next is none.
    void restart();

    /// nullopt after a gap.
    std::optional<double> joules() const;
    std::optional<double> watts() const { return m_watts; }
    std::chrono::nanoseconds gap() const { return m_gap; } // the one that made it unknown

private:
    double m_joules = 0;
    std::optional<double> m_watts;
    Time m_at {};
    bool m_fresh = true; // no reading since restart()
    std::chrono::nanoseconds m_gap {};
};

/// From 0 to a megawatt: beyond is no machine but a mistake.
bool plausibleWatts(double watts);

} // namespace core
