// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/drawing.h"

#include <fmt/format.h>

namespace core {

namespace {

/// Okabe and Ito's colours, as the window has them: blue is the CPU's, vermillion the GPU's.
constexpr const char* kCpuColours[] { "#0072B2", "#009E73", "#56B4E9", "#000000" };
constexpr const char* kGpuColours[] { "#D55E00", "#CC79A7", "#E69F00" };

std::string colourOf(const Ink& ink)
{
    const auto place = static_cast<std::size_t>(ink.place);
    return ink.kind == DeviceKind::Gpu ? kGpuColours[place % std::size(kGpuColours)]
                                       : kCpuColours[place % std::size(kCpuColours)];
}

const char* classOf(Ink::Role role)
{
    switch (role) {
    case Ink::Role::Title:
        return "title";
    case Ink::Role::Words:
        return "label";
    case Ink::Role::Tick:
        return "tick";
    case Ink::Role::Grid:
        return "grid";
    case Ink::Role::Axis:
        return "axis";
    case Ink::Role::Mark:
        return "mark";
    case Ink::Role::Best:
        return "best";
    case Ink::Role::Series:
        return "line";
    case Ink::Role::Low:
        return "low";
    case Ink::Role::High:
        break;
    }
    return "high";
}

std::string svgOf(const DrawnShape& shape)
{
    const auto [x, y] = shape.points.front();
    const bool series = shape.ink.role == Ink::Role::Series;
    switch (shape.kind) {
    case DrawnShape::Kind::Line: {
        std::string path;
        for (const auto& [toX, toY] : shape.points)
            path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', toX, toY);
        const std::string stroke = series ? fmt::format(" stroke=\"{}\"{}", colourOf(shape.ink),
                                       shape.ink.kind == DeviceKind::Gpu ? " stroke-dasharray=\"5 3\"" : "")
                                          : "";
        return fmt::format("<path d=\"{}\" class=\"{}\"{}/>", path, classOf(shape.ink.role), stroke);
    }
    case DrawnShape::Kind::Text:
        return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" class=\"{}\">{}</text>", x, y,
            shape.anchor == DrawnShape::Anchor::Start        ? "start"
                : shape.anchor == DrawnShape::Anchor::Middle ? "middle"
                                                             : "end",
            classOf(shape.ink.role), markupEscaped(shape.text));
    case DrawnShape::Kind::Disc:
        return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:g}\" fill=\"{}\"/>", x, y, shape.radius,
            colourOf(shape.ink));
    case DrawnShape::Kind::Ring:
        return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:g}\" class=\"{}\"/>", x, y,
            shape.radius, classOf(shape.ink.role));
    case DrawnShape::Kind::Box:
        break;
    }
    return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" class=\"{}\"/>", x,
        y, shape.points.back().first - x, shape.points.back().second - y, classOf(shape.ink.role));
}

} // namespace

void Drawing::line(Ink ink, std::vector<std::pair<double, double>> points)
{
    if (!points.empty())
        shapes.push_back({ .kind = DrawnShape::Kind::Line, .ink = ink, .points = std::move(points) });
}

void Drawing::text(Ink::Role role, double x, double y, DrawnShape::Anchor anchor, std::string words)
{
    shapes.push_back({ .kind = DrawnShape::Kind::Text,
        .ink = { .role = role },
        .points = { { x, y } },
        .text = std::move(words),
        .anchor = anchor });
}

void Drawing::box(Ink ink, double left, double top, double right, double bottom)
{
    shapes.push_back(
        { .kind = DrawnShape::Kind::Box, .ink = ink, .points = { { left, top }, { right, bottom } } });
}

void Drawing::circle(DrawnShape::Kind kind, Ink ink, double x, double y, double radius)
{
    shapes.push_back({ .kind = kind, .ink = ink, .points = { { x, y } }, .radius = radius });
}

std::string toSvg(const Drawing& drawing)
{
    if (drawing.shapes.empty())
        return {};
    std::string svg = fmt::format("<svg viewBox=\"0 0 {:g} {:g}\" role=\"img\" aria-label=\"{}\">",
        drawing.width, drawing.height, markupEscaped(drawing.title));
    for (const DrawnShape& shape : drawing.shapes)
        svg += svgOf(shape);
    return svg + "</svg>";
}

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

} // namespace core
