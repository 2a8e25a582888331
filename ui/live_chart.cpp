// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live_chart.h"

#include "ui/tickers.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>

namespace ui {
namespace {

constexpr int kGutter = 52, kTitle = 20, kAxis = 22; // pixels
constexpr double kGap = 1; // seconds between glances that are not joined

double yOf(const QRect& area, double value, double largest)
{
    return area.bottom() - value / largest * (area.height() - 1);
}

} // namespace

LiveChart::LiveChart(LiveTrial& trial, QWidget* parent)
    : QWidget(parent)
    , m_trial(trial)
    , m_theme(lightTheme())
{
    setAccessibleName(tr("Requests that wait, and latencies, over the last 30 seconds"));
    connect(&trial, &LiveTrial::glanced, this, qOverload<>(&QWidget::update));
}

void LiveChart::setTheme(const Theme& theme)
{
    m_theme = theme;
    update();
}

double LiveChart::xOf(const QRect& area, double at) const
{
    const auto& moments = m_trial.moments();
    const double now = moments.empty() ? 0 : moments.back().at;
    return area.right() - (now - at) / kLiveWindow * (area.width() - 1);
}

/// Title, grid and ticks of one of the two.
void LiveChart::paintTrack(QPainter& painter, const QRect& area, const QString& title, double largest) const
{
    painter.setPen(m_theme.text);
    painter.drawText(QRect(area.left(), area.top() - kTitle, area.width(), kTitle - 3),
        Qt::AlignLeft | Qt::AlignVCenter, title);
    for (const double tick : linearTicks(0, largest, std::max(3, area.height() / 28))) {
        const int y = qRound(yOf(area, tick, largest));
        painter.setPen(m_theme.grid);
        painter.drawLine(area.left(), y, area.right(), y);
        painter.setPen(m_theme.muted);
        painter.drawText(QRect(area.left() - kGutter, y - 10, kGutter - 6, 20),
            Qt::AlignRight | Qt::AlignVCenter, QString::number(tick, 'g', 4));
    }
    painter.setPen(m_theme.axis);
    painter.drawLine(area.bottomLeft(), area.bottomRight());
}

void LiveChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    const int room = (height() - 2 * kTitle - kAxis - 8) / 2;
    if (room < 20)
        return;
    const int width = this->width() - kGutter - 10;
    const QRect above(kGutter, kTitle, width, room), below(kGutter, 2 * kTitle + 8 + room, width, room);
    double most = 4, slowest = 1;
    for (const LiveMoment& moment : m_trial.moments()) {
        most = std::max(most, moment.waiting.value_or(0) * 1.1);
        slowest = std::max(slowest, moment.latencyMs.value_or(0) * 1.1);
    }
    paintTrack(painter, above, tr("requests that wait"), most);
    paintTrack(painter, below, tr("latency of the last answer, ms"), slowest);
    painter.setPen(m_theme.muted);
    for (int ago = 0; ago <= static_cast<int>(kLiveWindow); ago += 10) {
        const double x = below.right() - ago / kLiveWindow * (below.width() - 1);
        const QRectF place(x - 40, below.bottom() + 4, 80, kAxis - 4);
        const QString words = ago == 0 ? tr("now") : tr("%1 s ago").arg(ago);
        if (ago == 0) // the outer ones stay inside
            painter.drawText(place.translated(-40, 0), Qt::AlignRight | Qt::AlignTop, words);
        else if (ago == static_cast<int>(kLiveWindow))
            painter.drawText(place.translated(40, 0), Qt::AlignLeft | Qt::AlignTop, words);
        else
            painter.drawText(place, Qt::AlignHCenter | Qt::AlignTop, words);
    }
    QPainterPath line;
    std::optional<double> before;
    for (const LiveMoment& moment : m_trial.moments()) {
        if (!moment.waiting) {
            before.reset();
            continue;
        }
        const QPointF point(xOf(above, moment.at), yOf(above, *moment.waiting, most));
        if (before && moment.at - *before < kGap)
            line.lineTo(point);
        else
            line.moveTo(point);
        before = moment.at;
    }
    painter.setPen(QPen(m_theme.accent, 1.6));
    painter.drawPath(line);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.accent);
    for (const LiveMoment& moment : m_trial.moments()) {
        if (moment.latencyMs)
            painter.drawEllipse(
                QPointF(xOf(below, moment.at), yOf(below, *moment.latencyMs, slowest)), 2.4, 2.4);
    }
}

} // namespace ui
