// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/batch_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

double seconds(Nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

/// The interval is [x(k), x(n + 1 - k)]; the rank of the median has a standard deviation of half the root of
/// n t.
double deviationsOf(const Summary& summary)
{
    const auto n = static_cast<double>(summary.samples);
    const auto rank = medianIntervalRank(summary.samples, summary.correlationTime);
    return rank ? (n + 1 - 2 * static_cast<double>(*rank)) / std::sqrt(n * summary.correlationTime)
                : 1.959963985;
}

bool sameCurve(const CellKey& a, const CellKey& b)
{
    CellKey same = a;
    same.batch = b.batch;
    return same == b;
}

} // namespace

double CurvePoint::draw(std::mt19937_64& random) const
{
    const double z = std::normal_distribution<double>()(random) / deviations;
    return std::max(seconds * 1e-3, seconds + z * (z < 0 ? seconds - low : high - seconds));
}

std::optional<double> BatchCurve::at(double items) const
{
    const auto after = std::ranges::lower_bound(
        points, items, {}, [](const CurvePoint& point) { return static_cast<double>(point.items); });
    if (after == points.end())
        return {};
    const auto right = static_cast<double>(after->items);
    if (right == items)
        return after->seconds;
    if (after == points.begin())
        return {};
    const CurvePoint& before = *(after - 1);
    const auto left = static_cast<double>(before.items);
    return before.seconds + (after->seconds - before.seconds) * (items - left) / (right - left);
}

std::string curveName(const CellKey& key)
{
    std::string name = key.engine;
    if (key.precision != Precision::Model)
        name += fmt::format(" {}", precisionName(key.precision));
    if (key.threads > 0)
        name += fmt::format(" x{}", key.threads);
    if (key.tuning != Tuning {})
        name += " " + tuningName(key.tuning);
    if (key.requests > 1)
        name += fmt::format(", {} at once", key.requests);
    return name;
}

std::vector<BatchCurve> curvesOf(const Run& run)
{
    std::vector<BatchCurve> curves;
    for (const Cell& cell : run.cells) {
        auto curve
            = std::ranges::find_if(curves, [&](const BatchCurve& c) { return sameCurve(c.key, cell.key); });
        if (curve == curves.end()) {
            curves.push_back({ .key = cell.key });
            curve = curves.end() - 1;
        }
        const std::int64_t items = cell.key.items();
        if (cell.status == CellStatus::OutOfMemory && (!curve->outOfMemory || items < *curve->outOfMemory))
            curve->outOfMemory = items;
        const Summary& summary = cell.summary;
        if (!cell.finished || !summary.median || !summary.interval || summary.median->count() <= 0)
            continue;
        curve->disturbed = curve->disturbed || cell.status == CellStatus::Disturbed;
        curve->points.push_back({ .items = items,
            .seconds = seconds(*summary.median),
            .low = seconds(summary.interval->low),
            .high = seconds(summary.interval->high),
            .cell = &cell,
            .deviations = deviationsOf(summary) });
    }
    for (BatchCurve& curve : curves)
        std::ranges::stable_sort(curve.points, {}, &CurvePoint::items);
    return curves;
}

} // namespace core
