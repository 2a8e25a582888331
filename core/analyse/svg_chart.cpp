// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/svg_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

constexpr double kWidth = 560, kHeight = 300, kLeft = 64, kRight = 16, kTop = 40, kBottom = 46;

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

std::string pathOf(const SvgChart::Series& series, const Axis& x, const Axis& y)
{
    std::string path;
    double before = 0;
    for (const auto& [at, value] : series.points) {
        if (!x.shows(at) || !y.shows(value))
            continue;
        if (path.empty())
            path = fmt::format("M{:.1f} {:.1f}", x.at(at), y.at(value));
        else if (series.stepped)
            path += fmt::format("L{:.1f} {:.1f}L{:.1f} {:.1f}", x.at(at), before, x.at(at), y.at(value));
        else
            path += fmt::format("L{:.1f} {:.1f}", x.at(at), y.at(value));
        before = y.at(value);
    }
    return path;
}

std::string text(double x, double y, const char* anchor, const char* kind, std::string_view words)
{
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" class=\"{}\">{}</text>", x, y,
        anchor, kind, markupEscaped(words));
}

std::string axes(const SvgChart& chart, const Axis& x, const Axis& y)
{
    std::string svg;
    for (const double tick : y.ticks()) {
        svg += fmt::format("<path d=\"M{} {:.1f}H{}\" class=\"grid\"/>", kLeft, y.at(tick), kWidth - kRight);
        svg += text(kLeft - 6, y.at(tick) + 4, "end", "tick", fmt::format("{:g}", tick));
    }
    svg += fmt::format("<path d=\"M{} {}H{}\" class=\"axis\"/>", kLeft, kHeight - kBottom, kWidth - kRight);
    for (const double tick : chart.xTicks.empty() ? x.ticks() : chart.xTicks)
        svg += text(x.at(tick), kHeight - kBottom + 16, "middle", "tick", fmt::format("{:g}", tick));
    svg += text((kLeft + kWidth - kRight) / 2, kHeight - 8, "middle", "label", chart.xLabel);
    svg += text(8, 32, "start", "label", chart.yLabel);
    return svg + text(8, 15, "start", "title", chart.title);
}

std::string lines(const SvgChart& chart, const Axis& x, const Axis& y)
{
    std::string svg;
    for (const SvgChart::Line& line : chart.vertical) {
        if (!x.holds(line.at))
            continue;
        svg += fmt::format(
            "<path d=\"M{:.1f} {}V{}\" class=\"mark\"/>", x.at(line.at), kTop, kHeight - kBottom);
        svg += text(x.at(line.at) + 4, kTop + 10, "start", "tick", line.label);
    }
    for (const SvgChart::Line& line : chart.horizontal) {
        if (!y.holds(line.at))
            continue;
        svg += fmt::format(
            "<path d=\"M{} {:.1f}H{}\" class=\"mark\"/>", kLeft, y.at(line.at), kWidth - kRight);
        svg += text(kWidth - kRight - 4, y.at(line.at) - 4, "end", "tick", line.label);
    }
    return svg;
}

std::string legend(const SvgChart& chart)
{
    std::string svg;
    double right = kWidth - kRight;
    for (auto series = chart.series.rbegin(); series != chart.series.rend(); ++series) {
        const double width = 7.0 * static_cast<double>(series->name.size()) + 30;
        right -= width;
        if (right < 150) // the title's place
            break;
        svg += fmt::format("<path d=\"M{:.1f} 11h18\" stroke=\"{}\" class=\"line\"{}/>", right,
            series->colour, series->dashed ? " stroke-dasharray=\"5 3\"" : "");
        svg += text(right + 22, 15, "start", "tick", series->name);
    }
    return svg;
}

} // namespace

std::string markupEscaped(std::string_view text)
{
    std::string escaped;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '<')
            escaped += "&lt;";
        else if (c == '>')
            escaped += "&gt;";
        else if (c == '&')
            escaped += "&amp;";
        else if (c == '"')
            escaped += "&quot;";
        else if (byte < 0x20 && c != '\n' && c != '\t')
            escaped += "\xef\xbf\xbd";
        else
            escaped += c;
    }
    return escaped;
}

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

std::string toSvg(const SvgChart& chart)
{
    Axis x(chart.logX, kLeft, kWidth - kRight), y(chart.logY, kHeight - kBottom, kTop);
    for (const SvgChart::Series& series : chart.series) {
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
    std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", kWidth,
        kHeight, markupEscaped(chart.title));
    svg += axes(chart, x, y) + lines(chart, x, y);
    for (const SvgChart::Series& series : chart.series) {
        svg += fmt::format("<path d=\"{}\" stroke=\"{}\" class=\"line\"{}/>", pathOf(series, x, y),
            series.colour, series.dashed ? " stroke-dasharray=\"5 3\"" : "");
        if (series.stepped)
            continue;
        for (const auto& [at, value] : series.points)
            if (x.shows(at) && y.shows(value))
                svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"/>", x.at(at),
                    y.at(value), series.colour);
    }
    if (chart.mark && x.holds(chart.mark->first) && y.holds(chart.mark->second))
        svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"8\" class=\"best\"/>",
            x.at(chart.mark->first), y.at(chart.mark->second));
    return svg + legend(chart) + "</svg>";
}

} // namespace core
