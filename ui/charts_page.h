// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/chart.h"
#include "ui/time_view.h"

#include <QTimer>
#include <QWidget>
#include <array>

class QStackedWidget;
class QTabBar;

namespace ui {

class CompanyBar;
class DecisionPage;
class LabPage;
class LatencyCard;
class Legend;
class NodesPage;
class RoofPage;
class Session;

/// The four charts over batches, the tracks over time, their tabs, their legend and the one cursor they
/// share. Listens to the Session; repaints at most four times a second while samples stream in, because a
/// busy window is what disturbs a measurement most.
class ChartsPage final : public QWidget {
    Q_OBJECT

public:
    explicit ChartsPage(Session& session, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    XAxis xAxis() const;
    void setXAxis(XAxis axis);
    /// The table of nodes in the place of the charts.
    void showNodes();
    NodesPage& nodes() const { return *m_nodes; }
    /// The roofline in the place of the charts.
    void showRoof();
    RoofPage& roof() const { return *m_roof; }
    /// The decision in the place of the charts.
    void showDecision();
    DecisionPage& decision() const { return *m_decision; }
    /// Policies on the run's devices in the place of the charts.
    void showLab();
    LabPage& lab() const { return *m_lab; }
    /// The card of the latency chart, with its switch.
    LatencyCard& latency() const { return *m_latency; }
    /// Undoes all zooming.
    void fit();
    Chart& chart(Quantity quantity) const { return *m_charts[static_cast<std::size_t>(quantity)]; }
    TimeView& overTime() const { return *m_time; }
    /// The tracks over time; else the chart under the mouse, the one with the keyboard's focus, or the first.
    QWidget& chartToExplain() const;

private:
    void showTab(int tab);
    void connectChart(Chart& chart);
    void refreshSoon();
    void refresh();
    void refreshAll();
    void refreshChart(Chart& chart);
    void refreshTime();
    void refreshLegend();
    void refreshParts();
    ChartContent contentOf(Quantity quantity) const;
    QString emptyText(Quantity quantity) const;
    std::optional<std::pair<double, double>> shownTime() const;
    void moveCursor(double x);
    void stepCursor(int steps);
    void showCursor(std::optional<double> x);

    Session& m_session;
    Theme m_theme;
    TimeCurves m_curves;
    QTabBar* m_tabs;
    Legend* m_legend;
    CompanyBar* m_company;
    QStackedWidget* m_pages;
    TimeView* m_time;
    NodesPage* m_nodes;
    RoofPage* m_roof;
    DecisionPage* m_decision;
    LabPage* m_lab;
    LatencyCard* m_latency;
    std::array<Chart*, 4> m_charts {};
    std::optional<double> m_cursor;
    QTimer m_refresh;
};

} // namespace ui
