// SPDX-License-Identifier: GPL-3.0-or-later
// What a comparison says of a point, beside the point.
#include "ui/chart.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr double kGap = 7; // pixels between the middle of a point and its mark
constexpr double kPoint = 9; // pixels a point takes

/// Above the point, below it, right or left of it.
std::vector<QRectF> placesFor(const QPointF& at, const QSizeF& size)
{
    const QRectF middle(at - QPointF(size.width() / 2, size.height() / 2), size);
    const double up = size.height() / 2 + kGap, aside = size.width() / 2 + kGap;
    return { middle.translated(0, -up), middle.translated(0, up), middle.translated(aside, 0),
        middle.translated(-aside, 0) };
}

} // namespace

/// The verdict's glyph and letter; the line over the charts says what they mean.
void Chart::addVerdicts(const Series& series)
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.82);
    small.setWeight(QFont::DemiBold);
    for (const Point& point : series.points) {
        if (!point.verdict || !std::isfinite(point.y))
            continue;
        auto* item = new QCPItemText(m_plot);
        item->setText(verdictMark(*point.verdict));
        item->setFont(small);
        item->setColor(verdictColor(m_theme, *point.verdict));
        item->setPadding(QMargins(0, 0, 0, 0));
        item->setPositionAlignment(Qt::AlignCenter);
        item->position->setType(QCPItemPosition::ptAbsolute);
        m_verdicts.push_back({ item, point });
    }
}

/// Where no mark covers a point or another mark. One that finds no room is left out: the read-out and the
/// table have it. Those that say most come first.
void Chart::placeVerdicts()
{
    const QRectF area = m_plot->axisRect()->rect();
    const auto pixelOf = [this](const Point& point) {
        return QPointF(m_plot->xAxis->coordToPixel(point.x), m_plot->yAxis->coordToPixel(point.y));
    };
    std::vector<QRectF> taken;
    for (const Series& series : m_content.series) {
        for (const Point& point : series.points) {
            if (std::isfinite(point.y))
                taken.emplace_back(pixelOf(point) - QPointF(kPoint / 2, kPoint / 2), QSizeF(kPoint, kPoint));
        }
    }
    std::stable_sort(m_verdicts.begin(), m_verdicts.end(),
        [](const VerdictItem& a, const VerdictItem& b) { return *a.point.verdict < *b.point.verdict; });
    for (const VerdictItem& each : m_verdicts) {
        const QFontMetricsF metrics(each.item->font());
        const QSizeF size(metrics.horizontalAdvance(each.item->text()), metrics.ascent());
        const QPointF at = pixelOf(each.point);
        const auto places = area.contains(at) ? placesFor(at, size) : std::vector<QRectF>();
        const auto free = std::ranges::find_if(places, [&](const QRectF& place) {
            return area.contains(place)
                && std::ranges::none_of(taken, [&](const QRectF& other) { return other.intersects(place); });
        });
        each.item->setVisible(free != places.end());
        if (free == places.end())
            continue;
        each.item->position->setCoords(free->center());
        taken.push_back(*free);
    }
}

} // namespace ui
