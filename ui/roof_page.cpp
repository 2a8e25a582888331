// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/roof_page.h"

#include "core/record/peaks_file.h"
#include "ui/chart.h"
#include "ui/facts.h"
#include "ui/format.h"
#include "ui/marker.h"
#include "ui/session.h"
#include "ui/tickers.h"

#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kRefreshMs = 250;

/// FLOP/s, or FLOP a byte, at round numbers of a logarithmic axis.
class RateTicker : public QCPAxisTicker {
public:
    explicit RateTicker(bool rate)
        : m_rate(rate)
    {
    }

protected:
    QVector<double> createTickVector(double, const QCPRange& range) override
    {
        const auto ticks = logTicks(range.lower, range.upper);
        return QVector<double>(ticks.begin(), ticks.end());
    }
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale&, QChar, int) override
    {
        return m_rate ? formatFlop(tick) + QStringLiteral("/s") : formatSignificant(tick, tick < 1 ? 1 : 3);
    }

private:
    bool m_rate;
};

/// The shown run's model, where it is the one that is open.
const core::Graph* graphOf(const Session& session)
{
    const LoadedModel* model = session.model();
    const bool same = model && model->model.source == session.run().header.model.source;
    return same ? model->graph.get() : nullptr;
}

} // namespace

RoofPage::RoofPage(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_theme(lightTheme())
    , m_plot(new QCustomPlot(this))
    , m_why(makeText("muted", this))
    , m_measure(new QPushButton(tr("Measure peaks"), this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, kChartTitleHeight, 10, 8);
    column->addStretch();
    column->addWidget(m_why);
    column->addWidget(m_measure, 0, Qt::AlignHCenter);
    column->addWidget(m_plot, 1);
    column->addStretch();
    m_why->setAlignment(Qt::AlignCenter);
    m_why->setContentsMargins(12, 0, 12, 0);
    m_measure->setAccessibleName(tr("Measure this machine's peaks"));
    m_measure->setToolTip(
        tr("Measures what this machine reaches at most, some seconds, and traces the model\n"
           "under that roof (Shift+F6). The peaks are remembered."));
    connect(m_measure, &QPushButton::clicked, &session, &Session::traceUnderRoof);
    m_plot->setPlottingHints(QCP::phCacheLabels);
    m_plot->setAutoAddPlottableToLegend(false);
    m_plot->axisRect()->setMinimumMargins(QMargins(48, 10, 14, 0));
    m_plot->setAccessibleName(tr("Roofline chart"));
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    setAccessibleDescription(tr("The table of cells below has the latencies as text."));
    setWhatsThis(
        tr("Each point is a batch size: how much arithmetic it does for a byte it moves, and how fast. "
           "Level lines are this machine's measured arithmetic peaks, slopes what its caches and "
           "memory can feed. A point near a line cannot get much faster by a better kernel. Above "
           "it: less arithmetic than the direct algorithm's (Winograd), or caches."));
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, &RoofPage::refresh);
    for (const auto signal : { &Session::runReplaced, &Session::stateChanged, &Session::modelChanged,
             &Session::runFinished, &Session::tracesChanged })
        connect(&session, signal, this, &RoofPage::refreshSoon);
    connect(&session, &Session::cellChanged, this, &RoofPage::refreshSoon);
    styleAxes();
    refresh();
}

void RoofPage::setTheme(const Theme& theme)
{
    m_theme = theme;
    styleAxes();
    refresh();
}

void RoofPage::refreshSoon()
{
    if (isVisible() && !m_refresh.isActive())
        m_refresh.start();
}

void RoofPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

void RoofPage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    refreshSoon(); // labels go where there is room
}

void RoofPage::refresh()
{
    m_content = roofContent(
        m_session.run(), graphOf(m_session),
        [](const core::DeviceInfo& device, int threads) { return core::rememberedPeaks(device, threads); },
        m_theme);
    const bool tracing = m_session.state() == State::Tracing;
    m_why->setText(tracing && m_content.peaksMissing ? tr("Measuring the peaks…") : m_content.why);
    m_why->setVisible(!m_content.why.isEmpty());
    m_measure->setVisible(m_content.peaksMissing && graphOf(m_session));
    m_measure->setEnabled(enabledActions(m_session.state(), m_session.hasResults()).trace);
    draw();
    update();
}

void RoofPage::styleAxes()
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.92);
    m_plot->setBackground(m_theme.card);
    for (QCPAxis* axis : { m_plot->xAxis, m_plot->yAxis }) {
        axis->setScaleType(QCPAxis::stLogarithmic);
        axis->setTicker(QSharedPointer<QCPAxisTicker>(new RateTicker(axis == m_plot->yAxis)));
        axis->setTickLabelFont(small);
        axis->setLabelFont(small);
        axis->setTickLabelColor(m_theme.muted);
        axis->setLabelColor(m_theme.muted);
        axis->setBasePen(QPen(m_theme.axis));
        axis->setTickPen(QPen(m_theme.axis));
        axis->grid()->setPen(QPen(m_theme.grid));
        axis->setSubTicks(false);
    }
    m_plot->xAxis->setLabel(tr("FLOP per byte"));
}

void RoofPage::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintChartCard(
        painter, rect(), m_theme, tr("Roofline"), tr("arithmetic by intensity, both logarithmic"), false);
}

void RoofPage::draw()
{
    m_plot->clearPlottables();
    m_plot->clearItems();
    double left = HUGE_VAL, right = 0, bottom = HUGE_VAL, top = 0;
    for (const RoofSeries& series : m_content.series)
        for (const RoofMark& mark : series.marks) {
            left = std::min(left, mark.point.intensity);
            right = std::max(right, mark.point.intensity);
            bottom = std::min(bottom, mark.point.attained);
            top = std::max(top, mark.point.attained);
        }
    const bool some = right > 0;
    m_plot->setVisible(some);
    auto* column = static_cast<QVBoxLayout*>(layout());
    for (const int end : { 0, column->count() - 1 }) // words alone stand in the middle
        column->setStretch(end, some ? 0 : 1);
    if (!some)
        return;
    for (const RoofLine& line : m_content.lines)
        if (!line.memory)
            top = std::max(top, line.rate);
    m_plot->xAxis->setRange(left / 8, right * 4);
    m_plot->yAxis->setRange(bottom / 4, top * 2);
    drawLines();
    drawSeries();
    m_plot->replot();
    drawLabels(); // needs the places the axes got
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

/// The intensity at which a line ends: a slope where it meets the highest level.
double RoofPage::endOf(const RoofLine& line) const
{
    const double right = m_plot->xAxis->range().upper;
    double highest = 0;
    for (const RoofLine& each : m_content.lines)
        highest = each.memory ? highest : std::max(highest, each.rate);
    return line.memory ? std::min(right, highest / line.rate) : right;
}

void RoofPage::drawLines()
{
    const double left = m_plot->xAxis->range().lower;
    for (const RoofLine& line : m_content.lines) {
        const double end = endOf(line);
        if (end <= left)
            continue; // a slope left of all that is shown
        QCPGraph* graph = m_plot->addGraph();
        graph->setPen(QPen(m_theme.muted, 1.2, line.memory ? Qt::DashLine : Qt::SolidLine));
        const auto at = [&](double x) { return line.memory ? line.rate * x : line.rate; };
        graph->setData({ left, end }, { at(left), at(end) }, true);
    }
}

void RoofPage::drawSeries()
{
    for (const RoofSeries& series : m_content.series) {
        auto* curve = new QCPCurve(m_plot->xAxis, m_plot->yAxis); // intensity may go back and forth
        curve->setPen(QPen(series.style.line, 1.6, series.style.dash, Qt::FlatCap));
        curve->setScatterStyle(
            QCPScatterStyle(markerPath(series.style.marker, 6), QPen(Qt::NoPen), series.style.line, 8));
        for (const RoofMark& mark : series.marks)
            curve->addData(mark.point.intensity, mark.point.attained);
    }
}

/// Names of lines, then batch sizes, each only where it covers nothing that stands there already.
void RoofPage::drawLabels()
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.92);
    const QFontMetricsF metrics(small);
    std::vector<QRectF> taken;
    const auto pixel = [&](double x, double y) {
        return QPointF(m_plot->xAxis->coordToPixel(x), m_plot->yAxis->coordToPixel(y));
    };
    for (const RoofSeries& series : m_content.series)
        for (const RoofMark& mark : series.marks)
            taken.push_back(
                QRectF(pixel(mark.point.intensity, mark.point.attained) - QPointF(5, 5), QSizeF(10, 10)));
    const QRectF inside = m_plot->axisRect()->rect();
    for (const RoofLine& line : m_content.lines)
        if (!line.memory)
            taken.push_back(QRectF(inside.left(), pixel(1, line.rate).y() - 1, inside.width(), 2));
    const auto place = [&](const QString& text, const QColor& color, const std::vector<QPointF>& corners) {
        const QSizeF size(metrics.horizontalAdvance(text), metrics.height());
        for (const QPointF& corner : corners) {
            const QRectF box(corner, size);
            if (!inside.contains(box)
                || std::ranges::any_of(taken, [&](const QRectF& other) { return other.intersects(box); }))
                continue;
            taken.push_back(box);
            auto* item = new QCPItemText(m_plot);
            item->setText(text);
            item->setFont(small);
            item->setColor(color);
            item->setPadding(QMargins());
            item->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
            item->position->setType(QCPItemPosition::ptAbsolute);
            item->position->setCoords(corner);
            return;
        }
    };
    const QCPRange range = m_plot->xAxis->range();
    for (const RoofLine& line : m_content.lines) {
        if (endOf(line) <= range.lower)
            continue;
        const double width = metrics.horizontalAdvance(line.label);
        if (!line.memory) {
            const double y = pixel(range.upper, line.rate).y() - metrics.height() - 2;
            place(line.label, m_theme.muted, { { inside.right() - width - 6, y }, { inside.left() + 8, y } });
            continue;
        }
        std::vector<QPointF> corners; // below the slope, from the left
        for (double part = 0.02; part < 0.6; part += 0.04) {
            const double x = inside.left() + part * inside.width();
            const double y = m_plot->yAxis->coordToPixel(line.rate * m_plot->xAxis->pixelToCoord(x));
            corners.emplace_back(x + 8, y + 3);
        }
        place(line.label, m_theme.muted, corners);
    }
    for (const RoofSeries& series : m_content.series)
        for (const RoofMark& mark : series.marks) {
            const QString text = QString::number(mark.batch);
            const QPointF at = pixel(mark.point.intensity, mark.point.attained);
            const double width = metrics.horizontalAdvance(text), height = metrics.height();
            place(text, series.style.text,
                { { at.x() - width / 2, at.y() + 6 }, { at.x() - width / 2, at.y() - 6 - height },
                    { at.x() + 7, at.y() - height / 2 }, { at.x() - 7 - width, at.y() - height / 2 } });
        }
}

QString RoofPage::textAt(const QPointF& at) const
{
    constexpr double kNear = 10;
    QString text;
    double nearest = kNear;
    for (const RoofSeries& series : m_content.series)
        for (const RoofMark& mark : series.marks) {
            const double distance = std::hypot(m_plot->xAxis->coordToPixel(mark.point.intensity) - at.x(),
                m_plot->yAxis->coordToPixel(mark.point.attained) - at.y());
            if (distance < nearest) {
                nearest = distance;
                text = roofText(series.name, mark);
            }
        }
    return text;
}

bool RoofPage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_plot && event->type() == QEvent::MouseMove) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        QToolTip::showText(mouse->globalPosition().toPoint(), textAt(mouse->position()), m_plot);
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
