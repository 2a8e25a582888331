// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/decimate.h"

#include <algorithm>
#include <cmath>

namespace ui {

std::vector<ColumnRange> decimated(std::span<const TimePoint> points, double begin, double end, int columns)
{
    std::vector<ColumnRange> ranges;
    if (points.empty() || columns <= 0 || !(end > begin))
        return ranges;
    const auto before = [](const TimePoint& point, double x) { return point.x < x; };
    const auto after = [](double x, const TimePoint& point) { return x < point.x; };
    auto from = std::lower_bound(points.begin(), points.end(), begin, before);
    auto to = std::upper_bound(from, points.end(), end, after);
    from -= from != points.begin() ? 1 : 0;
    to += to != points.end() ? 1 : 0;
    const double scale = columns / (end - begin);
    // Within a column nothing is computed but extremes: that is where a million points spend their time.
    double columnEnd = -HUGE_VAL; // in the curve's x
    bool broken = true;
    for (auto at = from; at != to; ++at) {
        if (std::isnan(at->y)) {
            broken = true;
            continue;
        }
        if (at->x < columnEnd && !ranges.empty()) {
            ColumnRange& range = ranges.back();
            range.x = std::floor(range.x) + 0.5;
            range.low = std::min(range.low, at->y);
            range.high = std::max(range.high, at->y);
            range.last = at->y;
        } else {
            const double x = (at->x - begin) * scale;
            ranges.push_back({ x, at->y, at->y, at->y, at->y, !broken });
            const bool inside = x >= 0 && x < columns;
            columnEnd = inside ? begin + (std::floor(x) + 1) / scale : -HUGE_VAL; // one point outside on each side
        }
        broken = false;
    }
    return ranges;
}

} // namespace ui
