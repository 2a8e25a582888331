// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <span>

namespace core {

/// How many samples in the order they were taken tell as much about the median as one independent sample: 1
/// where none follows from the one before.
///
/// The interval of the median counts how many samples lie below it. That count's variance is n/4 for
/// independent samples and t n/4 otherwise, t = 1 + 2 sum over lags k of the autocorrelation of "lies below
/// the median" (Sokal, Monte Carlo Methods in Statistical Mechanics, 1996, section 3); the sum ends at the
/// first lag of at least 5 t. Where the autocorrelation of neighbours is within what chance gives (below
/// 1.5 / sqrt(n), 93 % of independent series) t is 1, so that chance does not widen intervals.
double correlationTime(std::span<const std::chrono::nanoseconds> inOrder, std::chrono::nanoseconds median);

} // namespace core
