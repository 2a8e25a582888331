// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core {

/// What a shape stands for. Whoever paints it knows how that looks, light or dark.
struct Ink {
    enum class Role {
        Title, // of the picture
        Words, // names beside an axis
        Tick, // numbers along an axis
        Grid,
        Axis,
        Mark, // dotted: a target, a crossing
        Best, // the ring of the recommended point
        Series, // a device's, in its colour
        Low, // a bar towards the low end of an assumption
        High // towards the high one
    };
    Role role = Role::Words;
    DeviceKind kind = DeviceKind::Cpu; // of a series
    int place = 0; // among those of its kind
};

/// A line through points, a text beside its point, a disc, a ring or a bar.
struct DrawnShape {
    enum class Kind { Line, Text, Disc, Ring, Box };
    enum class Anchor { Start, Middle, End };
    Kind kind = Kind::Line;
    Ink ink;
    std::vector<std::pair<double, double>> points; // Box: two corners
    double radius = 0;
    std::string text;
    Anchor anchor = Anchor::Start;
};

/// A picture laid out in units of about a pixel, for SVG and for painters alike.
struct Drawing {
    double width = 560, height = 300;
    std::string title; // said to those who cannot see it
    std::vector<DrawnShape> shapes; // empty: there is nothing to show

    void line(Ink ink, std::vector<std::pair<double, double>> points);
    void text(Ink::Role role, double x, double y, DrawnShape::Anchor anchor, std::string words);
    void box(Ink ink, double left, double top, double right, double bottom);
    void circle(DrawnShape::Kind kind, Ink ink, double x, double y, double radius);
};

/// Empty for a drawing without shapes. Colours are those of light paper; classes are those of the report's
/// style sheet.
std::string toSvg(const Drawing& drawing);

/// Text as it may stand in HTML and XML; characters that XML cannot hold become U+FFFD.
std::string markupEscaped(std::string_view text);

} // namespace core
