// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/device_times.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

/// Statistics of latency samples. Every function is pure; sorted input is asked for where it is named
/// `sorted`.
namespace core {

using Nanoseconds = std::chrono::nanoseconds;

struct Interval {
    Nanoseconds low {}, high {};
};

/// Rank (from 1) of percentile p among n samples: ceil(n p).
std::size_t percentileRank(std::size_t n, double p);

/// Rank k (from 1) such that [x(k), x(n + 1 - k)] is the interval of medianInterval(); nullopt where there
/// are too few samples for one.
std::optional<std::size_t> medianIntervalRank(std::size_t n, double correlationTime = 1);

/// Nearest rank: sorted[ceil(n p) - 1]. n >= 1, 0 < p <= 1.
Nanoseconds percentile(std::span<const Nanoseconds> sorted, double p);

/// Median (nearest rank, p = 0.5).
Nanoseconds median(std::span<const Nanoseconds> sorted);

/// Distribution-free 95 % interval of the median from order statistics (binomial, exact up to n = 1000,
/// normal approximation beyond and for samples that follow from each other, with the variance that their
/// correlationTime() gives). nullopt below 6 samples, or as many times the correlation time: no pair of order
/// statistics covers 95 %.
std::optional<Interval> medianInterval(std::span<const Nanoseconds> sorted, double correlationTime = 1);

/// Least number of samples from which percentile p may be shown at 99 % confidence: the least n with
/// p^n <= 0.01 for p99 (459), p99.9 (4603), p95 (90), p90 (44). MLPerf LoadGen's early stopping with no
/// overrun.
std::size_t samplesNeededFor(double p);

/// The same with `over` samples over a limit: the least n with P(B <= over) <= 0.01 for B ~ Binomial(n, 1 -
/// p), from which on percentile p lies below the limit at 99 % confidence. p99: 459, 662 (1), 1307 (5), 2010
/// (10).
std::size_t samplesNeededFor(double p, std::size_t over);

/// Everything the table, the charts and the CSV show of a cell's samples. Unset: not enough samples.
struct Summary {
    std::size_t samples = 0;
    std::optional<Nanoseconds> median, p5, q1, q3, p90, p95, p99, p999, minimum, maximum;
    std::optional<Interval> interval; // 95 %, of the median
    double correlationTime = 1; // see correlation.h; over 1 the interval is wider for it
    std::optional<DeviceTimes> device; // the median of each part, where every sample has them
    /// Half the interval's width over the median; unset when either is.
    std::optional<double> relativeHalfWidth() const;
};

/// Of samples in the order they were taken.
Summary summarise(std::span<const Nanoseconds> samples);

} // namespace core
