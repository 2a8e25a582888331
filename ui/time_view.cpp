// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/time_view.h"

#include "ui/format.h"
#include "ui/read_out.h"
#include "ui/time_view_layout.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kLeastBox = 6; // pixels; a shorter drag was meant as a click
constexpr double kClosest = 1e-5; // seconds that are shown at least

/// The point whose x is nearest, gaps passed over.
const TimePoint* nearest(const std::vector<TimePoint>& points, double x)
{
    const auto after = std::ranges::lower_bound(points, x, {}, &TimePoint::x);
    const auto known = [](const TimePoint& point) { return !std::isnan(point.y); };
    const auto right = std::find_if(after, points.end(), known);
    auto left = after;
    while (left != points.begin() && !known(*std::prev(left)))
        --left;
    const TimePoint* best = right == points.end() ? nullptr : &*right;
    if (left != points.begin() && (!best || x - std::prev(left)->x < best->x - x))
        best = &*std::prev(left);
    return best;
}

} // namespace

TimeView::TimeView(QWidget* parent)
    : QWidget(parent)
    , m_theme(lightTheme())
    , m_readOut(new ReadOut(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setMinimumSize(480, 300);
    setAccessibleName(tr("Charts over time"));
    setAccessibleDescription(tr("The table of cells below has the same figures as text."));
    setWhatsThis(timeViewExplanation());
}

void TimeView::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_readOut->setTheme(theme);
    changed();
}

void TimeView::setContent(TimeViewContent content, std::optional<std::pair<double, double>> shown)
{
    m_content = std::move(content);
    m_shown = shown ? shown : m_content.span;
    if (m_fits && m_shown)
        std::tie(m_begin, m_end) = *m_shown;
    changed();
    showCursor(m_cursor);
}

void TimeView::fit()
{
    m_fits = true;
    m_shown = m_content.span;
    if (m_shown)
        std::tie(m_begin, m_end) = *m_shown;
    changed();
}

void TimeView::showRange(double begin, double end)
{
    if (!(end - begin >= kClosest))
        return;
    m_fits = false;
    m_begin = begin;
    m_end = end;
    changed();
    showCursor(m_cursor);
}

int TimeView::shownTracks() const
{
    return static_cast<int>(std::ranges::count_if(
        m_content.tracks, [](const TrackContent& track) { return !track.curves.empty(); }));
}

void TimeView::changed()
{
    m_picture = {};
    update();
}

void TimeView::redraw()
{
    m_picture = {};
    repaint();
}

QRect TimeView::plot() const
{
    return timePlot(rect());
}

double TimeView::secondsAt(int x) const
{
    return m_begin + (m_end - m_begin) * (x - plot().left()) / std::max(1, plot().width());
}

double TimeView::xAt(double seconds) const
{
    return plot().left() + (seconds - m_begin) / (m_end - m_begin) * plot().width();
}

void TimeView::paintEvent(QPaintEvent*)
{
    if (m_picture.isNull()) {
        m_picture = QPixmap(size() * devicePixelRatioF());
        m_picture.setDevicePixelRatio(devicePixelRatioF());
        m_picture.fill(m_theme.window);
        QPainter painter(&m_picture);
        painter.setFont(font());
        m_places = paintTimeView(painter, rect(), m_content, m_theme, m_begin, m_end, hasFocus());
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_picture);
    const QRect area = plot();
    if (m_pressed && !m_moving) {
        painter.setPen(QPen(m_theme.muted, 1, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRect(QPoint(std::min(*m_pressed, m_dragged), area.top()),
            QPoint(std::max(*m_pressed, m_dragged), area.bottom())));
    }
    if (m_cursor && m_content.span && *m_cursor >= m_begin && *m_cursor <= m_end) {
        painter.setPen(QPen(m_theme.muted, 1, Qt::DotLine));
        const double x = std::round(xAt(*m_cursor));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
}

void TimeView::showCursor(std::optional<double> x)
{
    m_cursor = x;
    m_lines.clear();
    std::vector<ReadOutRow> rows;
    if (x && m_content.span && *x >= m_begin && *x <= m_end) {
        // A curve is read where it has a point close by.
        const double reach = std::max(0.3, (m_end - m_begin) * 0.01);
        for (const TrackContent& track : m_content.tracks) {
            for (const TimeCurve& curve : track.curves) {
                const TimePoint* point = nearest(*curve.points, *x);
                if (point && std::abs(point->x - *x) <= reach)
                    rows.push_back({ tr("%1 · %2").arg(trackTitle(track.track), curve.name),
                        formatTrackValue(track.track, point->y), curve.style.text });
            }
        }
    }
    m_readOut->setVisible(!rows.empty());
    if (!rows.empty()) {
        const QString title = tr("at %1").arg(formatDuration(*x));
        m_lines << title;
        for (const ReadOutRow& row : rows)
            m_lines << row.name + QLatin1Char(' ') + row.value;
        m_readOut->setContent(title, std::move(rows));
        const QRect area = plot();
        const bool left = xAt(*x) > area.center().x();
        m_readOut->move(left ? area.left() + 8 : area.right() - m_readOut->width() - 8, area.top() + 4);
    }
    update();
}

void TimeView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    changed();
}

void TimeView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_content.span)
        return;
    m_pressed = m_dragged = event->pos().x();
    m_moving = event->modifiers() & Qt::ShiftModifier;
}

void TimeView::mouseMoveEvent(QMouseEvent* event)
{
    const int x = event->pos().x();
    if (m_pressed && m_moving)
        moveBy(secondsAt(m_dragged) - secondsAt(x));
    m_dragged = x;
    const bool inside = plot().contains(event->pos());
    showCursor(inside ? std::optional(secondsAt(x)) : std::nullopt);
}

void TimeView::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_pressed || event->button() != Qt::LeftButton)
        return;
    const int from = std::min(*m_pressed, event->pos().x()), to = std::max(*m_pressed, event->pos().x());
    m_pressed.reset();
    if (!m_moving && to - from >= kLeastBox)
        showRange(std::max(secondsAt(from), m_begin), std::min(secondsAt(to), m_end));
    update();
}

void TimeView::mouseDoubleClickEvent(QMouseEvent*)
{
    m_pressed.reset();
    fit();
}

void TimeView::wheelEvent(QWheelEvent* event)
{
    if (m_content.span)
        zoom(std::pow(0.85, event->angleDelta().y() / 120.0),
            secondsAt(static_cast<int>(event->position().x())));
    event->accept();
}

void TimeView::zoom(double factor, double around)
{
    showRange(around - (around - m_begin) * factor, around + (m_end - around) * factor);
}

void TimeView::moveBy(double seconds)
{
    showRange(m_begin + seconds, m_end + seconds);
}

/// From one reading to the next, or by a hundredth where there are none.
void TimeView::stepCursor(int steps)
{
    const double step = (m_end - m_begin) / 100;
    const double from = m_cursor.value_or(steps > 0 ? m_begin - step : m_end + step);
    showCursor(std::clamp(from + steps * step, m_begin, m_end));
}

void TimeView::keyPressEvent(QKeyEvent* event)
{
    const double middle = m_cursor.value_or((m_begin + m_end) / 2);
    switch (event->key()) {
    case Qt::Key_Left:
        return stepCursor(-1);
    case Qt::Key_Right:
        return stepCursor(1);
    case Qt::Key_Escape:
        return showCursor(std::nullopt);
    case Qt::Key_Home:
        return fit();
    case Qt::Key_Plus:
        return zoom(0.8, middle);
    case Qt::Key_Minus:
        return zoom(1.25, middle);
    default:
        QWidget::keyPressEvent(event);
    }
}

void TimeView::leaveEvent(QEvent*)
{
    showCursor(std::nullopt);
}

void TimeView::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    changed();
}

void TimeView::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    changed();
}

/// The whole reason of a track that has no line for it, and the name of a cell that has no room.
QString TimeView::tipAt(const QPoint& at) const
{
    for (std::size_t i = 0; i < m_places.size() && i < m_content.tracks.size(); ++i) {
        if (m_places[i].collapsed && m_places[i].area.contains(at))
            return m_content.tracks[i].none;
    }
    const QRect area = plot();
    if (at.y() < area.top() - kCellNames || at.y() >= area.top())
        return {};
    const double x = secondsAt(at.x());
    for (const CellSpan& cell : m_content.cells) {
        if (x >= cell.begin && x <= cell.end)
            return cell.name;
    }
    return {};
}

bool TimeView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), tipAt(help->pos()), this);
        return true;
    }
    return QWidget::event(event);
}

QString timeViewExplanation()
{
    return TimeView::tr(
        "<p><b>Over time.</b> Every run as it was taken and every reading of a sensor, over one axis. Thin "
        "lines are "
        "where a cell's measuring begins. Steps and waves in the latency are the machine's doing: look below "
        "for "
        "what the clock, the temperature and others' load did at the same moment.</p><p>Throughput is items "
        "per "
        "second over windows of a quarter of a second. Power is what lies between two readings of a counter; "
        "the "
        "shaded area is the energy of a measured cell, and what is left of it between cells is what the "
        "device "
        "draws at rest. Disturbance is the share of time that gaps and runs that stick out lost. A track "
        "without "
        "any reading says why; unknown is never drawn as zero.</p>"
        "<p>Drag to zoom, turn the wheel to zoom at the cursor, drag with Shift to move, double-click to see "
        "everything. With the keyboard: arrows move the cursor, plus and minus zoom, Home shows "
        "everything.</p>");
}

} // namespace ui
