// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"
#include "core/sensors/power.h"
#include "core/sensors/sensor_list.h"

namespace core {

/// One power sensor during a sweep: the meter if there is one, the last reading for watts over time.
class EnergyGauge {
public:
    explicit EnergyGauge(PowerMeterOr found);

    /// For RunStarted: the source, or why there is none; the value stays unset.
    Figure about() const;
    /// The same for the list of sensors.
    SensorInfo info(const std::string& what, const std::string& rights) const;
    /// Joules since the gauge was made; unknown with its reason.
    Figure joules();
    /// Mean watts since the call before this one; unknown where the counter has not moved. Reads the meter
    /// once.
    Figure watts(Nanoseconds now);
    /// What the last of these calls read.
    const Figure& lastJoules() const { return m_total; }
    PowerMeter* meter() const { return m_found.meter.get(); }

private:
    PowerMeterOr m_found;
    Figure m_total;
    double m_lastJoules = 0;
    Nanoseconds m_last {};
};

/// Mean power and energy of a loop of `inferences` runs (times batch) from two readings of a counter.
struct LoopEnergy {
    Figure meanWatts, joulesPerInference;
};
LoopEnergy loopEnergy(const Figure& before, const Figure& after, Nanoseconds loop, double inferences);

/// What an inference took beyond what the device draws at rest: the total less its idle share of the same
/// time. Unknown with its reason where either is, and where the device drew no more than at rest.
Figure marginalEnergy(const Figure& joulesPerInference, const Figure& meanWatts, const Figure& idleWatts);

} // namespace core
