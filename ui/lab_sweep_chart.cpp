// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lab_sweep_chart.h"

#include "ui/format.h"
#include "ui/marker.h"
#include "ui/tickers.h"

#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kSample = 26; // width of a stretch of line in the legend
constexpr double kNear = 10; // pixels from the mouse to what it points at

/// Plain round numbers on either scale.
class PlainTicker : public QCPAxisTicker {
public:
    explicit PlainTicker(const QCPAxis* axis)
        : m_axis(axis)
    {
    }

protected:
    QVector<double> createTickVector(double, const QCPRange& range) override
    {
        const double pixels = m_axis->orientation() == Qt::Horizontal ? 80 : 34;
        const int length = m_axis->orientation() == Qt::Horizontal ? m_axis->axisRect()->width()
                                                                   : m_axis->axisRect()->height();
        const auto ticks = m_axis->scaleType() == QCPAxis::stLogarithmic
            ? logTicks(range.lower, range.upper)
            : linearTicks(range.lower, range.upper, std::max(2, static_cast<int>(length / pixels)));
        return QVector<double>(ticks.begin(), ticks.end());
    }
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale&, QChar, int) override
    {
        return QString::number(tick, 'g', 5);
    }

private:
    const QCPAxis* m_axis;
};

} // namespace

LabSweepChart::LabSweepChart(QWidget* parent)
    : QWidget(parent)
    , m_theme(lightTheme())
    , m_plot(new QCustomPlot(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot);
    setMinimumSize(320, 150);
    setAccessibleName(tr("Policies over what is swept"));
    setAccessibleDescription(tr("The command below prints the same figures as a table."));
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    m_plot->setAutoAddPlottableToLegend(false);
    m_plot->setPlottingHints(QCP::phCacheLabels);
    m_plot->axisRect()->setMinimumMargins(QMargins(44, 8, 14, 0));
    for (QCPAxis* axis : { m_plot->xAxis, m_plot->yAxis })
        axis->setTicker(QSharedPointer<QCPAxisTicker>(new PlainTicker(axis)));
    styleAxes();
}

void LabSweepChart::setTheme(const Theme& theme)
{
    m_theme = theme;
    styleAxes();
    draw();
}

void LabSweepChart::setContent(SweepContent content)
{
    m_content = std::move(content);
    draw();
}

void LabSweepChart::styleAxes()
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    m_plot->setBackground(m_theme.card);
    for (QCPAxis* axis : { m_plot->xAxis, m_plot->yAxis }) {
        axis->setTickLabelFont(small);
        axis->setLabelFont(small);
        axis->setTickLabelColor(m_theme.muted);
        axis->setLabelColor(m_theme.muted);
        axis->grid()->setPen(QPen(m_theme.grid, 1));
        axis->grid()->setZeroLinePen(Qt::NoPen);
        axis->setSubTicks(false);
    }
    m_plot->xAxis->grid()->setVisible(false);
    m_plot->xAxis->setBasePen(QPen(m_theme.axis, 1));
    m_plot->xAxis->setTickPen(QPen(m_theme.axis, 1));
    m_plot->yAxis->setBasePen(Qt::NoPen);
    m_plot->yAxis->setTickPen(Qt::NoPen);
}

/// As wide as its longest name, up to a third of the chart.
int LabSweepChart::legendWidth() const
{
    double widest = 0;
    for (const SweepLine& line : m_content.lines)
        widest = std::max(widest, QFontMetricsF(legendFont()).horizontalAdvance(line.name));
    return std::min(static_cast<int>(std::ceil(widest)) + kSample + 16, width() / 3);
}

void LabSweepChart::addLine(const SweepLine& line)
{
    QCPGraph* graph = m_plot->addGraph();
    graph->setPen(QPen(line.style.line, 1.6, line.style.dash, Qt::FlatCap));
    if (line.style.fill == line.style.line)
        graph->setScatterStyle(
            QCPScatterStyle(markerPath(line.style.marker, 6), QPen(Qt::NoPen), line.style.line, 6));
    graph->setData(
        QVector<double>(line.x.begin(), line.x.end()), QVector<double>(line.y.begin(), line.y.end()), true);
    if (!line.end)
        return;
    QCPGraph* end = m_plot->addGraph();
    end->setLineStyle(QCPGraph::lsNone);
    end->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCross, QPen(m_theme.bad, 2), Qt::NoBrush, 9));
    end->addData(line.end->first, line.end->second);
}

void LabSweepChart::draw()
{
    m_plot->clearPlottables();
    m_plot->clearItems();
    double left = HUGE_VAL, right = -HUGE_VAL, low = HUGE_VAL, high = -HUGE_VAL;
    for (const SweepLine& line : m_content.lines) {
        for (std::size_t i = 0; i < line.x.size(); ++i) {
            left = std::min(left, line.x[i]);
            right = std::max(right, line.x[i]);
            if (!std::isfinite(line.y[i]) || (m_content.logY && line.y[i] <= 0))
                continue;
            low = std::min(low, line.y[i]);
            high = std::max(high, line.y[i]);
        }
    }
    const bool some = low <= high;
    m_plot->setVisible(some);
    layout()->setContentsMargins(0, 0, some ? legendWidth() : 0, 0);
    update();
    if (!some)
        return;
    // A limit far from all lines would flatten them: it is left outside then.
    if (m_content.limit && *m_content.limit<4 * high&& * m_content.limit> low / 4) {
        low = std::min(low, *m_content.limit);
        high = std::max(high, *m_content.limit);
    }
    const auto scale = [](bool log) { return log ? QCPAxis::stLogarithmic : QCPAxis::stLinear; };
    m_plot->xAxis->setScaleType(scale(m_content.logX));
    m_plot->yAxis->setScaleType(scale(m_content.logY));
    m_plot->xAxis->setLabel(m_content.xTitle);
    m_plot->yAxis->setLabel(m_content.yTitle);
    const double margin = 0.03 * (right - left);
    if (m_content.logX)
        m_plot->xAxis->setRange(left / 1.15, right * 1.15);
    else
        m_plot->xAxis->setRange(std::max(0.0, left - margin), right + std::max(margin, 1e-9 * right));
    if (m_content.logY)
        m_plot->yAxis->setRange(low / 1.25, high * 1.25);
    else
        m_plot->yAxis->setRange(0, high > 0 ? high * 1.08 : 1);
    for (const SweepLine& line : m_content.lines)
        addLine(line);
    if (m_content.limit) {
        auto* limit = new QCPItemStraightLine(m_plot);
        limit->setPen(QPen(m_theme.text, 1, Qt::DotLine));
        limit->point1->setCoords(0.5, *m_content.limit);
        limit->point2->setCoords(1, *m_content.limit);
    }
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void LabSweepChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (!m_plot->isVisibleTo(this)) {
        painter.setPen(m_theme.muted);
        painter.drawText(
            rect().adjusted(20, 0, -20, 0), Qt::AlignCenter | Qt::TextWordWrap, m_content.emptyText);
        return;
    }
    paintLegend(painter);
}

/// Those that never keep up have no line: they stand last, and go first where there is no room.
void LabSweepChart::paintLegend(QPainter& painter) const
{
    painter.setFont(legendFont());
    const QFontMetrics metrics = painter.fontMetrics();
    const int line = metrics.height() + 2;
    const int left = width() - legendWidth() + 8, room = width() - left - kSample - 6;
    const bool ends
        = std::ranges::any_of(m_content.lines, [](const SweepLine& each) { return each.end.has_value(); });
    std::vector<const SweepLine*> shown;
    for (const SweepLine& each : m_content.lines)
        shown.push_back(&each);
    std::ranges::stable_sort(shown, {}, &SweepLine::behindFromTheFirst);
    const int lines = (height() - 8) / line - (m_content.limit ? 1 : 0) - (ends ? 1 : 0);
    const bool cut = static_cast<int>(shown.size()) > lines;
    const std::size_t hidden = cut ? shown.size() - static_cast<std::size_t>(std::max(1, lines - 1)) : 0;
    shown.resize(shown.size() - hidden);
    int top = 4;
    const auto say = [&](const QString& text, const QColor& color) {
        painter.setPen(color);
        painter.drawText(QRect(left + kSample + 6, top, room, line), Qt::AlignLeft | Qt::AlignVCenter,
            metrics.elidedText(text, Qt::ElideRight, room));
        top += line;
    };
    for (const SweepLine* each : shown) {
        paintSample(painter, QRectF(left, top, kSample, line), each->style);
        say(each->name, each->behindFromTheFirst ? m_theme.muted : m_theme.text);
    }
    if (cut)
        say(tr("and %1 more").arg(hidden), m_theme.muted);
    if (m_content.limit) {
        painter.setPen(QPen(m_theme.text, 1, Qt::DotLine));
        painter.drawLine(left, top + line / 2, left + kSample, top + line / 2);
        say(tr("SLO"), m_theme.text);
    }
    if (!ends)
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.bad, 2));
    const QPointF middle(left + kSample / 2.0, top + line / 2.0);
    painter.drawLine(middle - QPointF(4, 4), middle + QPointF(4, 4));
    painter.drawLine(middle - QPointF(4, -4), middle + QPointF(4, -4));
    say(tr("falls behind from here"), m_theme.muted);
}

QFont LabSweepChart::legendFont() const
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.88);
    return small;
}

void LabSweepChart::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    draw();
}

QString LabSweepChart::textAt(const QPointF& at) const
{
    QString text;
    double nearest = kNear;
    for (const SweepLine& line : m_content.lines) {
        for (std::size_t i = 0; i < line.x.size(); ++i) {
            if (!std::isfinite(line.y[i]))
                continue;
            const double distance = std::hypot(m_plot->xAxis->coordToPixel(line.x[i]) - at.x(),
                m_plot->yAxis->coordToPixel(line.y[i]) - at.y());
            if (distance >= nearest)
                continue;
            nearest = distance;
            text = tr("%1 at %2: %3")
                       .arg(line.name, QString::number(line.x[i], 'g', 5), formatSignificant(line.y[i], 4));
        }
    }
    return text;
}

bool LabSweepChart::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_plot && event->type() == QEvent::MouseMove) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        QToolTip::showText(mouse->globalPosition().toPoint(), textAt(mouse->position()), m_plot);
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
