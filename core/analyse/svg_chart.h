// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace core {

/// A small line chart as SVG, for reports that have to be one file.
struct SvgChart {
    struct Series {
        std::string name, colour; // "#0072B2"
        bool dashed = false;
        bool stepped = false; // flat up to the next point
        std::vector<std::pair<double, double>> points; // rising x
    };
    struct Line {
        double at = 0;
        std::string label;
    };
    std::string title, xLabel, yLabel;
    bool logX = false, logY = false;
    std::vector<double> xTicks; // empty: round numbers
    std::vector<Series> series;
    std::vector<Line> vertical, horizontal; // drawn dotted, where they lie inside
    std::optional<std::pair<double, double>> mark; // the recommended point
};

/// 560 by 300 units. Points that a logarithmic axis cannot show are left out. Empty where nothing can be
/// shown.
std::string toSvg(const SvgChart& chart);

/// Text as it may stand in HTML and XML; characters that XML cannot hold become U+FFFD.
std::string markupEscaped(std::string_view text);

/// Round numbers between `low` and `high`, about `count` of them: 1, 2 and 5 times powers of ten.
std::vector<double> ticksBetween(double low, double high, bool logarithmic, int count = 5);

} // namespace core
