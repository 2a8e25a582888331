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
    bool broken = true;
    for (auto at = from; at != to;) {
        if (std::isnan(at->y)) {
            broken = true;
            ++at;
            continue;
        }
        const double x = (at->x - begin) * scale;
        ColumnRange range { x, at->y, at->y, at->y, at->y, !broken };
        broken = false;
        // One point outside on each side stands alone. Within a column nothing is computed but extremes: that
        // is where a million points spend their time.
        const bool inside = x >= 0 && x < columns;
        const double columnEnd = inside ? begin + (std::floor(x) + 1) / scale : -HUGE_VAL;
        for (++at; at != to && at->x < columnEnd; ++at) {
            const double y = at->y;
            if (std::isnan(y)) {
                broken = true;
                continue;
            }
            range.x = std::floor(x) + 0.5;
            range.low = std::min(range.low, y);
            range.high = std::max(range.high, y);
            range.last = y;
            broken = false;
        }
        ranges.push_back(range);
    }
    return ranges;
}

} // namespace ui
