// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/drawing.h"

#include <optional>

namespace core {

/// A small line chart, as a value.
struct LineChart {
    struct Series {
        std::string name;
        DeviceKind kind = DeviceKind::Cpu; // for its colour; GPUs' lines are dashed
        int place = 0; // among those of its kind
        bool plain = false; // no disc at each point
        std::vector<std::pair<double, double>> points; // rising x
    };
    struct Line {
        double at = 0;
        std::string label;
    };
    std::string title, xLabel, yLabel;
    bool logX = false, logY = false;
    double width = 560, height = 300;
    std::vector<double> xTicks; // empty: round numbers
    std::vector<Series> series;
    std::vector<Line> vertical, horizontal; // drawn dotted, where they lie inside
    std::optional<std::pair<double, double>> mark; // the recommended point
};

/// Points that a logarithmic axis cannot show are left out. Without shapes where nothing can be shown.
Drawing drawingOf(const LineChart& chart);

/// Round numbers between `low` and `high`, about `count` of them: 1, 2 and 5 times powers of ten.
std::vector<double> ticksBetween(double low, double high, bool logarithmic, int count = 5);

} // namespace core
