// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/time_parts_chart.h"

#include "ui/chart.h"
#include "ui/format.h"
#include "ui/read_out.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr double kGroup = 0.78; // of the room of a batch that its bars take
constexpr double kSwatch = 11, kSwatchGap = 5, kBetween = 13; // points, of the key in the title line
constexpr int kSwitchRoom = 74; // at the right end of the title line
constexpr double kFaint = 0.55; // of what was recorded

/// Told apart by pattern as well as by colour: the device's work solid, what moves hatched one way or the
/// other, the rest an outline.
QBrush brushOf(TimePart part, QColor color)
{
    switch (part) {
    case TimePart::CopyIn:
        return { color, Qt::BDiagPattern };
    case TimePart::Compute:
        return { color, Qt::SolidPattern };
    case TimePart::CopyOut:
        return { color, Qt::DiagCrossPattern };
    case TimePart::Host:
        color.setAlphaF(color.alphaF() * 0.22F);
        return { color, Qt::SolidPattern };
    }
    return {};
}

QColor colorOf(const SeriesStyle& style)
{
    QColor color = style.line;
    if (style.fill != style.line)
        color.setAlphaF(kFaint);
    return color;
}

double shareOf(const TimeBar& bar, TimePart part)
{
    double sum = 0;
    for (const double each : bar.seconds)
        sum += each;
    return sum > 0 ? bar.seconds[static_cast<std::size_t>(part)] / sum * 100 : 0;
}

} // namespace

TimePartsChart::TimePartsChart(QWidget* parent)
    : QFrame(parent)
    , m_theme(lightTheme())
    , m_plot(new QCustomPlot(this))
    , m_readOut(new ReadOut(m_plot))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, kChartTitleHeight, 10, 8);
    layout->addWidget(m_plot);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(260, 170);
    setAccessibleName(tr("Time by part"));
    setWhatsThis(tr(
        "<p><b>Time by part.</b> Where the median latency of each cell went: copying inputs to the device, "
        "computing, copying outputs back, all by the device's clock, and the rest on the host: launching "
        "and waiting. A device without a clock of its own has this last part alone.</p><p>Bars are equally "
        "high, with the latency above them; arrows or the mouse read one.</p>"));
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setAutoAddPlottableToLegend(false);
    m_plot->axisRect()->setMinimumMargins(QMargins(48, 10, 14, 0));
    m_plot->installEventFilter(this);
}

void TimePartsChart::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_readOut->setTheme(theme);
    rebuild();
    update();
}

void TimePartsChart::setContent(TimeParts content)
{
    m_content = std::move(content);
    setAccessibleDescription(inWords(m_content));
    placeBars();
    if (isVisible()) // a hidden chart costs a measurement nothing
        rebuild();
}

/// Bars of a batch side by side, batches in equal steps.
void TimePartsChart::placeBars()
{
    m_placed.clear();
    m_width = kGroup / static_cast<double>(std::max<std::size_t>(m_content.series.size(), 1));
    for (std::size_t place = 0; place < m_content.series.size(); ++place) {
        const TimeBarSeries& series = m_content.series[place];
        const double shift = (static_cast<double>(place) + 0.5) * m_width - kGroup / 2;
        for (const TimeBar& bar : series.bars) {
            const auto batch = std::ranges::find(m_content.batches, bar.batch);
            m_placed.push_back(
                { &series, &bar, static_cast<double>(batch - m_content.batches.begin()) + shift });
        }
    }
    std::ranges::sort(m_placed, {}, &Placed::x);
}

void TimePartsChart::rebuild()
{
    m_plot->clearPlottables();
    m_plot->clearItems();
    placeBars();
    styleAxes();
    for (const TimeBarSeries& series : m_content.series) {
        QCPBars* below = nullptr;
        for (const TimePart part : kTimeParts)
            below = addPart(series, part, below);
    }
    for (const Placed& placed : m_placed)
        addTotal(placed);
    showBar(m_shown);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

QCPBars* TimePartsChart::addPart(const TimeBarSeries& series, TimePart part, QCPBars* below)
{
    QVector<double> keys, shares;
    for (const Placed& placed : m_placed) {
        if (placed.series != &series)
            continue;
        keys << placed.x;
        shares << shareOf(*placed.bar, part);
    }
    auto* bars = new QCPBars(m_plot->xAxis, m_plot->yAxis);
    const QColor color = colorOf(series.style);
    bars->setWidth(m_width * 0.9);
    bars->setPen(QPen(color, 1, series.style.dash));
    bars->setBrush(brushOf(part, color));
    bars->setData(keys, shares, true);
    bars->moveAbove(below);
    return bars;
}

/// The latency above a bar, where it is wide enough to tell whose it is.
void TimePartsChart::addTotal(const Placed& placed)
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    const QString text = formatDuration(placed.bar->total);
    const double steps = std::max<double>(1, static_cast<double>(m_content.batches.size()));
    const double room = (width() - 90) / steps * m_width;
    if (QFontMetricsF(small).horizontalAdvance(text) > room + 4)
        return;
    auto* label = new QCPItemText(m_plot);
    label->setText(text);
    label->setFont(small);
    label->setColor(placed.series->style.text);
    label->setPositionAlignment(Qt::AlignHCenter | Qt::AlignBottom);
    label->setPadding(QMargins(0, 0, 0, 2));
    label->setClipToAxisRect(false);
    label->position->setCoords(placed.x, 100);
}

void TimePartsChart::styleAxes()
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    m_plot->setBackground(m_theme.card);
    QSharedPointer<QCPAxisTickerText> names(new QCPAxisTickerText);
    for (std::size_t place = 0; place < m_content.batches.size(); ++place)
        names->addTick(static_cast<double>(place), QString::number(m_content.batches[place]));
    m_plot->xAxis->setTicker(names);
    m_plot->xAxis->setTickLength(0);
    m_plot->xAxis->setRange(-0.5, std::max(0.5, static_cast<double>(m_content.batches.size()) - 0.5));
    m_plot->xAxis->setLabel(m_content.overRequests ? tr("requests at once") : tr("batch size"));
    m_plot->xAxis->grid()->setVisible(false);
    m_plot->yAxis->setRange(0, 112); // the latencies stand above
    QSharedPointer<QCPAxisTickerText> shares(new QCPAxisTickerText);
    for (const int share : { 0, 25, 50, 75, 100 })
        shares->addTick(share, tr("%1 %").arg(share));
    m_plot->yAxis->setTicker(shares);
    m_plot->yAxis->setTickPen(Qt::NoPen);
    m_plot->yAxis->setBasePen(Qt::NoPen);
    m_plot->yAxis->grid()->setPen(QPen(m_theme.grid, 1));
    m_plot->yAxis->grid()->setZeroLinePen(Qt::NoPen);
    for (QCPAxis* axis : { m_plot->xAxis, m_plot->yAxis }) {
        axis->setSubTicks(false);
        axis->setTickLabelFont(small);
        axis->setLabelFont(small);
        axis->setTickLabelColor(m_theme.muted);
        axis->setLabelColor(m_theme.muted);
        axis->setVisible(!m_placed.empty());
    }
    m_plot->xAxis->setBasePen(QPen(m_theme.axis, 1));
    m_plot->xAxis->setLabelPadding(1);
}

void TimePartsChart::showBar(std::optional<std::size_t> place)
{
    m_shown = place && *place < m_placed.size() ? place : std::nullopt;
    m_readOut->setVisible(m_shown.has_value());
    m_words.clear();
    if (!m_shown)
        return;
    const auto& [series, bar, x] = m_placed[*m_shown];
    const QString title
        = (m_content.overRequests ? tr("%1 requests at once") : tr("batch %1")).arg(bar->batch);
    std::vector<ReadOutRow> rows { { series->name, formatDuration(bar->total), series->style.text } };
    for (const TimePart part : kTimeParts) {
        if (bar->onDevice || part == TimePart::Host)
            rows.push_back({ partName(part), partText(*bar, part), m_theme.muted });
    }
    if (std::isfinite(bar->enqueue))
        rows.push_back({ tr("enqueued in"), formatDuration(bar->enqueue), m_theme.muted });
    m_words = title;
    for (const ReadOutRow& row : rows)
        m_words += QStringLiteral("; ") + row.name + QLatin1Char(' ') + row.value;
    m_readOut->setContent(title, std::move(rows));
    const int at = static_cast<int>(m_plot->xAxis->coordToPixel(x));
    const bool right = at + 14 + m_readOut->width() <= m_plot->width();
    m_readOut->move(right ? at + 14 : std::max(0, at - 14 - m_readOut->width()), 12);
    m_readOut->raise();
}

bool TimePartsChart::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_plot && event->type() == QEvent::Leave)
        showBar(std::nullopt);
    if (watched == m_plot && event->type() == QEvent::MouseMove && !m_placed.empty()) {
        const double x = m_plot->xAxis->pixelToCoord(static_cast<QMouseEvent*>(event)->position().x());
        const auto nearest = std::ranges::min_element(
            m_placed, {}, [x](const Placed& placed) { return std::abs(placed.x - x); });
        showBar(static_cast<std::size_t>(nearest - m_placed.begin()));
    }
    return QFrame::eventFilter(watched, event);
}

void TimePartsChart::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (event->key() == Qt::Key_Escape)
        return showBar(std::nullopt);
    if (step == 0 || m_placed.empty())
        return QFrame::keyPressEvent(event);
    const auto last = static_cast<int>(m_placed.size()) - 1;
    const int place = m_shown ? static_cast<int>(*m_shown) + step : 0;
    showBar(static_cast<std::size_t>(std::clamp(place, 0, last)));
}

/// What the patterns mean, behind the title.
void TimePartsChart::paintKey(QPainter& painter, const QRectF& where) const
{
    const QFontMetricsF metrics(painter.font());
    double x = where.left();
    for (const TimePart part : kTimeParts) {
        const double end = x + kSwatch + kSwatchGap + metrics.horizontalAdvance(partName(part));
        if (end > where.right())
            return;
        painter.setPen(QPen(m_theme.muted, 1));
        painter.setBrush(brushOf(part, m_theme.muted));
        painter.drawRect(
            QRectF(x + 0.5, std::round(where.center().y() - kSwatch / 2) + 0.5, kSwatch, kSwatch));
        painter.drawText(QRectF(x + kSwatch + kSwatchGap, where.top(), end - x, where.height()),
            Qt::AlignLeft | Qt::AlignVCenter, partName(part));
        x = end + kBetween;
    }
}

void TimePartsChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(font());
    paintChartCard(painter, rect(), m_theme, tr("Time by part"), {}, hasFocus());
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const double used = 14 + QFontMetricsF(bold).horizontalAdvance(tr("Time by part")) + 14;
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.92);
    painter.setFont(small);
    paintKey(painter, QRectF(used, 2, width() - used - kSwitchRoom, kChartTitleHeight));
}

void TimePartsChart::showEvent(QShowEvent* event)
{
    QFrame::showEvent(event);
    rebuild();
}

void TimePartsChart::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    rebuild();
}

void TimePartsChart::focusInEvent(QFocusEvent* event)
{
    QFrame::focusInEvent(event);
    update();
}

void TimePartsChart::focusOutEvent(QFocusEvent* event)
{
    QFrame::focusOutEvent(event);
    update();
}

} // namespace ui
