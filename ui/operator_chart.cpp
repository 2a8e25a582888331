// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operator_chart.h"

#include "ui/chart.h"
#include "ui/format.h"
#include "ui/session.h"

#include <qcustomplot.h>

#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr double kGroup = 0.76; // of a row's height that bars take
constexpr int kRowHeight = 22; // points a bar with its label needs
constexpr std::size_t kFewest = 3, kMost = 16;
constexpr int kNameWidth = 116; // of the names before the bars
constexpr int kNarrow = 340; // below that a label has no room for the share

} // namespace

OperatorChart::OperatorChart(Session& session, QWidget* parent)
    : QFrame(parent)
    , m_session(session)
    , m_theme(lightTheme())
    , m_plot(new QCustomPlot(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, kChartTitleHeight, 10, 8);
    layout->addWidget(m_plot);
    setMinimumSize(240, 150);
    setAccessibleName(tr("Time by operator"));
    setAccessibleDescription(tr("The table of nodes has the same figures as text."));
    setToolTip(
        tr("The median time of each operator's nodes over the traced runs; the hatched part of a bar is "
           "time in plain kernels."));
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setAttribute(Qt::WA_TransparentForMouseEvents); // the tooltip is the card's
    m_plot->setAutoAddPlottableToLegend(false);
    connect(&session, &Session::tracesChanged, this, &OperatorChart::refresh);
    refresh();
}

void OperatorChart::setTheme(const Theme& theme)
{
    m_theme = theme;
    refresh();
    update();
}

SeriesStyle OperatorChart::styleOf(const std::string& engine) const
{
    const auto& devices = m_session.devices();
    const auto device = std::find_if(
        devices.begin(), devices.end(), [&](const core::DeviceInfo& each) { return each.id == engine; });
    return seriesStyle(m_theme, engine, device == devices.end() ? core::DeviceKind::Cpu : device->kind, 0);
}

void OperatorChart::refresh()
{
    const auto engines = static_cast<int>(std::count_if(m_session.traces().begin(), m_session.traces().end(),
        [](const core::EngineTrace& trace) { return trace.why.empty(); }));
    const int rows = (height() - kChartTitleHeight - 40) / (kRowHeight * std::max(1, engines));
    m_content = operatorBars(m_session.traces(),
        std::clamp<std::size_t>(static_cast<std::size_t>(std::max(0, rows)), kFewest, kMost));
    m_plot->clearPlottables();
    m_plot->clearItems();
    styleAxes();
    const double width = kGroup / std::max(1, engines);
    for (std::size_t engine = 0; engine < m_content.engines.size(); ++engine) {
        const double place = kGroup / 2 - (static_cast<double>(engine) + 0.5) * width; // the first on top
        addEngine(engine, place, width * 0.9);
        for (std::size_t row = 0; row < m_content.names.size(); ++row)
            addLabel(row, engine, place);
    }
    m_plot->replot();
}

void OperatorChart::addEngine(std::size_t engine, double place, double width)
{
    const SeriesStyle style = styleOf(m_content.engines[engine]);
    QVector<double> keys, fast, plain;
    for (std::size_t row = 0; row < m_content.names.size(); ++row) {
        const OperatorBar& bar = m_content.bars[row][engine];
        keys << -static_cast<double>(row) + place;
        fast << bar.seconds - bar.plainSeconds;
        plain << bar.plainSeconds;
    }
    const auto add = [&](const QVector<double>& values, const QBrush& brush) {
        auto* bars = new QCPBars(m_plot->yAxis, m_plot->xAxis);
        bars->setWidth(width);
        bars->setPen(QPen(style.line, 1));
        bars->setBrush(brush);
        bars->setData(keys, values, false);
        return bars;
    };
    QCPBars* solid = add(fast, style.line);
    QCPBars* hatched = add(plain, QBrush(style.line, Qt::BDiagPattern));
    hatched->moveAbove(solid);
}

void OperatorChart::addLabel(std::size_t row, std::size_t engine, double place)
{
    const OperatorBar& bar = m_content.bars[row][engine];
    if (bar.seconds <= 0)
        return;
    auto* label = new QCPItemText(m_plot);
    const bool several = m_content.engines.size() > 1;
    const QString name = several ? engineTitle(m_content.engines[engine]) + QLatin1Char(' ') : QString();
    QString text = name + formatDuration(bar.seconds);
    if (width() >= kNarrow)
        text += tr(" · %1").arg(formatPercent(bar.share * 100, bar.share < 0.1 ? 1 : 0));
    label->setText(text);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    label->setFont(small);
    label->setColor(several ? styleOf(m_content.engines[engine]).text : m_theme.muted);
    label->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    label->setPadding(QMargins(5, 0, 0, 0));
    label->setClipToAxisRect(false);
    label->position->setCoords(bar.seconds, -static_cast<double>(row) + place);
}

void OperatorChart::styleAxes()
{
    m_plot->setBackground(m_theme.card);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    double longest = 0;
    QSharedPointer<QCPAxisTickerText> names(new QCPAxisTickerText);
    const QFontMetricsF metrics(small);
    for (std::size_t row = 0; row < m_content.names.size(); ++row) {
        names->addTick(
            -static_cast<double>(row), metrics.elidedText(m_content.names[row], Qt::ElideMiddle, kNameWidth));
        for (const OperatorBar& bar : m_content.bars[row])
            longest = std::max(longest, bar.seconds);
    }
    m_plot->yAxis->setTicker(names);
    m_plot->yAxis->setTickLength(0);
    m_plot->yAxis->setSubTicks(false);
    m_plot->yAxis->grid()->setVisible(false);
    m_plot->yAxis->setBasePen(QPen(m_theme.axis));
    m_plot->yAxis->setTickLabelColor(m_theme.text);
    m_plot->yAxis->setTickLabelFont(small);
    m_plot->yAxis->setRange(
        -static_cast<double>(std::max<std::size_t>(m_content.names.size(), 1)) + 0.5, 0.5);
    m_plot->xAxis->setVisible(false); // every bar says its figure
    // The longest bar leaves room for its label behind it.
    const double room = std::max(1, width() - kNameWidth - 40);
    QString widest = QStringLiteral("99.9 ms");
    if (m_content.engines.size() > 1)
        widest.prepend(QStringLiteral("Reference "));
    if (width() >= kNarrow)
        widest += QStringLiteral(" · 99.9 %");
    const double label = metrics.horizontalAdvance(widest);
    m_plot->xAxis->setRange(0, longest > 0 ? longest / std::max(0.25, 1 - label / room) : 1);
    m_plot->yAxis->setVisible(!m_content.names.empty());
}

void OperatorChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(font());
    paintChartCard(painter, rect(), m_theme, tr("Time by operator"), tr("hatched: plain kernels"), false);
}

void OperatorChart::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    refresh();
}

} // namespace ui
