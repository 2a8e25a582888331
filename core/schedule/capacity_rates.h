// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/arrivals.h"

namespace core {

/// A rate that changes over time, as means of equal intervals.
struct RateOverTime {
    double width = 60; // of an interval, seconds
    std::vector<double> rates; // items a second

    double seconds() const { return width * static_cast<double>(rates.size()); }
    double mean() const;
    double peak() const;
};

inline constexpr std::size_t kMostIntervals = 100'000;

/// `rate` is the mean of all processes but the trace, which has its own rate, items and length. Bursts of an
/// mmpp are drawn by `seed`. A gamma process has one rate, whatever its gaps: it is refused. Throws Error.
RateOverTime rateOverTime(
    const ArrivalProcess& process, double rate, double seconds, double width, std::uint64_t seed);

} // namespace core
