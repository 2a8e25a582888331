// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/statistics.h"

#include "core/measure/correlation.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace core {

namespace {

constexpr double kTail = 0.025; // each side of a 95 % interval
constexpr double kAlpha = 0.01; // 99 % confidence that a percentile is supported

/// The largest rank k (from 1) with P(B <= k - 1) <= 0.025 for B ~ Binomial(n, 1/2); 0 when there is none.
/// Then [x(k), x(n + 1 - k)] covers the median with at least 95 %, whatever the distribution.
std::size_t exactRank(std::size_t n)
{
    double term = std::pow(0.5, static_cast<double>(n)); // P(B = 0); 2^-1000 is still a normal double
    double cumulative = term;
    std::size_t rank = 0;
    while (cumulative <= kTail) {
        ++rank;
        term *= static_cast<double>(n - rank + 1) / static_cast<double>(rank);
        cumulative += term;
    }
    return rank;
}

/// The same with the normal approximation and its continuity correction.
std::size_t approximateRank(std::size_t n, double correlationTime)
{
    const double size = static_cast<double>(n);
    const double rank = size / 2 + 0.5 - 1.959964 * std::sqrt(size * correlationTime) / 2;
    return static_cast<std::size_t>(std::max(0.0, rank));
}

} // namespace

std::size_t percentileRank(std::size_t n, double p)
{
    assert(n >= 1 && p > 0 && p <= 1);
    // 1e-9 takes back what rounding of n * p may have added: 0.07 * 100 is 7.000000000000001.
    const auto rank = static_cast<std::size_t>(std::ceil(static_cast<double>(n) * p - 1e-9));
    return std::clamp<std::size_t>(rank, 1, n);
}

std::optional<std::size_t> medianIntervalRank(std::size_t n, double correlationTime)
{
    const bool independent = correlationTime <= 1;
    if (n < 6 || static_cast<double>(n) < 6 * correlationTime)
        return {};
    const std::size_t rank = n <= 1000 && independent ? exactRank(n) : approximateRank(n, correlationTime);
    return rank > 0 ? std::optional(rank) : std::nullopt;
}

Nanoseconds percentile(std::span<const Nanoseconds> sorted, double p)
{
    return sorted[percentileRank(sorted.size(), p) - 1];
}

Nanoseconds median(std::span<const Nanoseconds> sorted)
{
    return percentile(sorted, 0.5);
}

std::optional<Interval> medianInterval(std::span<const Nanoseconds> sorted, double correlationTime)
{
    const auto rank = medianIntervalRank(sorted.size(), correlationTime);
    if (!rank)
        return {};
    return Interval { sorted[*rank - 1], sorted[sorted.size() - *rank] };
}

std::size_t samplesNeededFor(double p)
{
    assert(p > 0 && p < 1);
    return static_cast<std::size_t>(std::ceil(std::log(kAlpha) / std::log(p)));
}

namespace {

/// P(B <= k) for B ~ Binomial(n, q), k < n, summed from its largest term down.
double binomialUpTo(std::size_t k, std::size_t n, double q)
{
    const auto size = static_cast<double>(n), most = static_cast<double>(k);
    const double logTerm = std::lgamma(size + 1) - std::lgamma(most + 1) - std::lgamma(size - most + 1)
        + most * std::log(q) + (size - most) * std::log1p(-q);
    double term = std::exp(logTerm), sum = term;
    for (double i = most; i > 0 && term > sum * 1e-17; --i) {
        term *= i * (1 - q) / ((size - i + 1) * q);
        sum += term;
    }
    return sum;
}

} // namespace

std::size_t samplesNeededFor(double p, std::size_t over)
{
    if (over == 0)
        return samplesNeededFor(p);
    // As many as have `over` in the mean are too few; twice as many and some are enough.
    std::size_t few = std::max(over, static_cast<std::size_t>(static_cast<double>(over) / (1 - p)));
    std::size_t enough = 2 * few + samplesNeededFor(p) * 4;
    while (few + 1 < enough) {
        const std::size_t middle = few + (enough - few) / 2;
        (binomialUpTo(over, middle, 1 - p) <= kAlpha ? enough : few) = middle;
    }
    return enough;
}

std::optional<double> Summary::relativeHalfWidth() const
{
    if (!median || !interval || median->count() <= 0)
        return {};
    return static_cast<double>((interval->high - interval->low).count()) / 2
        / static_cast<double>(median->count());
}

Summary summarise(std::span<const Nanoseconds> samples)
{
    Summary summary { .samples = samples.size() };
    if (samples.empty())
        return summary;
    std::vector<Nanoseconds> sorted(samples.begin(), samples.end());
    std::sort(sorted.begin(), sorted.end());
    // A low percentile needs as many samples as its mirror image.
    const auto supported = [&](double p) -> std::optional<Nanoseconds> {
        if (sorted.size() < samplesNeededFor(std::max(p, 1 - p)))
            return {};
        return percentile(sorted, p);
    };
    summary.median = median(sorted);
    summary.p5 = supported(0.05);
    summary.q1 = supported(0.25);
    summary.q3 = supported(0.75);
    summary.p90 = supported(0.90);
    summary.p95 = supported(0.95);
    summary.p99 = supported(0.99);
    summary.p999 = supported(0.999);
    summary.minimum = sorted.front();
    summary.maximum = sorted.back();
    summary.correlationTime = correlationTime(samples, *summary.median);
    summary.interval = medianInterval(sorted, summary.correlationTime);
    return summary;
}

} // namespace core
