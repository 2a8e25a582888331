// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/latency_fit.h"

#include <algorithm>
#include <cmath>

namespace core {

namespace {

constexpr std::size_t kFewest = 3;
constexpr int kResamples = 1000;
constexpr int kRounds = 20; // of reweighting; it settles in a few

struct Line {
    double overhead = 0, slope = 0;
    double at(double items) const { return overhead + slope * items; }
};

/// Least squares of (y - line) with the weight of each point.
Line weighted(const std::vector<double>& x, const std::vector<double>& y, const std::vector<double>& weights)
{
    double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        w += weights[i];
        wx += weights[i] * x[i];
        wy += weights[i] * y[i];
        wxx += weights[i] * x[i] * x[i];
        wxy += weights[i] * x[i] * y[i];
    }
    const double determinant = w * wxx - wx * wx;
    const double slope = determinant > 0 ? (w * wxy - wx * wy) / determinant : 0;
    return { (wy - slope * wx) / w, slope };
}

double medianOf(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

Line fitted(const std::vector<double>& x, const std::vector<double>& y)
{
    constexpr double kHuber = 1.345;
    constexpr double kFromMedian = 1.4826; // of absolute deviations to a standard deviation
    std::vector<double> weights;
    for (const double value : y)
        weights.push_back(1 / (value * value)); // errors are shares of the latency
    Line line = weighted(x, y, weights);
    for (int round = 0; round < kRounds; ++round) {
        std::vector<double> errors, sizes;
        for (std::size_t i = 0; i < x.size(); ++i) {
            errors.push_back((y[i] - line.at(x[i])) / y[i]);
            sizes.push_back(std::abs(errors.back()));
        }
        const double scale = kFromMedian * medianOf(sizes);
        if (!(scale > 1e-12)) // most lie on the line
            break;
        for (std::size_t i = 0; i < x.size(); ++i)
            weights[i] = std::min(1.0, kHuber * scale / std::max(sizes[i], 1e-300)) / (y[i] * y[i]);
        line = weighted(x, y, weights);
    }
    return line;
}

Ratio between(std::vector<double> values, double value)
{
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        return values[static_cast<std::size_t>(std::lround(share * static_cast<double>(values.size() - 1)))];
    };
    return { value, std::min(value, at(0.025)), std::max(value, at(0.975)) };
}

} // namespace

std::optional<LatencyFit> fitLatency(const BatchCurve& curve, std::uint64_t seed)
{
    if (curve.points.size() < kFewest)
        return {};
    std::vector<double> x, y;
    for (const CurvePoint& point : curve.points) {
        x.push_back(static_cast<double>(point.items));
        y.push_back(point.seconds);
    }
    const Line line = fitted(x, y);
    std::mt19937_64 random(seed);
    std::vector<double> overheads, slopes;
    for (int resample = 0; resample < kResamples; ++resample) {
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = curve.points[i].draw(random);
        const Line drawn = fitted(x, y);
        overheads.push_back(drawn.overhead);
        slopes.push_back(drawn.slope);
    }
    LatencyFit fit { .overhead = between(std::move(overheads), line.overhead),
        .slope = between(std::move(slopes), line.slope) };
    for (const CurvePoint& point : curve.points) {
        const double off = std::abs(point.seconds / line.at(static_cast<double>(point.items)) - 1);
        if (off > fit.largestResidual) {
            fit.largestResidual = off;
            fit.bendsAt = point.items;
        }
    }
    return fit;
}

} // namespace core
