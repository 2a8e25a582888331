// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/measure.h"

#include <span>
#include <string>
#include <vector>

namespace core {

/// How a criterion stands with the samples so far.
///
/// - MedianInterval: half the 95 % interval of the median is at most the rule's share of it.
/// - ThreeWindows: the last three whole windows differ by at most the rule's spread, both in runs a second
/// and in
///   median latency (perf_analyzer's rule).
/// - Blocks: half the interval that the blocks give the median is at most the rule's share of it.
/// - Percentile: enough samples for the percentile at 99 % confidence, by how many lie over the limit (MLPerf
///   LoadGen's early stopping).
struct CriterionState {
    Criterion criterion = Criterion::MedianInterval;
    bool met = false;
    std::string brief; // "median ±1.3 % of 2 %", for where there is little room
    std::string words; // "The median is known to within 1.3 %; the rule asks for 2 %."
};

CriterionState stateOf(Criterion criterion, const StopRule& rule, std::span<const TimedSample> samples,
    std::span<const std::size_t> blocks = {});

/// Of all criteria that mean something for the samples, the rule's own or not. `blocks`: see blockMedians().
std::vector<CriterionState> statesOf(
    const StopRule& rule, std::span<const TimedSample> samples, std::span<const std::size_t> blocks = {});

} // namespace core
