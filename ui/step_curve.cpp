// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/step_curve.h"

#include <algorithm>

namespace ui {

std::vector<StepColumn> stepColumns(std::span<const Step> steps, double begin, double end, int columns)
{
    std::vector<StepColumn> found(static_cast<std::size_t>(std::max(0, columns)));
    const double width = (end - begin) / std::max(1, columns);
    if (!(width > 0))
        return found;
    auto next = std::ranges::upper_bound(steps, begin, {}, &Step::at);
    double value = next == steps.begin() ? 0 : std::prev(next)->value;
    for (int i = 0; i < columns; ++i) {
        StepColumn& column = found[static_cast<std::size_t>(i)];
        const double right = begin + (i + 1) * width;
        double at = begin + i * width;
        double area = 0;
        column.largest = value;
        for (; next != steps.end() && next->at < right; ++next) {
            area += value * (next->at - at);
            at = next->at;
            value = next->value;
            column.largest = std::max(column.largest, value);
        }
        column.mean = (area + value * (right - at)) / width;
    }
    return found;
}

} // namespace ui
