// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/serving.h"

#include <span>
#include <utility>

namespace core {

/// What a device costs and takes over the rate it serves, in whole machines. Points rise in the rate; where
/// one machine more is needed there are two at the same rate, before it and with it.
struct ServingCurve {
    std::size_t cell = 0; // index into the run
    std::vector<std::pair<double, double>> cost; // of a million inferences
    std::vector<std::pair<double, double>> joules; // an inference
    std::string costUnknown, joulesUnknown; // why there are no points, a sentence
};

struct ServingCurves {
    std::vector<ServingCurve> curves; // one for each cell that was asked for
    /// Of the first two curves, where both have a price, within the rates shown: exact, and points of both
    /// curves, so that what is drawn crosses there.
    std::vector<BreakEven> breakEvens;
    double low = 0, high = 0; // rates shown, items a second
};

/// `cells`: indices into the run; those without a throughput are left out. The rates are those around the
/// asked one, a tenth to ten times of it, or else up to four of the largest machine; and the nearest
/// break-even.
ServingCurves servingCurves(
    const Run& run, std::span<const std::size_t> cells, const DecisionSettings& settings);

/// How far break-even rates are looked for: a thousand of the larger machine.
double highestRate(const FleetChoice& first, const FleetChoice& second);

} // namespace core
