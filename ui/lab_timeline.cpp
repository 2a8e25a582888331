// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lab_timeline.h"

#include "ui/format.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr double kClosest = 1e-5; // seconds that are shown at least
constexpr double kBehind = 0.1; // of what is shown: left of the cursor once the view has followed it

} // namespace

LabTimeline::LabTimeline(QWidget* parent)
    : QWidget(parent)
    , m_theme(lightTheme())
{
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(320, 150);
    setAccessibleName(tr("Queue, devices and latencies over simulated time"));
    setAccessibleDescription(tr("The state at the cursor stands beside it as text."));
    setWhatsThis(tr("Line: the mean over a pixel's time; pale: the most in it. A point is a request at its "
                    "arrival. Click sets the cursor, the wheel zooms, a double click shows everything."));
    setToolTip(
        tr("Line: mean over a pixel's time, pale: the most in it; a point is a request at its arrival.\n"
           "Click sets the cursor, the wheel zooms, a double click shows the whole run."));
}

void LabTimeline::setTheme(const Theme& theme)
{
    m_theme = theme;
    for (std::size_t i = 1; i < m_tracks.size(); ++i)
        m_tracks[i].color = m_watched->devices[i - 1].accelerator ? m_theme.gpu : m_theme.cpu;
    if (!m_tracks.empty())
        m_tracks.front().color = m_theme.others.front();
    changed();
}

void LabTimeline::setRun(const Watched* watched, const QString& emptyText)
{
    m_watched = watched;
    m_emptyText = emptyText;
    m_tracks.clear();
    m_cursor.reset();
    m_duration = 0;
    if (watched) {
        m_duration = seconds(watched->result.duration);
        m_tracks.push_back({ tr("waiting"), m_theme.others.front(), waitingOverTime(*watched) });
        for (std::size_t i = 0; i < watched->devices.size(); ++i)
            m_tracks.push_back({ QString::fromStdString(watched->devices[i].name),
                watched->devices[i].accelerator ? m_theme.gpu : m_theme.cpu, itemsOverTime(*watched, i) });
    }
    gatherLatencies();
    fit();
}

void LabTimeline::gatherLatencies()
{
    m_latencies.clear();
    m_lowMs = HUGE_VAL;
    m_highMs = 0;
    const auto add = [&](std::size_t request) {
        const core::Nanoseconds latency = m_watched->result.latencies[request];
        if (latency < core::Nanoseconds(0))
            return; // no answer
        const double ms = seconds(latency) * 1e3;
        m_latencies.push_back({ seconds(m_watched->requests[request].at), ms, std::log(std::max(ms, 1e-9)) });
        m_lowMs = std::min(m_lowMs, ms);
        m_highMs = std::max(m_highMs, ms);
    };
    if (m_watched && m_view == LabView::Requests) {
        for (std::size_t i = 0; i < m_watched->requests.size(); ++i)
            add(i);
    } else if (m_watched) {
        for (const std::uint32_t request : m_watched->closedLoop)
            add(request);
    }
}

void LabTimeline::setView(LabView view)
{
    m_view = view;
    gatherLatencies();
    changed();
}

void LabTimeline::fit()
{
    m_begin = 0;
    m_end = std::max(m_duration, kClosest);
    changed();
}

void LabTimeline::showRange(double begin, double end)
{
    const double width = std::clamp(end - begin, kClosest, std::max(m_duration, kClosest));
    m_begin = std::clamp(begin, 0.0, std::max(0.0, m_duration - width));
    m_end = m_begin + width;
    changed();
}

void LabTimeline::showCursor(std::optional<double> at)
{
    m_cursor = at;
    if (at && (*at < m_begin || *at > m_end)) {
        const double width = m_end - m_begin;
        showRange(*at - kBehind * width, *at + (1 - kBehind) * width);
    }
    update();
}

void LabTimeline::changed()
{
    m_picture = {};
    update();
}

void LabTimeline::redraw()
{
    m_picture = {};
    repaint();
}

QRect LabTimeline::plot() const
{
    return rect().adjusted(kTimelineGutter, 4, -12, -kTimelineAxis);
}

double LabTimeline::secondsAt(double x) const
{
    return m_begin + (m_end - m_begin) * (x - plot().left()) / std::max(1, plot().width());
}

double LabTimeline::xAt(double at) const
{
    return plot().left() + (at - m_begin) / (m_end - m_begin) * plot().width();
}

void LabTimeline::paintEvent(QPaintEvent*)
{
    if (m_picture.isNull()) {
        m_picture = QPixmap(size() * devicePixelRatioF());
        m_picture.setDevicePixelRatio(devicePixelRatioF());
        m_picture.fill(m_theme.card);
        QPainter painter(&m_picture);
        QFont small = font();
        small.setPointSizeF(small.pointSizeF() * 0.9);
        painter.setFont(small);
        paintAll(painter);
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_picture);
    if (!m_watched || !m_cursor || *m_cursor < m_begin || *m_cursor > m_end)
        return;
    painter.setPen(QPen(m_theme.accent, hasFocus() ? 2 : 1));
    const double x = std::round(xAt(*m_cursor));
    painter.drawLine(QPointF(x, plot().top()), QPointF(x, plot().bottom()));
}

void LabTimeline::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    changed();
}

void LabTimeline::moveTo(double at)
{
    if (!m_watched)
        return;
    showCursor(std::clamp(at, 0.0, m_duration));
    emit cursorMoved(*m_cursor);
}

void LabTimeline::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        moveTo(std::clamp(secondsAt(event->position().x()), m_begin, m_end));
}

void LabTimeline::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        moveTo(std::clamp(secondsAt(event->position().x()), m_begin, m_end));
}

void LabTimeline::mouseDoubleClickEvent(QMouseEvent*)
{
    fit();
}

void LabTimeline::wheelEvent(QWheelEvent* event)
{
    if (m_watched) {
        const double factor = std::pow(0.85, event->angleDelta().y() / 120.0);
        const double around = secondsAt(event->position().x());
        showRange(around - (around - m_begin) * factor, around + (m_end - around) * factor);
    }
    event->accept();
}

void LabTimeline::keyPressEvent(QKeyEvent* event)
{
    const double width = m_end - m_begin, at = m_cursor.value_or(m_begin);
    switch (event->key()) {
    case Qt::Key_Left:
        return moveTo(at - width / 100);
    case Qt::Key_Right:
        return moveTo(at + width / 100);
    case Qt::Key_Home:
        return fit();
    case Qt::Key_Space:
        return emit playToggled();
    case Qt::Key_Plus:
        return showRange(at - (at - m_begin) * 0.8, at + (m_end - at) * 0.8);
    case Qt::Key_Minus:
        return showRange(at - (at - m_begin) * 1.25, at + (m_end - at) * 1.25);
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace ui
