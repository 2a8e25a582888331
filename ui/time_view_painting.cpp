// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart.h"
#include "ui/marker.h"
#include "ui/tickers.h"
#include "ui/time_view.h"
#include "ui/time_view_layout.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kMostMarkers = 6; // of one curve
constexpr std::size_t kFewRanges = 300; // up to here lines are smoothed
constexpr double kTickGap = 26; // pixels between two ticks of a track, at least

struct Range {
    double low = HUGE_VAL, high = -HUGE_VAL;
    void add(const ColumnRange& column)
    {
        low = std::min(low, column.low);
        high = std::max(high, column.high);
    }
};

/// One track on its rectangle.
class TrackPainter {
public:
    TrackPainter(QPainter& painter, const TrackContent& content, const std::vector<CellSpan>& cells,
        const Theme& theme, double begin, double end, const QRect& area)
        : m_painter(painter)
        , m_content(content)
        , m_cells(cells)
        , m_theme(theme)
        , m_begin(begin)
        , m_end(end)
    {
        m_place.area = area;
        for (const TimeCurve& curve : content.curves)
            m_columns.push_back(decimated(*curve.points, begin, end, area.width()));
        scale();
    }

    TrackPlace paint()
    {
        paintTicks();
        m_painter.save();
        m_painter.setClipRect(m_place.area);
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            if (m_content.track == Track::Power)
                shadeEnergy(i);
            paintCurve(m_content.curves[i].style, m_columns[i]);
        }
        m_painter.restore();
        return m_place;
    }

private:
    void scale()
    {
        Range range;
        const int width = m_place.area.width();
        for (const auto& columns : m_columns) {
            for (const ColumnRange& column : columns) {
                if (column.x >= 0 && column.x <= width)
                    range.add(column);
            }
        }
        if (!(range.low <= range.high)) // nothing but lines that pass through
            range = { 0, 1 };
        const Track track = m_content.track;
        m_place.logarithmic = (track == Track::Latency || track == Track::Throughput) && range.low > 0;
        if (m_place.logarithmic) {
            const double room = std::max(1.12, std::pow(range.high / range.low, 0.06));
            const double least
                = std::sqrt(std::max(1.0, 1.5 * range.low / range.high)); // noise does not fill it
            m_place.low = range.low / room / least;
            m_place.high = range.high * room * least;
        } else if (track == Track::Temperature) {
            m_place.low = range.low - 3;
            m_place.high = range.high + 3;
        } else {
            m_place.low = 0;
            m_place.high = track == Track::Lost ? std::max(5.0, range.high * 1.15)
                : range.high > 0                ? range.high * 1.15
                                                : 1;
        }
    }

    std::vector<double> ticksOf(int most) const
    {
        std::vector<double> ticks = m_place.logarithmic ? logTicks(m_place.low, m_place.high)
                                                        : linearTicks(m_place.low, m_place.high, most);
        std::erase_if(ticks, [&](double tick) { return tick < m_place.low || tick > m_place.high; });
        return ticks;
    }

    void paintTicks() const
    {
        const int most = std::max(1, static_cast<int>(m_place.area.height() / kTickGap));
        std::vector<double> ticks = ticksOf(most);
        for (int more = most + 1; ticks.size() < 2 && more <= most + 4; ++more)
            ticks = ticksOf(more); // one tick alone gives no scale
        double lastY = HUGE_VAL;
        const QFontMetrics metrics = m_painter.fontMetrics();
        for (const double tick : ticks) {
            const double y = m_place.y(tick);
            if (lastY - y < kTickGap * 0.7)
                continue;
            lastY = y;
            m_painter.setPen(QPen(m_theme.grid, 1));
            m_painter.drawLine(
                QPointF(m_place.area.left(), std::round(y)), QPointF(m_place.area.right(), std::round(y)));
            // Beside the edge a label moves inwards, so that two tracks' labels never meet.
            const double middle = std::clamp(y, m_place.area.top() + metrics.height() / 2.0 - 1,
                m_place.area.bottom() - metrics.height() / 2.0 + 1);
            m_painter.setPen(m_theme.muted);
            m_painter.drawText(QRectF(m_place.area.left() - kTickWidth, middle - 10, kTickWidth - 6, 20),
                Qt::AlignRight | Qt::AlignVCenter, formatTrackTick(m_content.track, tick));
        }
    }

    QPointF at(double x, double value) const { return { m_place.area.left() + x, m_place.y(value) }; }

    void paintCurve(const SeriesStyle& style, const std::vector<ColumnRange>& columns) const
    {
        std::vector<QLineF> lines;
        lines.reserve(columns.size() * 2);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const ColumnRange& column = columns[i];
            // Where neighbours overlap a line between them would not be seen.
            const bool seen = i > 0
                && (column.x - columns[i - 1].x > 1.001 || column.low > columns[i - 1].high
                    || column.high < columns[i - 1].low);
            if (i > 0 && column.joins && (seen || columns.size() <= kFewRanges))
                lines.emplace_back(at(columns[i - 1].x, columns[i - 1].last), at(column.x, column.first));
            if (column.low < column.high)
                lines.emplace_back(at(column.x, column.low), at(column.x, column.high));
            else if (!column.joins && (i + 1 == columns.size() || !columns[i + 1].joins))
                lines.emplace_back(
                    at(column.x - 1.5, column.low), at(column.x + 1.5, column.low)); // a lone point
        }
        m_painter.setRenderHint(QPainter::Antialiasing, columns.size() <= kFewRanges);
        m_painter.setPen(QPen(style.line, columns.size() <= kFewRanges ? 1.3 : 1));
        m_painter.drawLines(lines.data(), static_cast<int>(lines.size()));
        paintMarkers(style, columns);
    }

    /// Curves are never told apart by colour alone.
    void paintMarkers(const SeriesStyle& style, const std::vector<ColumnRange>& columns) const
    {
        std::vector<const ColumnRange*> visible;
        for (const ColumnRange& column : columns) {
            if (column.x >= 0 && column.x <= m_place.area.width())
                visible.push_back(&column);
        }
        if (visible.empty())
            return;
        const double wide = visible.back()->x - visible.front()->x;
        const auto count = static_cast<std::size_t>(std::clamp(wide / 150, 1.0, double { kMostMarkers }));
        m_painter.setRenderHint(QPainter::Antialiasing);
        m_painter.setPen(style.fill == style.line ? QPen(Qt::NoPen) : QPen(style.line, kHollowPen));
        m_painter.setBrush(style.fill);
        for (std::size_t k = 0; k < count; ++k) {
            const ColumnRange& column = *visible[(2 * k + 1) * visible.size() / (2 * count)];
            m_painter.drawPath(
                markerPath(style.marker, 6).translated(at(column.x, (column.low + column.high) / 2)));
        }
    }

    /// The energy of measured cells: the area under the power of the device that was measured.
    void shadeEnergy(std::size_t curve) const
    {
        const SeriesStyle& style = m_content.curves[curve].style;
        const bool gpu = style.line == m_theme.gpu, cpu = style.line == m_theme.cpu;
        QColor fill = style.line;
        fill.setAlphaF(m_theme.dark ? 0.30F : 0.20F);
        const auto& columns = m_columns[curve];
        const double scale = m_place.area.width() / (m_end - m_begin);
        QPolygonF area;
        const auto flush = [&] {
            if (area.size() > 1) {
                area << QPointF(area.last().x(), m_place.y(0)) << QPointF(area.first().x(), m_place.y(0));
                m_painter.setPen(Qt::NoPen);
                m_painter.setBrush(fill);
                m_painter.drawPolygon(area);
            }
            area.clear();
        };
        for (const CellSpan& cell : m_cells) {
            const bool its = (cell.kind == core::DeviceKind::Gpu ? gpu : cpu) || m_content.curves.size() == 1;
            if (!its || cell.end < m_begin || cell.begin > m_end)
                continue;
            const double from = (cell.begin - m_begin) * scale, to = (cell.end - m_begin) * scale;
            auto column = std::ranges::lower_bound(columns, from, {}, &ColumnRange::x);
            for (; column != columns.end() && column->x <= to; ++column) {
                if (!column->joins)
                    flush();
                if (area.isEmpty() && column->joins)
                    area << at(std::max(from, std::prev(column)->x), column->first);
                area << at(column->x, (column->low + column->high) / 2);
            }
            flush();
        }
    }

    QPainter& m_painter;
    const TrackContent& m_content;
    const std::vector<CellSpan>& m_cells;
    const Theme& m_theme;
    double m_begin, m_end;
    TrackPlace m_place;
    std::vector<std::vector<ColumnRange>> m_columns; // by curve
};

QFont smaller(QFont font)
{
    font.setPointSizeF(font.pointSizeF() * 0.9);
    return font;
}

void paintTitle(QPainter& painter, const TrackContent& content, const QRect& row, const Theme& theme)
{
    QFont bold = painter.font();
    bold.setWeight(QFont::DemiBold);
    const QFont plain = painter.font();
    painter.setFont(bold);
    painter.setPen(content.curves.empty() ? theme.muted : theme.text);
    painter.drawText(QRect(row.left() - kGutter, row.top(), kGutter, std::min(row.height(), kCollapsed)),
        Qt::AlignLeft | Qt::AlignVCenter, trackTitle(content.track));
    painter.setFont(plain);
    if (!content.curves.empty())
        return;
    painter.setPen(theme.muted);
    painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(content.none, Qt::ElideRight, row.width()));
}

void paintCells(QPainter& painter, const TimeViewContent& content, const QRect& plot, const Theme& theme,
    double begin, double end)
{
    const double scale = plot.width() / (end - begin);
    const QFontMetrics metrics = painter.fontMetrics();
    double free = plot.left();
    for (const CellSpan& cell : content.cells) {
        const double from = plot.left() + (cell.begin - begin) * scale,
                     to = plot.left() + (cell.end - begin) * scale;
        if (to < plot.left() || from > plot.right())
            continue;
        painter.setPen(QPen(theme.axis, 1));
        if (from >= plot.left())
            painter.drawLine(
                QPointF(std::round(from), plot.top() - kCellNames), QPointF(std::round(from), plot.bottom()));
        const double left = std::max({ from, double(plot.left()), free }) + 3;
        const double room = std::min<double>(to, plot.right()) - left;
        for (const QString& name : { cell.name, cell.shortName }) {
            if (metrics.horizontalAdvance(name) > room)
                continue;
            painter.setPen(cell.color);
            painter.drawText(QRectF(left, plot.top() - kCellNames, room + 1, kCellNames),
                Qt::AlignLeft | Qt::AlignVCenter, name);
            free = left + metrics.horizontalAdvance(name) + 4;
            break;
        }
    }
}

void paintSeconds(QPainter& painter, const QRect& plot, const Theme& theme, double begin, double end)
{
    painter.setPen(QPen(theme.axis, 1));
    painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    const int top = plot.bottom() + 1;
    for (const double tick : linearTicks(begin, end, std::max(2, plot.width() / 110))) {
        if (tick < begin || tick > end)
            continue;
        const double x = plot.left() + (tick - begin) / (end - begin) * plot.width();
        painter.setPen(QPen(theme.axis, 1));
        painter.drawLine(QPointF(x, top), QPointF(x, top + 4));
        painter.setPen(theme.muted);
        painter.drawText(QRectF(x - 40, top + 4, 80, kAxis - 6), Qt::AlignHCenter | Qt::AlignTop,
            QString::number(tick, 'g', 6));
    }
    painter.setPen(theme.muted);
    painter.drawText(QRect(plot.left() - kGutter, top + 4, kGutter - 50, kAxis - 6),
        Qt::AlignLeft | Qt::AlignTop, QCoreApplication::translate("ui::TimeView", "Seconds"));
}

} // namespace

double TrackPlace::y(double value) const
{
    const double share = logarithmic ? std::log(std::max(value, low * 1e-3) / low) / std::log(high / low)
                                     : (value - low) / (high - low);
    return area.bottom() + 1 - share * area.height();
}

std::vector<QRect> trackRows(const QRect& plot, const std::vector<TrackContent>& tracks)
{
    const auto collapsed = static_cast<int>(
        std::ranges::count_if(tracks, [](const TrackContent& track) { return track.curves.empty(); }));
    const int open = static_cast<int>(tracks.size()) - collapsed;
    const int left = plot.height() - collapsed * kCollapsed - open * kTrackGap;
    std::vector<QRect> rows;
    int top = plot.top(), given = 0, seen = 0;
    for (const TrackContent& track : tracks) {
        int height = kCollapsed;
        if (!track.curves.empty()) {
            height = left * ++seen / open - given; // no pixel is lost to rounding
            given += height;
        }
        rows.emplace_back(plot.left(), top, plot.width(), std::max(height, 1));
        top += height + (track.curves.empty() ? 0 : kTrackGap);
    }
    return rows;
}

QRect timePlot(const QRect& card)
{
    return card.adjusted(kGutter + 14, kChartTitleHeight + kCellNames, -16, -kAxis - 6);
}

std::vector<TrackPlace> paintTimeView(QPainter& painter, const QRect& card, const TimeViewContent& content,
    const Theme& theme, double begin, double end, bool focused)
{
    const QFont font = painter.font();
    const auto tr = [](const char* text) { return QCoreApplication::translate("ui::TimeView", text); };
    paintChartCard(painter, card, theme, tr("Over time"),
        tr("every run and every reading; shaded: energy of measured cells"), focused);
    std::vector<TrackPlace> places;
    if (!content.span || !(end > begin)) {
        painter.setPen(theme.muted);
        painter.drawText(card, Qt::AlignCenter, content.emptyText);
        return places;
    }
    painter.setFont(smaller(font));
    const QRect plot = timePlot(card);
    paintCells(painter, content, plot, theme, begin, end);
    const std::vector<QRect> rows = trackRows(plot, content.tracks);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const TrackContent& track = content.tracks[i];
        paintTitle(painter, track, rows[i], theme);
        if (track.curves.empty())
            places.push_back({ .area = rows[i], .collapsed = true });
        else
            places.push_back(TrackPainter(painter, track, content.cells, theme, begin, end, rows[i]).paint());
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(theme.grid, 1));
        if (i + 1 < rows.size())
            painter.drawLine(card.left() + 14, rows[i].bottom() + 2, plot.right(), rows[i].bottom() + 2);
    }
    paintSeconds(painter, plot, theme, begin, end);
    painter.setFont(font);
    return places;
}

} // namespace ui
