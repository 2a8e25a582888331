// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/tornado_chart.h"

#include "core/analyse/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

using Role = Ink::Role;
using Anchor = DrawnShape::Anchor;

constexpr std::size_t kMostBars = 10; // the others are thin
constexpr double kLeft = 170, kNote = 150, kTop = 44, kRow = 24, kBar = 14, kBottom = 46;
constexpr double kValues = 48; // beside a bar, for the assumption's ends

std::string noteOf(const Swing& swing)
{
    const auto change = [](const Flip& flip) { return fmt::format("{:+.3g} %", flip.change * 100); };
    if (!swing.below && !swing.above)
        return {};
    if (swing.measured)
        return "flips within";
    std::string words = "flips ";
    if (swing.below)
        words += change(*swing.below);
    if (swing.above)
        words += (swing.below ? ", " : "") + change(*swing.above);
    return words;
}

} // namespace

double shownLoss(double loss, Objective objective)
{
    switch (objective) {
    case Objective::Latency:
        return loss * 1e3;
    case Objective::Throughput:
        return 1 / loss;
    case Objective::Energy:
    case Objective::Cost:
        break;
    }
    return loss;
}

std::string_view unitOf(Objective objective)
{
    switch (objective) {
    case Objective::Latency:
        return "ms";
    case Objective::Throughput:
        return "items/s";
    case Objective::Energy:
        return "J an inference";
    case Objective::Cost:
        break;
    }
    return "a million inferences";
}

Drawing drawingOf(const TornadoChart& chart)
{
    struct Bar {
        const Swing* swing;
        double low, high;
    };
    std::vector<Bar> bars;
    const double base = shownLoss(chart.loss, chart.objective);
    double least = base, largest = base;
    for (const Swing& swing : chart.swings) {
        if (!swing.low.loss || !swing.high.loss || !(swing.width() > 0) || bars.size() == kMostBars)
            continue;
        bars.push_back({ &swing, shownLoss(*swing.low.loss, chart.objective),
            shownLoss(*swing.high.loss, chart.objective) });
        least = std::min({ least, bars.back().low, bars.back().high });
        largest = std::max({ largest, bars.back().low, bars.back().high });
    }
    if (bars.empty() || !std::isfinite(least) || !std::isfinite(largest))
        return {};
    Drawing drawing { .width = chart.width,
        .height = kTop + kRow * static_cast<double>(bars.size()) + kBottom,
        .title = chart.title };
    const double from = kLeft + kValues, to = chart.width - kNote - kValues;
    const auto at = [&](double value) { return from + (value - least) / (largest - least) * (to - from); };
    const double bottom = drawing.height - kBottom;
    for (const double tick : ticksBetween(least, largest, false, 4)) {
        drawing.line({ Role::Grid }, { { at(tick), kTop }, { at(tick), bottom } });
        drawing.text(Role::Tick, at(tick), bottom + 16, Anchor::Middle, fmt::format("{:g}", tick));
    }
    drawing.line({ Role::Axis }, { { from, bottom }, { to, bottom } });
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const Swing* const swing = bars[i].swing;
        const double low = bars[i].low, high = bars[i].high;
        const double top = kTop + kRow * static_cast<double>(i) + (kRow - kBar) / 2, words = top + kBar - 3;
        const auto half = [&](Role role, double end) {
            drawing.box({ role }, std::min(at(base), at(end)), top, std::max(at(base), at(end)), top + kBar);
        };
        half(Role::Low, low);
        half(Role::High, high);
        const bool rises = low <= high; // with the assumption
        const auto value = [&](const SwingEnd& end, bool left) {
            drawing.text(Role::Tick,
                left ? at(std::min({ low, high, base })) - 5 : at(std::max({ low, high, base })) + 5, words,
                left ? Anchor::End : Anchor::Start, end.value);
        };
        value(rises ? swing->low : swing->high, true);
        value(rises ? swing->high : swing->low, false);
        drawing.text(Role::Words, 8, words, Anchor::Start, swing->name);
        drawing.text(Role::Words, chart.width - 8, words, Anchor::End, noteOf(*swing));
    }
    drawing.line({ Role::Mark }, { { at(base), kTop - 6 }, { at(base), bottom } });
    drawing.text(Role::Title, 8, 15, Anchor::Start, chart.title);
    drawing.text(Role::Words, 8, 32, Anchor::Start,
        fmt::format("each by itself {:g} % lower and higher, or across its 95 % interval", kMovedBy * 100));
    drawing.text(Role::Words, (from + to) / 2, drawing.height - 8, Anchor::Middle, chart.xLabel);
    return drawing;
}

} // namespace core
