// SPDX-License-Identifier: GPL-3.0-or-later
// What a decision adds to a chart: crossovers, the target, the recommended point, points that miss a target.
#include "ui/chart.h"
#include "ui/marker.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr double kRing = 15; // pixels across
constexpr double kPale = 0.45; // share of the own colour
constexpr double kRowHeight = 0.075; // of the chart, between two crossovers' labels

/// Opaque: the curve does not shine through.
QColor blended(const QColor& over, const QColor& under, double share)
{
    const auto mix = [share](int a, int b) { return static_cast<int>(a * share + b * (1 - share)); };
    return { mix(over.red(), under.red()), mix(over.green(), under.green()), mix(over.blue(), under.blue()) };
}

QCPItemText* addLabel(QCustomPlot* plot, const QString& text, const QFont& font, const QColor& color)
{
    auto* item = new QCPItemText(plot);
    item->setText(text);
    item->setFont(font);
    item->setColor(color);
    item->setPadding(QMargins(4, 1, 4, 1));
    return item;
}

} // namespace

/// Below the curves.
void Chart::addMarks()
{
    QPen dotted(m_theme.muted, 1.4, Qt::DotLine);
    for (const ChartMarks::Crossing& crossing : m_content.marks.crossings) {
        auto* band = new QCPItemRect(m_plot);
        QColor fill = m_theme.muted;
        fill.setAlphaF(m_theme.dark ? 0.16F : 0.11F);
        band->setPen(Qt::NoPen);
        band->setBrush(fill);
        for (QCPItemPosition* corner : { band->topLeft, band->bottomRight })
            corner->setTypeY(QCPItemPosition::ptAxisRectRatio);
        band->topLeft->setCoords(crossing.low, 0);
        band->bottomRight->setCoords(crossing.high, 1);
        auto* line = new QCPItemStraightLine(m_plot);
        line->setPen(dotted);
        for (QCPItemPosition* point : { line->point1, line->point2 })
            point->setTypeY(QCPItemPosition::ptAxisRectRatio);
        line->point1->setCoords(crossing.x, 0);
        line->point2->setCoords(crossing.x, 1);
    }
    if (m_content.marks.target) {
        auto* line = new QCPItemStraightLine(m_plot);
        dotted.setColor(m_theme.warning);
        line->setPen(dotted);
        for (QCPItemPosition* point : { line->point1, line->point2 })
            point->setTypeX(QCPItemPosition::ptAxisRectRatio);
        line->point1->setCoords(0, *m_content.marks.target);
        line->point2->setCoords(1, *m_content.marks.target);
    }
}

/// Above the curves.
void Chart::addMarkWords()
{
    if (!hasPoints())
        return;
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.88);
    const QCPRange range = m_plot->xAxis->range();
    const auto shareOf = [&](double x) { // from the left
        return isLogarithmic(Qt::Horizontal) && range.lower > 0
            ? std::log(x / range.lower) / std::log(range.upper / range.lower)
            : (x - range.lower) / range.size();
    };
    double row = 0.01;
    for (const ChartMarks::Crossing& crossing : m_content.marks.crossings) {
        QCPItemText* label = addLabel(m_plot, crossing.label, small, m_theme.text);
        label->setPositionAlignment(
            (shareOf(crossing.x) > 0.55 ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop);
        label->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        label->position->setCoords(crossing.x, row);
        row += kRowHeight;
    }
    if (m_content.marks.target) {
        QCPItemText* label = addLabel(m_plot, m_content.marks.targetLabel, small, m_theme.warning);
        label->setPositionAlignment(Qt::AlignLeft | Qt::AlignBottom);
        label->position->setTypeX(QCPItemPosition::ptAxisRectRatio);
        label->position->setCoords(0.005, *m_content.marks.target);
    }
}

/// The markers of a series: those that miss a target smaller and paler, the recommended one in a ring.
void Chart::addMarkers(const Series& series)
{
    const bool hollow = series.style.fill != series.style.line;
    const auto add = [&](Standing standing, const QCPScatterStyle& style) {
        QVector<double> x, y;
        for (const Point& point : series.points) {
            const bool ring = standing == Standing::Best;
            if (ring ? point.standing == Standing::Best
                     : (point.standing == Standing::Missed) == (standing == Standing::Missed)) {
                x.push_back(point.x);
                y.push_back(point.y);
            }
        }
        if (x.empty())
            return;
        QCPGraph* graph = m_plot->addGraph();
        graph->setPen(Qt::NoPen);
        graph->setLineStyle(QCPGraph::lsNone);
        graph->setScatterStyle(style);
        graph->setData(x, y, true);
    };
    // QCustomPlot takes a custom marker to be 6 wide.
    const QPainterPath path = markerPath(series.style.marker, 6);
    add(Standing::Plain,
        QCPScatterStyle(
            path, hollow ? QPen(series.style.line, kHollowPen) : QPen(Qt::NoPen), series.style.fill, 7));
    const QColor pale = blended(series.style.line, m_theme.card, kPale);
    add(Standing::Missed,
        QCPScatterStyle(path, QPen(pale, 1), hollow ? QBrush(series.style.fill) : QBrush(pale), 5));
    add(Standing::Best,
        QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(m_theme.text, 1.8), QBrush(Qt::NoBrush), kRing));
}

} // namespace ui
