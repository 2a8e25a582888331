// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

/// What a sweep says of one way to run a model, over batch sizes.
namespace core {

/// A cell on the curve: the latency of a batch, in seconds, with its 95 % interval.
struct CurvePoint {
    std::int64_t items = 1; // of a latency: batch times requests at once
    double seconds = 0, low = 0, high = 0;
    const Cell* cell = nullptr;
    /// How many standard deviations of the median each side of the interval is: 1.96, more for few samples,
    /// whose order statistics do not hit 95 % exactly.
    double deviations = 1.959963985;

    double rate() const { return static_cast<double>(items) / seconds; } // items a second
    /// A latency that could have been measured instead: each side of the interval as half a normal
    /// distribution.
    double draw(std::mt19937_64& random) const;
};

/// Cells that differ in nothing but the batch; rising. Those without a latency or its interval are no points.
struct BatchCurve {
    CellKey key; // of the first cell
    std::vector<CurvePoint> points;
    std::optional<std::int64_t> outOfMemory; // the smallest number of items that did not fit
    bool disturbed = false; // one of its points at least

    /// The latency at `items`, linear between points; nullopt outside of them.
    std::optional<double> at(double items) const;
};

/// The curves of a run in the order of its cells; it outlives them. Curves without a point are there, too:
/// they may say why.
std::vector<BatchCurve> curvesOf(const Run& run);

/// "cpu x2 bf16", as tables have it: devices' own names are long, and said once.
std::string curveName(const CellKey& key);

} // namespace core
