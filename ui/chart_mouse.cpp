// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart.h"
#include "ui/format.h"
#include "ui/read_out.h"

#include <qcustomplot.h>

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QMenu>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kLeastBox = 6; // pixels; a shorter drag was meant as a click

} // namespace

void Chart::connectMouse()
{
    m_plot->setInteractions(QCP::iRangeZoom | QCP::iRangeDrag);
    m_plot->axisRect()->setRangeZoom(Qt::Horizontal | Qt::Vertical);
    m_plot->axisRect()->setRangeDrag(Qt::Horizontal | Qt::Vertical);
    m_plot->selectionRect()->setPen(QPen(Qt::gray, 1, Qt::DashLine));
    m_plot->setContextMenuPolicy(Qt::CustomContextMenu);
    m_plot->installEventFilter(this);
    connect(m_plot, &QWidget::customContextMenuRequested, this, &Chart::showMenu);
    connect(m_plot, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        setFocus(Qt::MouseFocusReason);
        const bool box = event->button() == Qt::LeftButton && !(event->modifiers() & Qt::ShiftModifier);
        m_plot->setSelectionRectMode(box && hasPoints() ? QCP::srmCustom : QCP::srmNone);
    });
    connect(m_plot->selectionRect(), &QCPSelectionRect::accepted, this,
        [this](const QRect& box) { zoomToBox(box); });
    connect(m_plot, &QCustomPlot::mouseDoubleClick, this, [this] { emit fitChosen(); });
    connect(m_plot, &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) {
        if (hasPoints() && m_plot->axisRect()->rect().contains(event->pos()))
            emit cursorMoved(m_plot->xAxis->pixelToCoord(event->pos().x()));
    });
    // A drag or the wheel moved the axis: the other charts follow, and fresh points no longer move it.
    const auto moved = [this] {
        m_fits = false;
        emit xRangeChosen(m_plot->xAxis->range().lower, m_plot->xAxis->range().upper);
    };
    connect(m_plot, &QCustomPlot::mouseWheel, this, [this, moved] { QTimer::singleShot(0, this, moved); });
    connect(m_plot, &QCustomPlot::mouseRelease, this, [moved](QMouseEvent* event) {
        if (event->button() == Qt::LeftButton && event->modifiers() & Qt::ShiftModifier)
            moved();
    });
}

bool Chart::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_plot && event->type() == QEvent::Leave)
        emit cursorLeft();
    return QFrame::eventFilter(watched, event);
}

void Chart::zoomToBox(const QRect& box)
{
    const QRect area = box.normalized();
    if (area.width() < kLeastBox || area.height() < kLeastBox)
        return;
    m_fits = false;
    m_plot->yAxis->setRange(
        m_plot->yAxis->pixelToCoord(area.bottom()), m_plot->yAxis->pixelToCoord(area.top()));
    m_plot->xAxis->setRange(
        m_plot->xAxis->pixelToCoord(area.left()), m_plot->xAxis->pixelToCoord(area.right()));
    m_plot->replot(QCustomPlot::rpQueuedReplot);
    emit xRangeChosen(m_plot->xAxis->range().lower, m_plot->xAxis->range().upper);
}

void Chart::zoom(double factor)
{
    m_fits = false;
    m_plot->xAxis->scaleRange(factor);
    m_plot->yAxis->scaleRange(factor);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
    emit xRangeChosen(m_plot->xAxis->range().lower, m_plot->xAxis->range().upper);
}

void Chart::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        return emit cursorStepped(-1);
    case Qt::Key_Right:
        return emit cursorStepped(1);
    case Qt::Key_Escape:
        return emit cursorLeft();
    case Qt::Key_Home:
        return emit fitChosen();
    case Qt::Key_Plus:
        return zoom(0.8);
    case Qt::Key_Minus:
        return zoom(1.25);
    case Qt::Key_Menu:
        return showMenu(m_plot->rect().center());
    default:
        QFrame::keyPressEvent(event);
    }
}

void Chart::showMenu(const QPoint& at)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto addScale = [&](Qt::Orientation axis, const QString& text) {
        QAction* action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(isLogarithmic(axis));
        connect(action, &QAction::toggled, this, [this, axis](bool on) {
            setLogarithmic(axis, on);
            emit logarithmicChanged(axis, on);
        });
    };
    addScale(Qt::Horizontal, tr("Logarithmic batch axis"));
    addScale(Qt::Vertical, tr("Logarithmic %1 axis").arg(chartTitle(m_quantity).toLower()));
    menu->addSeparator();
    menu->addAction(tr("Show everything"), this, [this] { emit fitChosen(); });
    menu->addAction(tr("Copy picture"), this, [this] {
        QApplication::clipboard()->setPixmap(m_plot->toPixmap(m_plot->width(), m_plot->height(), 2));
    });
    menu->popup(m_plot->mapToGlobal(at));
}

void Chart::showCursor(std::optional<double> x)
{
    m_cursorX = x;
    const bool shown = x && hasPoints() && m_plot->xAxis->range().contains(*x);
    if (!m_cursor && shown) {
        m_cursor = new QCPItemStraightLine(m_plot);
        m_cursor->setLayer(QStringLiteral("overlay"));
        m_cursor->setPen(QPen(m_theme.muted, 1, Qt::DotLine));
        m_cursor->point2->setTypeY(QCPItemPosition::ptAxisRectRatio);
        m_cursor->point1->setTypeY(QCPItemPosition::ptAxisRectRatio);
    }
    if (m_cursor) {
        m_cursor->setVisible(shown);
        m_cursor->point1->setCoords(x.value_or(1), 0);
        m_cursor->point2->setCoords(x.value_or(1), 1);
        m_plot->layer(QStringLiteral("overlay"))->replot();
    }
    if (!shown)
        return m_readOut->hide();
    std::vector<ReadOutRow> rows;
    const auto add = [&](const Series& series) {
        const auto point = std::ranges::find(series.points, *x, &Point::x);
        if (point == series.points.end() || !std::isfinite(point->y))
            return;
        QString value = formatValue(m_quantity, point->y);
        if (std::isfinite(point->relative))
            value += QLatin1Char(' ') + formatPlusMinus(point->relative);
        if (point->verdict)
            value += QLatin1Char(' ') + verdictMark(*point->verdict);
        rows.push_back({ series.name, value, series.style.text });
    };
    for (const Series& series : m_content.series)
        add(series);
    // Overlays are read as long as the read-out covers no more than half of the curves.
    const int most = m_plot->axisRect()->height() / 2 / fontMetrics().height() - 1;
    for (const Series& series : m_content.overlays) {
        if (std::ssize(rows) < most)
            add(series);
    }
    m_readOut->setVisible(!rows.empty());
    m_readOut->setContent(
        m_content.overRequests ? tr("%1 at once").arg(*x) : tr("batch %1").arg(*x), std::move(rows));
    const QRect area = m_plot->axisRect()->rect();
    const bool left = m_plot->xAxis->coordToPixel(*x) > area.center().x();
    m_readOut->move(left ? area.left() + 8 : area.right() - m_readOut->width() - 8, area.top() + 4);
}

} // namespace ui
