// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

using Role = Ink::Role;
using Anchor = DrawnShape::Anchor;

constexpr double kLeft = 64, kRight = 16, kTop = 40, kBottom = 46;
constexpr double kCharacter = 7; // about the width of one, in units

/// From values to places along one side of the picture.
class Axis {
public:
    Axis(bool logarithmic, double begin, double end)
        : m_log(logarithmic)
        , m_begin(begin)
        , m_end(end)
    {
    }

    bool shows(double value) const { return std::isfinite(value) && (!m_log || value > 0); }
    void include(double value)
    {
        if (!shows(value))
            return;
        m_low = std::min(m_low, value);
        m_high = std::max(m_high, value);
    }
    bool empty() const { return m_low > m_high; }
    /// A little room on both sides, none below 0 where everything is above it.
    void widen()
    {
        if (m_log) {
            const double room = std::max(1.08, std::pow(m_high / m_low, 0.06));
            m_low /= room;
            m_high *= room;
        } else {
            const double room = std::max((m_high - m_low) * 0.06, std::abs(m_high) * 1e-3 + 1e-300);
            m_low = m_low >= 0 ? std::min(0.0, m_low) : m_low - room;
            m_high += room;
        }
    }
    double at(double value) const
    {
        const double share
            = m_log ? std::log(value / m_low) / std::log(m_high / m_low) : (value - m_low) / (m_high - m_low);
        return m_begin + share * (m_end - m_begin);
    }
    bool holds(double value) const { return shows(value) && value >= m_low && value <= m_high; }
    std::vector<double> ticks() const { return ticksBetween(m_low, m_high, m_log); }

private:
    bool m_log;
    double m_begin, m_end, m_low = HUGE_VAL, m_high = -HUGE_VAL;
};

/// A chart while it is laid out.
class Layout {
public:
    Layout(const LineChart& chart, const Axis& x, const Axis& y)
        : m_chart(chart)
        , m_x(x)
        , m_y(y)
        , m_right(chart.width - kRight)
        , m_bottom(chart.height - kBottom)
    {
        m_drawing.width = chart.width;
        m_drawing.height = chart.height;
        m_drawing.title = chart.title;
    }

    Drawing drawn()
    {
        addAxes();
        addLines();
        for (const LineChart::Series& series : m_chart.series)
            addSeries(series);
        if (m_chart.mark && m_x.holds(m_chart.mark->first) && m_y.holds(m_chart.mark->second))
            m_drawing.circle(DrawnShape::Kind::Ring, { Role::Best }, m_x.at(m_chart.mark->first),
                m_y.at(m_chart.mark->second), 8);
        addLegend();
        return std::move(m_drawing);
    }

private:
    void addAxes()
    {
        for (const double tick : m_y.ticks()) {
            m_drawing.line({ Role::Grid }, { { kLeft, m_y.at(tick) }, { m_right, m_y.at(tick) } });
            m_drawing.text(Role::Tick, kLeft - 6, m_y.at(tick) + 4, Anchor::End, fmt::format("{:g}", tick));
        }
        m_drawing.line({ Role::Axis }, { { kLeft, m_bottom }, { m_right, m_bottom } });
        for (const double tick : m_chart.xTicks.empty() ? m_x.ticks() : m_chart.xTicks)
            m_drawing.text(
                Role::Tick, m_x.at(tick), m_bottom + 16, Anchor::Middle, fmt::format("{:g}", tick));
        m_drawing.text(
            Role::Words, (kLeft + m_right) / 2, m_chart.height - 8, Anchor::Middle, m_chart.xLabel);
        m_drawing.text(Role::Words, 8, 32, Anchor::Start, m_chart.yLabel);
        m_drawing.text(Role::Title, 8, 15, Anchor::Start, m_chart.title);
    }

    void addLines()
    {
        double down = kTop + 10; // labels below each other: lines may be near each other
        for (const LineChart::Line& line : m_chart.vertical) {
            if (!m_x.holds(line.at))
                continue;
            const double at = m_x.at(line.at);
            m_drawing.line({ Role::Mark }, { { at, kTop }, { at, m_bottom } });
            const bool fits = at + 4 + kCharacter * static_cast<double>(line.label.size()) < m_right;
            m_drawing.text(
                Role::Tick, at + (fits ? 4 : -4), down, fits ? Anchor::Start : Anchor::End, line.label);
            down += 13;
        }
        for (const LineChart::Line& line : m_chart.horizontal) {
            if (!m_y.holds(line.at))
                continue;
            m_drawing.line({ Role::Mark }, { { kLeft, m_y.at(line.at) }, { m_right, m_y.at(line.at) } });
            m_drawing.text(Role::Tick, m_right - 4, m_y.at(line.at) - 4, Anchor::End, line.label);
        }
    }

    void addSeries(const LineChart::Series& series)
    {
        const Ink ink { Role::Series, series.kind, series.place };
        std::vector<std::pair<double, double>> path;
        for (const auto& [at, value] : series.points)
            if (m_x.shows(at) && m_y.shows(value))
                path.emplace_back(m_x.at(at), m_y.at(value));
        m_drawing.line(ink, path);
        if (!series.plain)
            for (const auto& [atX, atY] : path)
                m_drawing.circle(DrawnShape::Kind::Disc, ink, atX, atY, 3);
    }

    /// From the right, beside the title, and below it where there are many.
    void addLegend()
    {
        double right = m_right, y = 11;
        double left = 20 + kCharacter * static_cast<double>(m_chart.title.size());
        for (auto series = m_chart.series.rbegin(); series != m_chart.series.rend(); ++series) {
            const double width = kCharacter * static_cast<double>(series->name.size()) + 30;
            if (right - width < left) {
                if (y > 11)
                    return; // there is no third line
                y = 28;
                right = m_right;
                left = 20 + kCharacter * static_cast<double>(m_chart.yLabel.size());
            }
            right -= width;
            m_drawing.line(
                { Role::Series, series->kind, series->place }, { { right, y }, { right + 18, y } });
            m_drawing.text(Role::Tick, right + 22, y + 4, Anchor::Start, series->name);
        }
    }

    const LineChart& m_chart;
    const Axis &m_x, &m_y;
    const double m_right, m_bottom;
    Drawing m_drawing;
};

} // namespace

std::vector<double> ticksBetween(double low, double high, bool logarithmic, int count)
{
    std::vector<double> ticks;
    if (!(high > low))
        return ticks;
    if (logarithmic) {
        const double decades = std::log10(high / low);
        const std::vector<double> steps = decades > 4 ? std::vector { 1.0 } : std::vector { 1.0, 2.0, 5.0 };
        for (double power = std::floor(std::log10(low)); power <= std::log10(high); ++power)
            for (const double step : steps)
                if (const double tick = step * std::pow(10, power); tick >= low && tick <= high)
                    ticks.push_back(tick);
        return ticks;
    }
    const double rough = (high - low) / count, power = std::pow(10, std::floor(std::log10(rough)));
    const double step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
    for (double tick = std::ceil(low / step) * step; tick <= high + step * 1e-9; tick += step)
        ticks.push_back(std::abs(tick) < step * 1e-9 ? 0 : tick);
    return ticks;
}

Drawing drawingOf(const LineChart& chart)
{
    Axis x(chart.logX, kLeft, chart.width - kRight), y(chart.logY, chart.height - kBottom, kTop);
    for (const LineChart::Series& series : chart.series) {
        for (const auto& [at, value] : series.points) {
            if (!x.shows(at) || !y.shows(value))
                continue;
            x.include(at);
            y.include(value);
        }
    }
    if (x.empty() || y.empty())
        return {};
    x.widen();
    y.widen();
    return Layout(chart, x, y).drawn();
}

} // namespace core
