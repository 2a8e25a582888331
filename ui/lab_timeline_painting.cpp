// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/format.h"
#include "ui/lab_timeline.h"
#include "ui/tickers.h"

#include <QImage>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kTickWidth = 50; // of the gutter
constexpr int kGap = 10; // between tracks
constexpr double kStretch = 3; // pixels of a recorded stretch of the queue that are not seen as steps
constexpr std::size_t kFewColumns = 400; // up to here lines are smoothed
constexpr double kLogFrom = 20; // largest over smallest latency

/// `share` of a colour over another one.
QColor mixed(const QColor& over, const QColor& under, double share)
{
    const auto mix = [share](int a, int b) { return static_cast<int>(a * share + b * (1 - share)); };
    return { mix(over.red(), under.red()), mix(over.green(), under.green()), mix(over.blue(), under.blue()) };
}

} // namespace

void LabTimeline::paintAll(QPainter& painter)
{
    if (!m_watched) {
        painter.setPen(m_theme.muted);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
        return;
    }
    // Latencies have twice the room of a track: they are what it is about.
    const QRect all = plot();
    const int parts = static_cast<int>(m_tracks.size()) + 2;
    const int room = all.height() - kGap * static_cast<int>(m_tracks.size());
    int top = all.top(), given = 0;
    for (std::size_t i = 0; i <= m_tracks.size(); ++i) {
        const bool last = i == m_tracks.size();
        const int until = last ? room : room * static_cast<int>(i + 1) / parts;
        const QRect area(all.left(), top, all.width(), std::max(8, until - given));
        if (last)
            paintLatencies(painter, area);
        else
            paintTrack(painter, area, m_tracks[i], i == 0);
        given = until;
        top = area.bottom() + 1 + kGap;
    }
    paintSeconds(painter, all);
}

void LabTimeline::paintTitle(QPainter& painter, const QRect& area, const QString& title, const QString& unit)
{
    const QFont plain = painter.font();
    QFont bold = plain;
    bold.setWeight(QFont::DemiBold);
    const int width = kTimelineGutter - kTickWidth - 4;
    painter.setFont(bold);
    painter.setPen(m_theme.text);
    const int line = painter.fontMetrics().height();
    painter.drawText(QRect(2, area.top(), width, line), Qt::AlignLeft | Qt::AlignTop,
        painter.fontMetrics().elidedText(title, Qt::ElideRight, width));
    painter.setFont(plain);
    if (area.height() < 2 * line)
        return;
    painter.setPen(m_theme.muted);
    painter.drawText(QRect(2, area.top() + line, width, line), Qt::AlignLeft | Qt::AlignTop, unit);
}

void LabTimeline::paintTicks(QPainter& painter, const QRect& area, double low, double high, bool logarithmic)
{
    const int most = std::max(1, area.height() / 26);
    const std::vector<double> ticks = logarithmic ? logTicks(low, high) : linearTicks(low, high, most);
    const int half = painter.fontMetrics().height() / 2;
    double before = HUGE_VAL;
    for (const double tick : ticks) {
        if (tick < low || tick > high)
            continue;
        const double share
            = logarithmic ? std::log(tick / low) / std::log(high / low) : (tick - low) / (high - low);
        const double y = std::round(area.bottom() - share * (area.height() - 1));
        if (before - y < half * 2)
            continue;
        before = y;
        painter.setPen(QPen(m_theme.grid, 1));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(m_theme.muted);
        // Beside the edge a label moves inwards, so that two tracks' labels never meet.
        const double middle = std::clamp(y, double(area.top() + half), double(area.bottom() - half + 1));
        painter.drawText(QRectF(area.left() - kTickWidth, middle - 10, kTickWidth - 6, 20),
            Qt::AlignRight | Qt::AlignVCenter, QString::number(tick, 'g', 4));
    }
}

/// The whole run as the simulator added it up, also what no batch was kept of; nearer it is exact.
std::vector<StepColumn> LabTimeline::queueColumns(int width) const
{
    const core::QueueOverTime& queue = m_watched->result.queue;
    const double stretch = seconds(queue.width), column = (m_end - m_begin) / std::max(1, width);
    if (queue.stretches.empty() || stretch > kStretch * column)
        return stepColumns(m_tracks.front().steps, m_begin, m_end, width);
    std::vector<StepColumn> columns;
    for (int i = 0; i < width; ++i) {
        const auto first = static_cast<std::size_t>((m_begin + i * column) / stretch);
        const auto last = static_cast<std::size_t>((m_begin + (i + 1) * column) / stretch);
        StepColumn found;
        double sum = 0;
        std::size_t count = 0;
        for (std::size_t k = first; k <= last && k < queue.stretches.size(); ++k, ++count) {
            sum += queue.stretches[k].mean;
            found.largest = std::max<double>(found.largest, queue.stretches[k].largest);
        }
        found.mean = count > 0 ? sum / static_cast<double>(count) : 0;
        columns.push_back(found);
    }
    return columns;
}

void LabTimeline::paintTrack(QPainter& painter, const QRect& area, const Track& track, bool queue)
{
    const std::vector<StepColumn> columns
        = queue ? queueColumns(area.width()) : stepColumns(track.steps, m_begin, m_end, area.width());
    double high = 1;
    for (const StepColumn& column : columns)
        high = std::max(high, column.largest);
    high *= 1.05;
    paintTitle(painter, area, track.title, queue ? tr("requests") : tr("items running"));
    // Opaque, below the grid: Qt hands each see-through column to its threads, which takes longer than to
    // paint it.
    const QColor pale = mixed(track.color, m_theme.card, m_theme.dark ? 0.34 : 0.24);
    QPolygonF line;
    const auto y = [&](double value) { return area.bottom() - value / high * (area.height() - 1); };
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const int x = area.left() + static_cast<int>(i), top = static_cast<int>(y(columns[i].largest));
        if (columns[i].largest > 0)
            painter.fillRect(x, top, 1, area.bottom() + 1 - top, pale);
        line << QPointF(x + 0.5, y(columns[i].mean));
    }
    paintTicks(painter, area, 0, high, false);
    const bool few = columns.size() <= kFewColumns;
    painter.setRenderHint(QPainter::Antialiasing, few);
    painter.setPen(QPen(track.color, few ? 1.3 : 1));
    painter.drawPolyline(line);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(m_theme.axis, 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    const auto& cut = m_watched->record.cut;
    if (queue || !cut || seconds(*cut) > m_end)
        return;
    const double x = std::max<double>(area.left(), xAt(seconds(*cut))) + 4;
    painter.setPen(m_theme.muted);
    const QString text = tr("not recorded: over %1 batches").arg(formatInteger(core::kMostRecorded));
    painter.drawText(QRectF(x, area.top(), area.right() - x, area.height()), Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(area.right() - x)));
}

void LabTimeline::paintLatencies(QPainter& painter, const QRect& area)
{
    paintTitle(painter, area, tr("latency"), tr("ms, by arrival"));
    if (!(m_highMs > 0))
        return;
    const bool logarithmic = m_lowMs > 0 && m_highMs > kLogFrom * m_lowMs;
    const double low = logarithmic ? m_lowMs / 1.15 : 0;
    const double high = m_highMs * (logarithmic ? 1.15 : 1.05);
    paintTicks(painter, area, low, high, logarithmic);
    const double bottom = area.height() - 1, base = logarithmic ? std::log(low) : low;
    const double perUnit = bottom / ((logarithmic ? std::log(high) : high) - base);
    const double limit = m_watched->slo ? seconds(*m_watched->slo) * 1e3 : HUGE_VAL;
    // Into a picture of its own: a hundred thousand points one by one take a painter a third of a second.
    QImage picture(area.size(), QImage::Format_ARGB32_Premultiplied);
    picture.fill(Qt::transparent);
    const auto first = std::ranges::lower_bound(m_latencies, m_begin, {}, &Latency::at);
    const auto last = std::ranges::lower_bound(m_latencies, m_end, {}, &Latency::at);
    const int size = last - first < area.width() * 4 ? 2 : 1; // of a point
    const QRgb kept = m_theme.cpu.rgba(), late = m_theme.bad.rgba();
    const double scale = area.width() / (m_end - m_begin);
    for (auto latency = first; latency != last; ++latency) {
        const int x = std::min(static_cast<int>((latency->at - m_begin) * scale), area.width() - size);
        const double value = logarithmic ? latency->logarithm : latency->ms;
        const int y
            = std::clamp(static_cast<int>(bottom - (value - base) * perUnit + 0.5), 0, area.height() - size);
        for (int line = y; line < y + size; ++line) {
            auto* pixels = reinterpret_cast<QRgb*>(picture.scanLine(line)) + x;
            std::fill(pixels, pixels + size, latency->ms > limit ? late : kept);
        }
    }
    painter.drawImage(area.topLeft(), picture);
    if (limit < low || limit > high)
        return;
    const double y = std::round(area.bottom() - ((logarithmic ? std::log(limit) : limit) - base) * perUnit);
    painter.setPen(QPen(m_theme.text, 1, Qt::DotLine));
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
}

void LabTimeline::paintSeconds(QPainter& painter, const QRect& area)
{
    painter.setPen(QPen(m_theme.axis, 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    const int top = area.bottom() + 1;
    for (const double tick : linearTicks(m_begin, m_end, std::max(2, area.width() / 90))) {
        if (tick < m_begin || tick > m_end)
            continue;
        const double x = xAt(tick);
        painter.setPen(QPen(m_theme.axis, 1));
        painter.drawLine(QPointF(x, top), QPointF(x, top + 4));
        painter.setPen(m_theme.muted);
        const double middle = std::min(x, double(area.right() - 8));
        painter.drawText(QRectF(middle - 40, top + 4, 80, kTimelineAxis - 6), Qt::AlignHCenter | Qt::AlignTop,
            QString::number(tick, 'g', 7));
    }
    painter.setPen(m_theme.muted);
    painter.drawText(QRect(2, top + 4, kTimelineGutter - kTickWidth, kTimelineAxis - 6),
        Qt::AlignLeft | Qt::AlignTop, tr("seconds"));
}

} // namespace ui
