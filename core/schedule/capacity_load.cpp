// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/capacity_load.h"

#include "core/schedule/arrivals.h"
#include "core/schedule/simulation.h"

#include <algorithm>

namespace core {

namespace {

constexpr double kLoads[] { 0.01, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98 };
/// Misses of 1 % are then known to a tenth of themselves; near load 1 queues forget slowly.
constexpr std::size_t kRequests = 40'000, kMoreRequests = 160'000;
constexpr double kHeavy = 0.75;

} // namespace

LoadCurve LoadCurve::of(const Device& device, Nanoseconds slo, std::uint64_t seed)
{
    Device one = device;
    one.servers = 1;
    one.accelerator = true;
    const std::span<const Device> devices(&one, 1);
    LoadCurve curve;
    curve.m_capacity = one.bestRate();
    for (const double load : kLoads) {
        const auto requests
            = arrivals({}, load * curve.m_capacity, load < kHeavy ? kRequests : kMoreRequests, seed);
        const auto policy = makePolicy("gpu-only", { devices, slo });
        const SimulationResult result
            = simulate(requests, devices, *policy, { .slo = slo, .seed = seed, .watch = {} });
        curve.m_points.push_back({ load, double(result.missed) / double(result.arrived),
            std::min(1.0, result.devices[0].utilisation) });
    }
    curve.m_points.push_back({ 1, 1, 1 });
    return curve;
}

double LoadCurve::between(double load, double Point::*figure) const
{
    const auto after = std::ranges::lower_bound(m_points, load, {}, &Point::load);
    if (after == m_points.end())
        return 1;
    if (after == m_points.begin())
        return (*after).*figure;
    const Point& before = *(after - 1);
    const double share = (load - before.load) / (after->load - before.load);
    return before.*figure + share * ((*after).*figure - before.*figure);
}

double LoadCurve::late(double load) const
{
    return between(load, &Point::late);
}

double LoadCurve::busy(double load) const
{
    if (load < m_points.front().load) // it rests without a request
        return m_points.front().busy * load / m_points.front().load;
    return between(load, &Point::busy);
}

} // namespace core
