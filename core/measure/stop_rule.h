// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"

#include <string>
#include <string_view>
#include <vector>

namespace core {

/// When a cell has enough samples. See docs/measuring.md.
struct StopRule {
    std::string preset = "quick"; // "quick", "standard", or "custom"
    std::size_t minSamples = 30;
    std::chrono::duration<double> minTime { 0.5 };
    std::chrono::duration<double> maxTime { 5 };
    double relativeHalfWidth = 0.02; // of the 95 % interval of the median
    std::size_t fallbackSamples = 0; // enough when minSamples do not fit into maxTime; 0: none
    std::size_t warmUpRuns = 3;
    std::chrono::duration<double> warmUpTime { 0.1 };
};

/// "quick": 30 samples, 0.5 s, 2 %, at most 5 s. "standard": 459 samples if they fit in 30 s, else 64; 1 %;
/// at most 30 s. Throws Error for another word.
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
