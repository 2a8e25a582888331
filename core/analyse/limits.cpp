// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/limits.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

constexpr double kStillRising = 1.05;

std::optional<double> percentileSeconds(const Cell& cell, double p)
{
    const Summary& summary = cell.summary;
    const auto time = p <= 0.5 ? summary.median
        : p <= 0.9             ? summary.p90
        : p <= 0.95            ? summary.p95
        : p <= 0.99            ? summary.p99
                               : summary.p999;
    return time ? std::optional(std::chrono::duration<double>(*time).count()) : std::nullopt;
}

void findLatencyLimit(CurveLimits& limits, const BatchCurve& curve, double percentile, double limit)
{
    double before = 0, beforeItems = 0;
    for (const CurvePoint& point : curve.points) {
        const auto time = percentileSeconds(*point.cell, percentile);
        if (!time)
            return;
        const auto items = static_cast<double>(point.items);
        if (*time > limit) {
            if (beforeItems > 0)
                limits.withinLatency
                    = beforeItems + (items - beforeItems) * (limit - before) / (*time - before);
            return;
        }
        before = *time;
        beforeItems = items;
        limits.withinLatency = items;
    }
    limits.latencyAll = true;
}

bool isPlainCpu(const BatchCurve& curve)
{
    return curve.key.tuning.plain || !curve.key.tuning.fuse;
}

} // namespace

CurveLimits limitsOf(const BatchCurve& curve, double percentile, double latencySeconds)
{
    CurveLimits limits { .memoryWall = curve.outOfMemory };
    const auto& points = curve.points;
    const auto best = std::ranges::max_element(points, {}, &CurvePoint::rate);
    limits.bestRate = best->rate();
    limits.bestItems = best->items;
    const bool atEnd = best == points.end() - 1;
    const bool rising
        = atEnd && points.size() > 1 && best->rate() > kStillRising * (points.end() - 2)->rate();
    if (!rising && points.size() > 1)
        limits.saturation = std::ranges::find_if(points, [&](const CurvePoint& point) {
            return point.rate() >= kSaturation * limits.bestRate;
        })->items;
    if (latencySeconds > 0)
        findLatencyLimit(limits, curve, percentile, latencySeconds);
    return limits;
}

std::string overBatching(const BatchCurve& curve, const CurveLimits& limits)
{
    if (!limits.saturation)
        return {};
    const auto enough = std::ranges::find(curve.points, *limits.saturation, &CurvePoint::items);
    const CurvePoint& largest = curve.points.back();
    if (largest.items <= enough->items)
        return {};
    const double times = largest.seconds / enough->seconds;
    return fmt::format("Batch {} takes {:.{}f} times as long as batch {} for {:.3g} times the rate.",
        largest.items, times, times < 10 ? 1 : 0, enough->items, largest.rate() / enough->rate());
}

std::vector<std::string> warningsOf(const Run& run, const std::vector<BatchCurve>& curves)
{
    std::vector<std::string> warnings;
    for (const BatchCurve& curve : curves) {
        if (curve.points.empty())
            continue;
        const DeviceInfo* device = deviceOf(run, curve.key.engine);
        const std::string name = curve.key.threads > 0
            ? fmt::format("{} x{}", curve.key.engine, curve.key.threads)
            : curve.key.engine;
        if (const std::string over = overBatching(curve, limitsOf(curve)); !over.empty())
            warnings.push_back(fmt::format("{}: {}", name, over));
        if (device && device->kind == DeviceKind::Gpu && curve.points.back().items == 1)
            warnings.push_back(fmt::format(
                "{} was measured with single requests only: batches are what it gains by.", name));
        const bool others = std::ranges::any_of(curves, [&](const BatchCurve& other) {
            return &other != &curve && other.key.engine == curve.key.engine && !isPlainCpu(other);
        });
        if (device && device->kind == DeviceKind::Cpu && isPlainCpu(curve) && !others)
            warnings.push_back(
                fmt::format("{} was measured with its optimisations off: it can do better.", name));
        if (curve.disturbed)
            warnings.push_back(fmt::format("{}: others disturbed some of its cells.", name));
    }
    return warnings;
}

} // namespace core
