// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/service.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace core {

namespace {

Nanoseconds nanoseconds(double count)
{
    return Nanoseconds(std::llround(count));
}

} // namespace

ServiceTime ServiceTime::affine(double perItemSeconds, double overheadSeconds)
{
    ServiceTime time;
    time.m_perItem = perItemSeconds;
    time.m_overhead = overheadSeconds;
    return time;
}

ServiceTime ServiceTime::exponential(double meanSeconds)
{
    ServiceTime time = deterministic(meanSeconds);
    time.m_kind = Kind::Exponential;
    return time;
}

ServiceTime ServiceTime::measured(std::vector<Point> points)
{
    std::ranges::stable_sort(points, {}, &Point::items);
    auto kept = std::make_shared<std::vector<Empirical>>();
    for (Point& point : points) {
        assert(!point.samples.empty() && point.items >= 1);
        if (kept->empty() || kept->back().items != point.items)
            kept->push_back({ .items = point.items });
        auto& sorted = kept->back().sorted;
        sorted.insert(sorted.end(), point.samples.begin(), point.samples.end());
    }
    assert(!kept->empty());
    for (Empirical& point : *kept) {
        std::ranges::sort(point.sorted);
        double sum = 0;
        for (const Nanoseconds sample : point.sorted)
            sum += static_cast<double>(sample.count());
        point.meanSeconds = sum * 1e-9 / static_cast<double>(point.sorted.size());
    }
    ServiceTime time;
    time.m_kind = Kind::Measured;
    time.m_points = std::move(kept);
    return time;
}

ServiceTime ServiceTime::measured(const BatchCurve& curve)
{
    std::vector<Point> points;
    for (const CurvePoint& point : curve.points) {
        points.push_back({ .items = point.items, .samples = {} });
        for (const TimedSample& sample : point.cell->samples)
            points.back().samples.push_back(sample.latency);
    }
    return measured(std::move(points));
}

/// A figure of the measured points, linear in the items between two.
template <typename OfPoint> double ServiceTime::between(std::int64_t items, OfPoint ofPoint) const
{
    const std::vector<Empirical>& points = *m_points;
    const Empirical& last = points.back();
    double passes = 0;
    if (items > last.items) {
        passes = static_cast<double>((items - 1) / last.items) * ofPoint(last);
        items = (items - 1) % last.items + 1;
    }
    const auto after = std::ranges::lower_bound(points, items, {}, &Empirical::items);
    if (after->items == items || after == points.begin())
        return passes + ofPoint(*after);
    const Empirical& before = *(after - 1);
    const double share
        = static_cast<double>(items - before.items) / static_cast<double>(after->items - before.items);
    const double low = ofPoint(before);
    return passes + low + (ofPoint(*after) - low) * share;
}

double ServiceTime::quantileNs(std::int64_t items, double u) const
{
    switch (m_kind) {
    case Kind::Affine:
        break;
    case Kind::Exponential:
        return -m_overhead * 1e9 * std::log1p(-u);
    case Kind::Measured:
        return between(items, [u](const Empirical& point) {
            const auto count = static_cast<double>(point.sorted.size());
            const auto rank = static_cast<std::size_t>(std::clamp(u * count, 0.0, count - 1));
            return static_cast<double>(point.sorted[rank].count());
        });
    }
    return (m_overhead + m_perItem * static_cast<double>(items)) * 1e9;
}

Nanoseconds ServiceTime::quantile(std::int64_t items, double u) const
{
    return nanoseconds(quantileNs(items, std::min(u, 1 - 0x1p-53)));
}

Nanoseconds ServiceTime::draw(std::int64_t items, Random& random) const
{
    if (m_kind == Kind::Affine)
        return quantile(items, 0);
    double time = 0;
    const std::int64_t pass = largest(); // each pass is a run of its own
    for (; items > pass; items -= pass)
        time += quantileNs(pass, random.uniform());
    return nanoseconds(time + quantileNs(items, random.uniform()));
}

double ServiceTime::meanSeconds(std::int64_t items) const
{
    if (m_kind == Kind::Measured)
        return between(items, [](const Empirical& point) { return point.meanSeconds; });
    return m_overhead + m_perItem * static_cast<double>(items);
}

double ServiceTime::bestRate(std::int64_t most) const
{
    if (m_kind != Kind::Measured)
        return most == kUnlimited && m_perItem > 0 ? 1 / m_perItem
                                                   : static_cast<double>(most) / meanSeconds(most);
    // Between points the time is linear in the items, so that the rate has no maximum there.
    double best = static_cast<double>(most) / meanSeconds(most);
    for (const Empirical& point : *m_points) {
        if (point.items <= most)
            best = std::max(best, static_cast<double>(point.items) / point.meanSeconds);
    }
    return best;
}

int ServiceTime::largest() const
{
    return m_kind == Kind::Measured
        ? static_cast<int>(std::min<std::int64_t>(m_points->back().items, kUnlimited))
        : kUnlimited;
}

Nanoseconds Device::quantile(std::int64_t items, double u) const
{
    if (items <= most)
        return time.quantile(items, u);
    return (items - 1) / most * time.quantile(most, u) + time.quantile((items - 1) % most + 1, u);
}

double Device::meanSeconds(std::int64_t items) const
{
    if (items <= most)
        return time.meanSeconds(items);
    return static_cast<double>((items - 1) / most) * time.meanSeconds(most)
        + time.meanSeconds((items - 1) % most + 1);
}

} // namespace core
