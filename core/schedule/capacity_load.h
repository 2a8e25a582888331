// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/service.h"

namespace core {

/// How one instance answers at each load, from the request-level simulator: Poisson arrivals of single items,
/// who is idle takes all that waits. Load is the rate over the best throughput. Many instances that requests
/// are spread over at random are as many queues of this kind, as parts of a Poisson process are ones.
class LoadCurve {
public:
    /// Of one server of the device. The same seed gives the same curve.
    static LoadCurve of(const Device& device, Nanoseconds slo, std::uint64_t seed);

    double capacity() const { return m_capacity; } // items a second
    /// Share of the requests that are answered after the SLO; linear between loads, 1 from load 1 on.
    double late(double load) const;
    /// Share of the time that it works; more than the load while batches are small.
    double busy(double load) const;

    /// A share of its capacity is lost: to interruptions.
    void lose(double share) { m_capacity *= 1 - share; }

private:
    struct Point {
        double load, late, busy;
    };
    double between(double load, double Point::*figure) const;

    double m_capacity = 0;
    std::vector<Point> m_points; // rising loads
};

} // namespace core
