// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/batch_curve.h"

#include <optional>
#include <string>
#include <vector>

namespace core {

/// Where a curve stops paying, and where it stops.
struct CurveLimits {
    /// The smallest batch measured whose rate is 90 % of the curve's best; unset where the best is the
    /// largest batch and still rising by over 5 % since the one before.
    std::optional<std::int64_t> saturation;
    double bestRate = 0; // items a second
    std::int64_t bestItems = 0;
    /// The largest size with a percentile of the latency within a limit, linear between cells; unset: none
    /// is, or the percentile is unknown. `latencyAll`: even the largest measured is.
    std::optional<double> withinLatency;
    bool latencyAll = false;
    std::optional<std::int64_t> memoryWall; // the first size that did not fit
};

/// At which share of the best rate a batch counts as saturating.
inline constexpr double kSaturation = 0.9;

/// `percentile` and `latencySeconds`: the limit of withinLatency; 0: there is none. A curve with a point at
/// least.
CurveLimits limitsOf(const BatchCurve& curve, double percentile = 0.99, double latencySeconds = 0);

/// A batch beyond saturation, and what it costs: "Batch 64 takes 3.6 times as long as batch 16 for 1.02 times
/// the rate." Empty for curves that have none.
std::string overBatching(const BatchCurve& curve, const CurveLimits& limits);

/// What a reader should know before any decision, a sentence each: over-batching, a GPU measured with single
/// requests only, a CPU with its optimisations off.
std::vector<std::string> warningsOf(const Run& run, const std::vector<BatchCurve>& curves);

} // namespace core
