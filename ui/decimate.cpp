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
    double column = -2; // of the last range; -1 and `columns` are the points outside
    bool broken = true;
    for (auto at = from; at != to; ++at) {
        if (std::isnan(at->y)) {
            broken = true;
            continue;
        }
        const double x = (at->x - begin) * scale;
        const double here = x < 0 ? -1.0 : std::min(std::floor(x), static_cast<double>(columns));
        if (ranges.empty() || here != column || (broken && here < 0)) {
            ranges.push_back({ x, at->y, at->y, at->y, at->y, !broken });
            column = here;
        } else {
            ColumnRange& range = ranges.back();
            range.x = here + 0.5;
            range.low = std::min(range.low, at->y);
            range.high = std::max(range.high, at->y);
            range.last = at->y;
        }
        broken = false;
    }
    return ranges;
}

} // namespace ui
