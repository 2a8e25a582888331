// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// Two measurements against each other: how many times as long the second takes, how sure that is, and a
/// verdict that comes from the interval alone.
namespace core {

/// Latency of the second over that of the first, with its 95 % interval.
struct Ratio {
    double value = 1, low = 1, high = 1;
};

/// Of the second one against the first. Same: it makes no difference worth a name. Unclear: more samples, or
/// a quieter machine, would tell.
enum class Verdict { Faster, Slower, Same, Unclear };

/// "FASTER", "SLOWER", "SAME", "UNCLEAR".
std::string_view verdictName(Verdict verdict);

/// Differences up to this are SAME.
inline constexpr double kMargin = 0.02;

/// Faster or slower: the interval does not hold 1, and the ratio is at least the margin away from it. Where a
/// program lies in memory is worth 1 to 2 % of its latency for as long as it lives, so that less than that is
/// no difference worth a name. Same: the whole interval lies within the margin.
Verdict verdictOf(const Ratio& ratio, double margin = kMargin);

/// Of medians of samples in the order they were taken. The interval is from the bootstrap distribution of
/// both medians: a resampled median of n is the order statistic at a Beta(k, n + 1 - k) share of the samples,
/// k = (n + 1) / 2, n the effective number of samples (Efron and Tibshirani, An Introduction to the
/// Bootstrap, 1993, section 13.3). nullopt where a median has no interval. The same samples and seed give the
/// same ratio.
std::optional<Ratio> medianRatio(
    std::span<const Nanoseconds> first, std::span<const Nanoseconds> second, std::uint64_t seed = 1);

/// Of measurements in groups of their own (blocks, each with a program made anew): the ratio of the geometric
/// means of the groups' values, second over first, its interval by Welch's t over their logarithms. nullopt
/// where one has below 5.
std::optional<Ratio> ratioOfGroups(std::span<const Nanoseconds> first, std::span<const Nanoseconds> second);

/// Of ratios in groups that have something in common (the rounds of one making of two programs): the
/// geometric mean of the groups' medians, its interval by Student's t over their logarithms. nullopt below 5
/// groups.
std::optional<Ratio> ratioOverGroups(std::span<const std::vector<double>> groups);

} // namespace core
