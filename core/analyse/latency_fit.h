// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/batch_curve.h"
#include "core/analyse/ratio.h"

#include <cstdint>

namespace core {

/// l(b) = overhead + slope b: what a call costs however small it is, and what each item adds. In seconds.
struct LatencyFit {
    Ratio overhead, slope; // value with its 95 % interval
    double largestResidual = 0; // |measured / fitted - 1|, where the curve bends (caches, memory)
    std::int64_t bendsAt = 0; // items at which that is
};

/// Fits the points by least squares of relative errors, with Huber's weights against points that stick out
/// (k = 1.345; Huber, Robust Statistics, 1981, section 7.8). Intervals are of fits to latencies drawn anew
/// from each point's interval, the same for the same seed. nullopt below three points.
std::optional<LatencyFit> fitLatency(const BatchCurve& curve, std::uint64_t seed = 1);

} // namespace core
