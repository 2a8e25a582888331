// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/energy_windows.h"

#include "core/measure/student_t.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

void EnergyWindows::begin(Nanoseconds now, const Figure& joules)
{
    m_points.clear();
    m_leftOut = 0;
    m_source = joules.source;
    m_unknown = joules.unknown;
    if (joules)
        m_points.push_back({ now, *joules.value, 0 });
}

void EnergyWindows::add(Nanoseconds now, const Figure& joules, double inferences)
{
    if (!joules) {
        m_unknown = joules.unknown;
        return;
    }
    const double used = *joules.value - m_leftOut;
    if (m_points.empty() || used <= m_points.back().joules || inferences < m_points.back().inferences)
        return;
    if (m_points.size() > 1 && inferences == m_points.back().inferences)
        m_points.pop_back(); // the end of the loop, right behind its last report
    if (inferences > m_points.back().inferences)
        m_points.push_back({ now, used, inferences });
}

/// Of the points those that end a window: as many as the rules allow, about equally long.
std::vector<EnergyWindows::Point> EnergyWindows::windowEnds() const
{
    if (m_points.empty())
        return {};
    const Nanoseconds all = m_points.back().at - m_points.front().at;
    const Nanoseconds length = std::max(kShortest, all / static_cast<Nanoseconds::rep>(kMost));
    std::vector<Point> ends { m_points.front() };
    for (const Point& point : m_points) {
        if (point.at - ends.back().at >= length)
            ends.push_back(point);
    }
    // What is left over behind the last whole window belongs to that one.
    if (ends.size() > 1)
        ends.back() = m_points.back();
    return ends;
}

EnergyWindows::Bounds EnergyWindows::boundsOf(std::span<const Part> parts, const std::string& source)
{
    double joules = 0, inferences = 0, squares = 0;
    for (const Part& part : parts) {
        joules += part.joules;
        inferences += part.inferences;
    }
    const double ratio = joules / inferences;
    for (const Part& part : parts)
        squares += std::pow(part.joules - ratio * part.inferences, 2);
    const auto count = static_cast<double>(parts.size());
    const double error = std::sqrt(squares * count / (count - 1)) / inferences;
    const double half = studentT975(static_cast<int>(parts.size()) - 1) * error;
    return { Figure::known(std::max(0.0, ratio - half), source), Figure::known(ratio + half, source) };
}

EnergyWindows::Bounds EnergyWindows::bounds() const
{
    const auto unknown = [](const std::string& why) -> Bounds {
        return { Figure::missing(why), Figure::missing(why) };
    };
    if (!m_unknown.empty())
        return unknown(m_unknown);
    const std::vector<Point> ends = windowEnds();
    const std::size_t windows = ends.empty() ? 0 : ends.size() - 1;
    if (windows < kLeast)
        return unknown(fmt::format("The loop held {} window{} of the energy counter, an interval needs {}.",
            windows, windows == 1 ? "" : "s", kLeast));
    std::vector<Part> parts;
    for (std::size_t k = 1; k < ends.size(); ++k)
        parts.push_back({ ends[k].joules - ends[k - 1].joules, ends[k].inferences - ends[k - 1].inferences });
    return boundsOf(parts, m_source);
}

} // namespace core
