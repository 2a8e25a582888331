// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/crossover.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace core {

namespace {

constexpr int kResamples = 2000;
constexpr double kBelow
    = -std::numeric_limits<double>::infinity(); // of all sizes: the second is always faster
constexpr double kAbove = std::numeric_limits<double>::infinity();

/// Sizes of either curve that both have latencies for.
std::vector<double> commonSizes(const BatchCurve& first, const BatchCurve& second)
{
    std::vector<double> sizes;
    for (const BatchCurve* curve : { &first, &second }) {
        for (const CurvePoint& point : curve->points) {
            const auto items = static_cast<double>(point.items);
            if (first.at(items) && second.at(items))
                sizes.push_back(items);
        }
    }
    std::sort(sizes.begin(), sizes.end());
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    return sizes;
}

struct Found {
    double at = kAbove;
    int crossings = 0;
};

/// The first size at which the second becomes faster; differences are linear between sizes.
Found cross(const BatchCurve& first, const BatchCurve& second, const std::vector<double>& sizes)
{
    Found found;
    double before = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const double gain = *first.at(sizes[i]) - *second.at(sizes[i]);
        if (i == 0 && gain > 0)
            found.at = kBelow;
        if (i > 0 && (gain > 0) != (before > 0)) {
            ++found.crossings;
            if (gain > 0 && found.at == kAbove)
                found.at = sizes[i - 1] + (sizes[i] - sizes[i - 1]) * -before / (gain - before);
        }
        before = gain;
    }
    return found;
}

BatchCurve drawn(BatchCurve curve, std::mt19937_64& random)
{
    for (CurvePoint& point : curve.points)
        point.seconds = point.draw(random);
    return curve;
}

std::optional<double> measured(double at)
{
    return std::isfinite(at) ? std::optional(at) : std::nullopt;
}

} // namespace

Crossover crossoverOf(const BatchCurve& first, const BatchCurve& second, std::uint64_t seed)
{
    const std::vector<double> sizes = commonSizes(first, second);
    if (sizes.empty())
        return {};
    Crossover result { .from = sizes.front(), .to = sizes.back() };
    const Found found = cross(first, second, sizes);
    result.crossings = found.crossings;
    result.kind = found.at == kBelow ? Crossover::Kind::Always
        : found.at == kAbove         ? Crossover::Kind::None
                                     : Crossover::Kind::At;
    std::mt19937_64 random(seed);
    std::vector<double> crossings;
    for (int resample = 0; resample < kResamples; ++resample)
        crossings.push_back(cross(drawn(first, random), drawn(second, random), sizes).at);
    std::sort(crossings.begin(), crossings.end());
    const auto at = [&](double share) {
        return crossings[static_cast<std::size_t>(std::lround(share * (kResamples - 1)))];
    };
    result.low = measured(at(0.025));
    result.high = measured(at(0.975));
    if (result.kind == Crossover::Kind::At)
        result.items = found.at;
    return result;
}

std::string sentence(const Crossover& crossover, const std::string& first, const std::string& second)
{
    const auto size = [](double items) { return fmt::format("{:.3g}", items); };
    switch (crossover.kind) {
    case Crossover::Kind::NoCommonRange:
        return fmt::format("{} and {} have no batch sizes in common.", first, second);
    case Crossover::Kind::None:
        return fmt::format("{} is faster than {} at all batch sizes from {} to {}{}.", first, second,
            size(crossover.from), size(crossover.to),
            crossover.low
                ? fmt::format(", but the intervals allow a crossing from {} on", size(*crossover.low))
                : "");
    case Crossover::Kind::Always:
        return fmt::format("{} is faster than {} at all batch sizes from {} to {}{}.", second, first,
            size(crossover.from), size(crossover.to),
            crossover.high ? fmt::format(
                ", but the intervals allow {} to be faster below {}", first, size(*crossover.high))
                           : "");
    case Crossover::Kind::At:
        break;
    }
    const std::string low = crossover.low ? size(*crossover.low) : "below " + size(crossover.from);
    const std::string high = crossover.high ? size(*crossover.high) : "beyond " + size(crossover.to);
    return fmt::format(
        "{} is faster than {} from batch {:.0f} on (95 % interval of the crossing: {} to {}){}.", second,
        first, std::ceil(crossover.items), low, high,
        crossover.crossings > 1 ? fmt::format("; the curves cross {} times", crossover.crossings) : "");
}

} // namespace core
