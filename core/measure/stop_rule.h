// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"

#include <string>
#include <string_view>
#include <vector>

namespace core {

/// What a rule looks at once it has its least samples and time: see criteria.h.
enum class Criterion { MedianInterval, ThreeWindows, Percentile, Blocks };

/// "median-interval", "three-windows", "percentile", "blocks".
std::string_view criterionName(Criterion criterion);
Criterion criterionFromName(std::string_view name);

/// When a cell has enough samples. See docs/measuring.md.
struct StopRule {
    std::string preset = "quick"; // one of stopRulePresets(), or "custom"
    std::size_t minSamples = 30;
    std::chrono::duration<double> minTime { 0.5 };
    std::chrono::duration<double> maxTime { 5 };
    double relativeHalfWidth = 0.02; // of the 95 % interval of the median
    std::size_t fallbackSamples = 0; // enough when minSamples do not fit into maxTime; 0: none
    std::size_t warmUpRuns = 3;
    std::chrono::duration<double> warmUpTime { 0.1 };
    Criterion criterion = Criterion::MedianInterval;
    std::chrono::duration<double> windowTime { 5 }; // of ThreeWindows
    double windowSpread = 0.10; // largest over smallest of their rates and latencies, less 1
    double percentile = 0.99; // of Percentile
    std::chrono::duration<double> latencyLimit { 0 }; // that the percentile is held to; 0: to none
    /// Over 0: cells of a batch are measured by turns, in at least that many blocks each, in random order.
    /// See blocks.h.
    std::size_t blocks = 0;
    std::chrono::duration<double> blockTime { 5 };
    std::chrono::duration<double> coolDown { 1 }; // before a block, in which nothing runs
};

/// From how many blocks on they give an interval.
inline constexpr std::size_t kLeastBlocks = 5;

/// "quick": 30 samples, 0.5 s, 2 %, at most 5 s. "standard": 459 samples if they fit in 30 s, else 64; 1 %;
/// at most 30 s. "rigorous": cells of a batch by turns in random order, at least five blocks of 5 s each, 0.5
/// % over the blocks, at most 600 s. "windows": three windows of 5 s that differ by at most 10 %, at most
/// ten. "percentile": until p99 is established, at most 60 s. Throws Error for another word.
StopRule stopRulePreset(std::string_view name);

/// The names stopRulePreset() knows.
const std::vector<std::string>& stopRulePresets();

/// Why a measurement ended. Anything but Converged and User is shown as "unstable", with its words.
enum class StoppedBy { Converged, TimeLimit, TooFewSamples, User };

/// "converged", "time-limit", "too-few-samples", "user".
std::string_view stoppedByName(StoppedBy why);
StoppedBy stoppedByFromName(std::string_view name);

/// How long one cell takes by this rule when a run takes `latency`; for the estimate before the start.
std::chrono::duration<double> estimatedTime(const StopRule& rule, std::chrono::duration<double> latency);

} // namespace core
