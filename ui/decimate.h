// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>
#include <span>
#include <vector>

namespace ui {

/// A point of a curve over time. y not-a-number: a gap, the curve ends before and begins anew behind it.
struct TimePoint {
    double x = 0, y = std::numeric_limits<double>::quiet_NaN();
};

/// What a curve shows on one column of pixels: where it comes in, its extremes, where it leaves.
struct ColumnRange {
    double x = 0; // in columns from the left edge; the point's own where the column has a single one
    double first = 0, low = 0, high = 0, last = 0;
    bool joins = false; // connected with the range before

    bool operator==(const ColumnRange&) const = default;
};

/// The curve `points` (x rises) from `begin` to `end` on `columns` pixels, by the lowest and the highest
/// point of each column: no outlier is lost, and drawing costs by the pixels and not by the points. The
/// nearest point outside on each side is there, too, at its place beyond the edge, so that lines run to the
/// edge. Takes time with the points between `begin` and `end`.
std::vector<ColumnRange> decimated(std::span<const TimePoint> points, double begin, double end, int columns);

} // namespace ui
