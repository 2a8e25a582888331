// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts_page.h"

#include "ui/chart_content.h"
#include "ui/company_bar.h"
#include "ui/decision_page.h"
#include "ui/format.h"
#include "ui/lab_page.h"
#include "ui/latency_card.h"
#include "ui/legend.h"
#include "ui/nodes_page.h"
#include "ui/roof_page.h"
#include "ui/session.h"

#include <QApplication>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QTabBar>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kRefreshMs = 250;
// The pages have the same places.
constexpr int kTimeTab = 1, kNodesTab = 2, kRoofTab = 3, kDecisionTab = 4, kLabTab = 5;

} // namespace

ChartsPage::ChartsPage(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_theme(lightTheme())
    , m_tabs(new QTabBar(this))
    , m_legend(new Legend(this))
    , m_company(new CompanyBar(session, this))
    , m_pages(new QStackedWidget(this))
    , m_time(new TimeView(this))
    , m_nodes(new NodesPage(session, this))
    , m_roof(new RoofPage(session, this))
    , m_decision(new DecisionPage(session, this))
    , m_lab(new LabPage(session, this))
    , m_latency(new LatencyCard(this))
{
    m_tabs->setObjectName(QStringLiteral("axes"));
    m_tabs->setAccessibleName(
        tr("Charts by batch size, charts over time, nodes, the roofline, the decision, or the lab"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->addTab(tr("By batch size"));
    m_tabs->addTab(tr("Over time"));
    m_tabs->addTab(tr("Nodes"));
    m_tabs->addTab(tr("Roofline"));
    m_tabs->addTab(tr("Decision"));
    m_tabs->addTab(tr("Lab"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    auto* top = new QHBoxLayout;
    top->addWidget(m_tabs);
    top->addWidget(m_legend, 1);
    column->addLayout(top);
    column->addWidget(m_company);
    column->addWidget(m_pages, 1);
    auto* charts = new QWidget(m_pages);
    m_pages->addWidget(charts);
    m_pages->addWidget(m_time);
    m_pages->addWidget(m_nodes);
    m_pages->addWidget(m_roof);
    m_pages->addWidget(m_decision);
    m_pages->addWidget(m_lab);
    auto* grid = new QGridLayout(charts);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(12);
    for (const Quantity quantity : kQuantities) {
        const auto place = static_cast<int>(quantity);
        const bool latency = quantity == Quantity::Latency;
        Chart* chart = latency ? &m_latency->chart() : new Chart(quantity, this);
        m_charts[static_cast<std::size_t>(place)] = chart;
        grid->addWidget(latency ? static_cast<QWidget*>(m_latency) : chart, place / 2, place % 2);
        connectChart(*chart);
    }
    for (const int place : { 0, 1 }) {
        grid->setRowStretch(place, 1);
        grid->setColumnStretch(place, 1);
    }
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, &ChartsPage::refresh);
    connect(m_tabs, &QTabBar::currentChanged, this, &ChartsPage::showTab);
    connect(&session, &Session::runReplaced, this, [this] {
        m_time->setContent({}, std::nullopt); // before what it borrows goes
        m_time->fit();
        m_curves.clear();
        refreshAll();
    });
    connect(&session, &Session::baselineChanged, this, &ChartsPage::refreshAll);
    connect(&session, &Session::overlaysChanged, this, &ChartsPage::refreshAll);
    connect(&session, &Session::comparisonChanged, this, &ChartsPage::refresh);
    connect(&session, &Session::decisionChanged, this, &ChartsPage::refreshAll);
    connect(&session, &Session::stateChanged, this, &ChartsPage::refreshSoon);
    connect(&session, &Session::modelChanged, this, &ChartsPage::refreshSoon);
    connect(&session, &Session::setupChanged, this, &ChartsPage::refreshSoon);
    connect(&session, &Session::samplesTaken, this, &ChartsPage::refreshSoon);
    connect(&session, &Session::readingTaken, this, &ChartsPage::refreshSoon);
    connect(&session, &Session::cellChanged, this, &ChartsPage::refreshSoon);
    connect(&session, &Session::runFinished, this, &ChartsPage::refreshAll);
    refreshAll();
}

void ChartsPage::connectChart(Chart& chart)
{
    connect(&chart, &Chart::cursorMoved, this, &ChartsPage::moveCursor);
    connect(&chart, &Chart::cursorLeft, this, [this] { showCursor(std::nullopt); });
    connect(&chart, &Chart::cursorStepped, this, &ChartsPage::stepCursor);
    connect(&chart, &Chart::xRangeChosen, this, [this, source = &chart](double low, double high) {
        for (Chart* other : m_charts) {
            if (other != source)
                other->showXRange(low, high);
        }
    });
    connect(&chart, &Chart::fitChosen, this, &ChartsPage::fit);
    connect(&chart, &Chart::logarithmicChanged, this, [this, source = &chart](Qt::Orientation axis, bool on) {
        for (Chart* other : m_charts) {
            if (other != source && axis == Qt::Horizontal)
                other->setLogarithmic(axis, on);
        }
    });
}

void ChartsPage::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_legend->setTheme(theme);
    m_company->setTheme(theme);
    m_nodes->setTheme(theme);
    m_roof->setTheme(theme);
    m_decision->setTheme(theme);
    m_lab->setTheme(theme);
    m_time->setTheme(theme);
    for (Chart* chart : m_charts)
        chart->setTheme(theme);
    m_latency->parts().setTheme(theme);
    refreshAll();
}

XAxis ChartsPage::xAxis() const
{
    return m_tabs->currentIndex() == kTimeTab ? XAxis::Time : XAxis::Batch;
}

void ChartsPage::setXAxis(XAxis axis)
{
    m_tabs->setCurrentIndex(axis == XAxis::Batch ? 0 : kTimeTab);
}

void ChartsPage::showNodes()
{
    m_tabs->setCurrentIndex(kNodesTab);
}

void ChartsPage::showRoof()
{
    m_tabs->setCurrentIndex(kRoofTab);
}

void ChartsPage::showDecision()
{
    m_tabs->setCurrentIndex(kDecisionTab);
}

void ChartsPage::showLab()
{
    m_tabs->setCurrentIndex(kLabTab);
}

void ChartsPage::showTab(int tab)
{
    m_pages->setCurrentIndex(tab);
    m_legend->setVisible(tab != kNodesTab && tab != kDecisionTab && tab != kLabTab);
    m_company->setWanted(tab == 0);
    refreshAll();
}

void ChartsPage::fit()
{
    m_time->fit();
    for (Chart* chart : m_charts)
        chart->fit();
}

QWidget& ChartsPage::chartToExplain() const
{
    if (xAxis() == XAxis::Time)
        return *m_time;
    for (Chart* chart : m_charts) {
        if (chart->rect().contains(chart->mapFromGlobal(QCursor::pos())))
            return *chart;
    }
    const auto focused = std::find(m_charts.begin(), m_charts.end(), QApplication::focusWidget());
    return focused == m_charts.end() ? *m_charts.front() : **focused;
}

void ChartsPage::refreshSoon()
{
    if (!m_refresh.isActive())
        m_refresh.start();
}

void ChartsPage::refreshAll()
{
    m_refresh.stop();
    refreshLegend();
    refreshParts();
    refreshTime();
    for (Chart* chart : m_charts)
        chart->setContent(contentOf(chart->quantity()));
}

void ChartsPage::refresh()
{
    refreshParts();
    if (xAxis() == XAxis::Time)
        return refreshTime();
    for (Chart* chart : m_charts)
        refreshChart(*chart);
}

void ChartsPage::refreshChart(Chart& chart)
{
    ChartContent content = contentOf(chart.quantity());
    if (looksDifferent(chart.content(), content))
        chart.setContent(std::move(content));
}

/// Nobody sees the curves on the other pages: they are caught up with when this one is shown.
void ChartsPage::refreshTime()
{
    if (xAxis() != XAxis::Time)
        return;
    m_curves.update(m_session.run());
    TimeViewContent content = timeViewContent(m_session.run(), m_curves, m_theme);
    content.emptyText = emptyText(Quantity::Latency);
    m_time->setContent(std::move(content), shownTime());
}

ChartContent ChartsPage::contentOf(Quantity quantity) const
{
    ChartContent content = contentByBatch(m_session.run(), m_session.company(), quantity, m_theme);
    content.emptyText = emptyText(quantity);
    return content;
}

QString ChartsPage::emptyText(Quantity quantity) const
{
    if (m_session.state() == State::Running)
        return tr("Waiting for the first figures.");
    if (m_session.hasResults())
        return tr("No cell of this run has a figure.");
    if (m_session.state() == State::Loading)
        return tr("Opening the model.");
    switch (quantity) {
    case Quantity::Latency:
        if (!m_session.model())
            return tr("Drop an ONNX file here, or choose a built-in model on the left. Then press F5.");
        return m_session.checked().problem.isEmpty() ? tr("Press F5 to run the sweep.")
                                                     : m_session.checked().problem;
    case Quantity::Throughput:
        return tr("Items per second, CPU and GPU side by side.");
    case Quantity::Memory:
        return tr("What each batch size needs.");
    case Quantity::Power:
        return tr("Watts, where the machine can be asked.");
    }
    return {};
}

/// The running cell while a sweep runs, everything otherwise.
std::optional<std::pair<double, double>> ChartsPage::shownTime() const
{
    const int running = m_session.state() == State::Running ? m_session.progress().cell : -1;
    const auto all = m_curves.span();
    if (running < 0 || !all)
        return all;
    const auto& samples = m_session.run().cells[static_cast<std::size_t>(running)].samples;
    const double first = samples.empty() ? all->second : seconds(samples.front().at);
    return all->second > first ? std::optional(std::pair { first, all->second }) : all;
}

void ChartsPage::refreshLegend()
{
    m_legend->setEntries(legendOf(m_session.run(), m_session.baseline(), m_theme));
}

void ChartsPage::refreshParts()
{
    m_latency->setParts(timeParts(m_session.run(), m_theme), xAxis() == XAxis::Batch);
}

void ChartsPage::moveCursor(double x)
{
    const auto ticks = batchTicks(m_session.run());
    if (!ticks.empty()) {
        const auto distance = [x](double tick) { return std::abs(std::log(tick / std::max(x, 1e-9))); };
        x = *std::min_element(
            ticks.begin(), ticks.end(), [&](double a, double b) { return distance(a) < distance(b); });
    }
    if (m_cursor != x)
        showCursor(x);
}

void ChartsPage::stepCursor(int steps)
{
    const std::vector<double> stops = batchTicks(m_session.run());
    if (stops.empty())
        return;
    const auto at = std::lower_bound(stops.begin(), stops.end(), m_cursor.value_or(stops.front()));
    const auto place = m_cursor ? std::distance(stops.begin(), at) + steps : 0;
    showCursor(stops[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(place, 0, std::ssize(stops) - 1))]);
}

void ChartsPage::showCursor(std::optional<double> x)
{
    m_cursor = x;
    for (Chart* chart : m_charts)
        chart->showCursor(x);
}

} // namespace ui
