// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/policy_style.h"

#include <array>

namespace ui {

SeriesStyle policyStyle(const Theme& theme, const std::string& policy, std::size_t place)
{
    static constexpr std::array kMarkers { Marker::Disc, Marker::Square, Marker::Triangle, Marker::Diamond,
        Marker::TriangleDown, Marker::Cross };
    static constexpr std::array kDashes { Qt::SolidLine, Qt::DashDotLine, Qt::DotLine };
    SeriesStyle style;
    style.marker = kMarkers[place % kMarkers.size()];
    const std::string name = policy.substr(0, policy.find('('));
    if (name == "cpu-only") {
        style.line = theme.cpu;
        style.text = theme.cpuText;
    } else if (name == "gpu-only") {
        style.line = theme.gpu;
        style.text = theme.gpuText;
    } else {
        style.line = theme.others[place % theme.others.size()];
        style.text = theme.text;
        style.dash = kDashes[place / theme.others.size() % kDashes.size()];
    }
    style.fill = style.line;
    return style;
}

SeriesStyle oracleStyle(const Theme& theme)
{
    SeriesStyle style;
    style.line = style.text = theme.muted;
    style.fill = theme.card;
    style.dash = Qt::DashLine;
    return style;
}

} // namespace ui
