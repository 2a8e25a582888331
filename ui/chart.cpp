// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart.h"

#include "ui/read_out.h"
#include "ui/tickers.h"

#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

bool differs(double a, double b)
{
    if (std::isfinite(a) != std::isfinite(b))
        return true;
    return std::isfinite(a) && std::abs(a - b) > 0.005 * std::abs(a);
}

bool differs(const std::vector<Series>& before, const std::vector<Series>& after)
{
    const auto pointsDiffer = [](const Point& a, const Point& b) {
        return a.x != b.x || differs(a.y, b.y) || differs(a.low, b.low) || differs(a.high, b.high)
            || a.verdict != b.verdict || a.standing != b.standing;
    };
    return !std::equal(
        before.begin(), before.end(), after.begin(), after.end(), [&](const Series& a, const Series& b) {
            return a.key == b.key && a.name == b.name && a.style.line == b.style.line
                && std::equal(a.points.begin(), a.points.end(), b.points.begin(), b.points.end(),
                    [&](const Point& p, const Point& q) { return !pointsDiffer(p, q); });
        });
}

} // namespace

bool looksDifferent(const ChartContent& before, const ChartContent& after)
{
    const bool sameNotes = std::equal(before.notes.begin(), before.notes.end(), after.notes.begin(),
        after.notes.end(), [](const ChartNote& a, const ChartNote& b) {
            return a.title == b.title && a.text == b.text && a.color == b.color;
        });
    return before.overRequests != after.overRequests || before.ticks != after.ticks
        || before.emptyText != after.emptyText || !sameNotes || before.marks != after.marks
        || differs(before.series, after.series) || differs(before.baseline, after.baseline)
        || differs(before.overlays, after.overlays);
}

void paintChartCard(QPainter& painter, const QRectF& card, const Theme& theme, const QString& title,
    const QString& subtitle, bool focused)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(focused ? theme.accent : theme.border);
    painter.setBrush(theme.card);
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    QFont font = painter.font();
    const QRectF line = QRectF(card.left() + 14, card.top() + 2, card.width() - 28, kChartTitleHeight);
    QFont bold = font;
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(theme.text);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, title);
    const double used = QFontMetricsF(bold).horizontalAdvance(title) + 10;
    font.setPointSizeF(font.pointSizeF() * 0.92);
    painter.setFont(font);
    painter.setPen(theme.muted);
    painter.drawText(line.adjusted(used, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetricsF(font).elidedText(subtitle, Qt::ElideRight, line.width() - used));
    painter.restore();
}

Chart::Chart(Quantity quantity, QWidget* parent)
    : QFrame(parent)
    , m_quantity(quantity)
    , m_theme(lightTheme())
    , m_plot(new QCustomPlot(this))
    , m_readOut(new ReadOut(m_plot))
    , m_logY(quantity == Quantity::Latency || quantity == Quantity::Throughput)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, kChartTitleHeight, 10, 8);
    layout->addWidget(m_plot);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(260, 170);
    setAccessibleName(tr("%1 chart").arg(chartTitle(quantity)));
    setAccessibleDescription(tr("The table of cells below has the same figures as text."));
    setWhatsThis(chartExplanation(quantity));
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setAccessibleName(accessibleName());
    m_plot->setPlottingHints(QCP::phFastPolylines | QCP::phCacheLabels);
    m_plot->setAutoAddPlottableToLegend(false);
    m_plot->axisRect()->setMinimumMargins(QMargins(48, 10, 14, 0));
    connect(m_plot, &QCustomPlot::afterLayout, this, &Chart::placeVerdicts);
    connectMouse();
    styleAxes();
}

int Chart::curveCount() const
{
    return static_cast<int>(std::count_if(m_content.series.begin(), m_content.series.end(),
        [](const Series& series) { return !series.points.empty(); }));
}

bool Chart::hasPoints() const
{
    const auto some = [](const Series& series) { return !series.points.empty(); };
    return std::any_of(m_content.series.begin(), m_content.series.end(), some)
        || std::any_of(m_content.baseline.begin(), m_content.baseline.end(), some)
        || std::any_of(m_content.overlays.begin(), m_content.overlays.end(), some);
}

void Chart::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_readOut->setTheme(theme);
    styleAxes();
    rebuild();
    update();
}

void Chart::setContent(ChartContent content)
{
    const bool otherAxis = content.overRequests != m_content.overRequests;
    m_content = std::move(content);
    if (otherAxis) {
        m_fits = true;
        m_cursorX.reset();
        styleAxes();
        update();
    }
    rebuild();
}

void Chart::fit()
{
    m_fits = true;
    rebuild();
}

void Chart::setLogarithmic(Qt::Orientation axis, bool on)
{
    (axis == Qt::Horizontal ? m_logX : m_logY) = on;
    styleAxes();
    fit();
}

bool Chart::isLogarithmic(Qt::Orientation axis) const
{
    return axis == Qt::Horizontal ? m_logX : m_logY;
}

void Chart::showXRange(double low, double high)
{
    m_fits = false;
    m_plot->xAxis->setRange(low, high);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

QPixmap Chart::picture(const QSize& size, double scale)
{
    m_plot->resize(size);
    m_wordsWidth = size.width();
    m_plot->setViewport(QRect(QPoint(), size));
    rebuild();
    // Twice: which labels fit is known once the first painting has laid out the axes.
    m_plot->toPixmap(size.width(), size.height(), 1);
    return m_plot->toPixmap(size.width(), size.height(), scale);
}

void Chart::styleAxes()
{
    QFont font = this->font();
    font.setPointSizeF(font.pointSizeF() * 0.9);
    m_plot->setBackground(m_theme.card);
    for (QCPAxis* axis : { m_plot->xAxis, m_plot->yAxis }) {
        axis->setTickLabelFont(font);
        axis->setLabelFont(font);
        axis->setTickLabelColor(m_theme.muted);
        axis->setLabelColor(m_theme.muted);
        axis->grid()->setPen(QPen(m_theme.grid, 1));
        axis->grid()->setZeroLinePen(Qt::NoPen);
        axis->grid()->setSubGridVisible(false);
        axis->setSubTicks(false);
    }
    m_plot->xAxis->grid()->setVisible(false);
    m_plot->xAxis->setBasePen(QPen(m_theme.axis, 1));
    m_plot->xAxis->setTickPen(QPen(m_theme.axis, 1));
    m_plot->xAxis->setTickLength(0, 4);
    m_plot->xAxis->setLabelPadding(1);
    m_plot->yAxis->setBasePen(Qt::NoPen);
    m_plot->yAxis->setTickPen(Qt::NoPen);
    const auto scaleOf = [](bool log) { return log ? QCPAxis::stLogarithmic : QCPAxis::stLinear; };
    m_plot->xAxis->setScaleType(scaleOf(isLogarithmic(Qt::Horizontal)));
    m_plot->yAxis->setScaleType(scaleOf(m_logY));
    m_plot->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new ValueTicker(m_quantity, m_plot->yAxis)));
    m_plot->xAxis->setLabel(m_content.overRequests ? tr("requests at once") : tr("batch size"));
}

void Chart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(font());
    paintChartCard(painter, rect(), m_theme, chartTitle(m_quantity), chartSubtitle(m_quantity), hasFocus());
}

void Chart::focusInEvent(QFocusEvent* event)
{
    QFrame::focusInEvent(event);
    update();
}

void Chart::focusOutEvent(QFocusEvent* event)
{
    QFrame::focusOutEvent(event);
    update();
}

void Chart::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    m_wordsWidth = contentsRect().width() - 18;
    rebuild();
}

} // namespace ui
