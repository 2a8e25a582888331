// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart.h"
#include "ui/marker.h"
#include "ui/tickers.h"

#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr double kRingRoom = 0.06; // of a chart's height
constexpr double kFarTarget = 30; // times what was measured

struct Range {
    double low = HUGE_VAL, high = -HUGE_VAL;

    void add(double value)
    {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    bool empty() const { return !(low <= high); }
};

/// Room round the data, and at least a factor of `least`, so that noise does not fill the chart.
QCPRange logRange(Range range, double least)
{
    const double middle = std::sqrt(range.low * range.high);
    const double spread = std::max(1.1 * std::pow(range.high / range.low, 0.54), std::sqrt(least));
    return { middle / spread, middle * spread };
}

QCPRange zeroBased(const Range& range, double headroom)
{
    return { 0, range.high > 0 ? range.high * headroom : 1 };
}

/// QCustomPlot's text items do not wrap by themselves.
QString wrapped(const QString& text, const QFontMetricsF& metrics, double width)
{
    QString lines, line;
    for (const QString& word : text.split(QLatin1Char(' '))) {
        const QString longer = line.isEmpty() ? word : line + QLatin1Char(' ') + word;
        if (!line.isEmpty() && metrics.horizontalAdvance(longer) > width) {
            lines += line + QLatin1Char('\n');
            line = word;
        } else {
            line = longer;
        }
    }
    return lines + line;
}

QVector<double> column(const std::vector<Point>& points, double Point::*member)
{
    QVector<double> values;
    values.reserve(static_cast<qsizetype>(points.size()));
    for (const Point& point : points)
        values.push_back(point.*member);
    return values;
}

} // namespace

void Chart::addBand(const Series& series)
{
    std::vector<Point> known;
    std::copy_if(series.points.begin(), series.points.end(), std::back_inserter(known),
        [](const Point& point) { return std::isfinite(point.low) && std::isfinite(point.high); });
    if (known.size() < 2)
        return;
    QCPGraph* low = m_plot->addGraph();
    QCPGraph* high = m_plot->addGraph();
    for (QCPGraph* edge : { low, high })
        edge->setPen(Qt::NoPen);
    low->setData(column(known, &Point::x), column(known, &Point::low), true);
    high->setData(column(known, &Point::x), column(known, &Point::high), true);
    QColor fill = series.style.line;
    fill.setAlphaF(m_theme.dark ? 0.2F : 0.14F);
    high->setBrush(fill);
    high->setChannelFillGraph(low);
}

void Chart::addSeries(const Series& series)
{
    if (series.points.empty())
        return;
    addBand(series);
    QCPGraph* graph = m_plot->addGraph();
    graph->setPen(QPen(series.style.line, 2, series.style.dash, Qt::FlatCap));
    graph->setData(column(series.points, &Point::x), column(series.points, &Point::y), true);
    addMarkers(series);
}

void Chart::addBaseline(const Series& series)
{
    if (series.points.empty())
        return;
    QCPGraph* graph = m_plot->addGraph();
    graph->setPen(QPen(m_theme.baseline, 1.2, Qt::DashLine));
    graph->setData(column(series.points, &Point::x), column(series.points, &Point::y), true);
}

void Chart::addOverlay(const Series& series)
{
    if (series.points.empty())
        return;
    QCPGraph* graph = m_plot->addGraph();
    graph->setPen(QPen(series.style.line, 1.1, series.style.dash, Qt::FlatCap));
    graph->setScatterStyle(QCPScatterStyle(
        markerPath(series.style.marker, 6), QPen(series.style.line, 1.1), series.style.fill, 5));
    graph->setData(column(series.points, &Point::x), column(series.points, &Point::y), true);
}

void Chart::addWords()
{
    QFont plain = font();
    plain.setPointSizeF(plain.pointSizeF() * 0.92);
    QFont bold = plain;
    bold.setWeight(QFont::DemiBold);
    const double width = std::max(120.0, m_wordsWidth * 0.8);
    QCPItemPosition* above = nullptr;
    const auto add = [&](const QString& text, const QFont& itemFont, const QColor& color,
                         QCPItemAnchor* anchor, double gap) {
        auto* item = new QCPItemText(m_plot);
        item->setText(wrapped(text, QFontMetricsF(itemFont), width));
        item->setFont(itemFont);
        item->setColor(color);
        item->setTextAlignment(Qt::AlignLeft);
        item->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
        item->setPadding(QMargins(0, 0, 0, 0));
        item->setClipToAxisRect(false);
        if (anchor) {
            item->position->setParentAnchor(anchor);
            item->position->setType(QCPItemPosition::ptAbsolute);
            item->position->setCoords(0, gap);
        } else {
            item->position->setType(QCPItemPosition::ptAxisRectRatio);
            item->position->setCoords(hasPoints() ? 0.03 : 0.0, hasPoints() ? 0.05 : 0.12);
        }
        above = item->position;
        return item;
    };
    if (!hasPoints() && m_content.notes.empty() && !m_content.emptyText.isEmpty()) {
        auto* item = add(m_content.emptyText, plain, m_theme.muted, nullptr, 0);
        item->position->setType(QCPItemPosition::ptViewportRatio);
        item->position->setCoords(0.5, 0.45);
        item->setPositionAlignment(Qt::AlignCenter);
        item->setTextAlignment(Qt::AlignHCenter);
        return;
    }
    QCPItemAnchor* anchor = nullptr;
    for (const ChartNote& note : m_content.notes) {
        const auto* title = add(note.title, bold, note.color, anchor, 10);
        anchor = add(note.text, plain, m_theme.muted, title->bottomLeft, 3)->bottomLeft;
    }
}

void Chart::fitRanges()
{
    Range x, y;
    double best = kNoValue;
    for (const auto* all : { &m_content.series, &m_content.baseline, &m_content.overlays }) {
        for (const Series& series : *all) {
            for (const Point& point : series.points) {
                if (!std::isfinite(point.y) || (m_logY && point.y <= 0))
                    continue;
                x.add(point.x);
                y.add(point.y);
                if (point.standing == Standing::Best)
                    best = point.y;
                if (all == &m_content.series && (!m_logY || point.low > 0))
                    y.add(point.low), y.add(point.high);
            }
        }
    }
    if (x.empty())
        return;
    if (m_logY && std::isfinite(best)) { // the ring keeps clear of the edges
        const double room = std::pow(y.high / y.low, kRingRoom);
        y.add(best * room);
        y.add(best / room);
    }
    // A target far away from all that was measured would press the curves flat.
    const auto target = m_content.marks.target;
    if (target && *target > y.low / kFarTarget && *target < y.high * kFarTarget)
        y.add(*target);
    for (const double tick : m_content.ticks)
        x.add(tick); // the whole axis from the start: nothing jumps when the next batch arrives
    m_plot->xAxis->setRange(
        isLogarithmic(Qt::Horizontal) ? QCPRange(x.low / 1.12, x.high * 1.12) : QCPRange(0, x.high * 1.05));
    // A remark stands in the upper part, above the curves.
    const double headroom = m_content.notes.empty() ? 1.12 : 2.1;
    m_plot->yAxis->setRange(m_logY ? logRange(y, 4) : zeroBased(y, headroom));
}

void Chart::rebuild()
{
    m_plot->clearPlottables();
    m_plot->clearItems();
    m_verdicts.clear();
    m_cursor = nullptr;
    addMarks();
    for (const Series& series : m_content.baseline)
        addBaseline(series);
    for (const Series& series : m_content.overlays)
        addOverlay(series);
    for (const Series& series : m_content.series)
        addSeries(series);
    for (const Series& series : m_content.series)
        addVerdicts(series);
    const bool some = hasPoints();
    for (QCPAxis* axis : { m_plot->xAxis, m_plot->yAxis })
        axis->setVisible(some);
    m_plot->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new BatchTicker(m_content.ticks, m_plot->xAxis)));
    if (m_fits)
        fitRanges();
    addWords();
    addMarkWords();
    showCursor(m_cursorX);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

} // namespace ui
