// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/energy.h"

#include <fmt/format.h>

namespace core {

namespace {

double seconds(Nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

} // namespace

EnergyGauge::EnergyGauge(PowerMeterOr found)
    : m_found(std::move(found))
{
}

Figure EnergyGauge::about() const
{
    if (!m_found.meter)
        return Figure::missing(m_found.unavailable);
    return { {}, m_found.meter->source(), {} };
}

SensorInfo EnergyGauge::info(const std::string& what, const std::string& rights) const
{
    if (!m_found.meter)
        return { .what = what, .rights = rights, .unavailable = m_found.unavailable };
    return { .what = what,
        .source = m_found.meter->source(),
        .rights = rights,
        .updatePeriod = m_found.meter->updatePeriod() };
}

Figure EnergyGauge::joules()
{
    m_total = m_found.meter ? m_found.meter->joules() : Figure::missing(m_found.unavailable);
    return m_total;
}

Figure EnergyGauge::watts(Nanoseconds now)
{
    const Figure total = joules();
    if (!total)
        return total;
    const double used = *total.value - m_lastJoules, time = seconds(now - m_last);
    if (used <= 0 || time <= 0)
        return Figure::missing("The energy counter has not moved since the last reading.");
    m_lastJoules = *total.value;
    m_last = now;
    return Figure::known(used / time, total.source);
}

LoopEnergy loopEnergy(const Figure& before, const Figure& after, Nanoseconds loop, double inferences)
{
    if (!before || !after) {
        const Figure unknown = Figure::missing(before ? after.unknown : before.unknown);
        return { unknown, unknown };
    }
    const double used = *after.value - *before.value;
    if (used <= 0 || loop <= Nanoseconds {} || inferences <= 0) {
        const Figure unknown
            = Figure::missing("The energy counter did not move while this was measured.");
        return { unknown, unknown };
    }
    return { Figure::known(used / seconds(loop), after.source),
        Figure::known(used / inferences, after.source) };
}

Figure marginalEnergy(const Figure& joulesPerInference, const Figure& meanWatts, const Figure& idleWatts)
{
    for (const Figure* part : { &joulesPerInference, &meanWatts, &idleWatts }) {
        if (!*part)
            return Figure::missing(part->unknown);
    }
    if (*idleWatts.value >= *meanWatts.value)
        return Figure::missing(fmt::format("The device drew {:.3g} W, no more than the {:.3g} W at rest.",
            *meanWatts.value, *idleWatts.value));
    return Figure::known(
        *joulesPerInference.value * (1 - *idleWatts.value / *meanWatts.value), meanWatts.source);
}

} // namespace core
