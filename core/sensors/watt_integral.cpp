// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sensors/watt_integral.h"

#include <cmath>

namespace core {

bool WattIntegral::add(Time at, double watts)
{
    if (m_watts && at < m_at)
        return false;
    if (m_watts) {
        const Time passed = at - m_at;
        if (passed <= kLongestGap)
            m_joules += (*m_watts + watts) / 2 * std::chrono::duration<double>(passed).count();
        else if (!m_fresh && m_gap == Time {})
            m_gap = passed;
    }
    m_watts = watts;
    m_at = at;
    m_fresh = false;
    return true;
}

void WattIntegral::restart()
{
    m_fresh = true;
    m_gap = {};
}

std::optional<double> WattIntegral::joules() const
{
    return m_gap == Time {} ? std::optional(m_joules) : std::nullopt;
}

bool plausibleWatts(double watts)
{
    constexpr double kMegawatt = 1e6;
    return std::isfinite(watts) && watts >= 0 && watts <= kMegawatt;
}

} // namespace core
