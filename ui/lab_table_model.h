// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lab.h"
#include "ui/theme.h"

#include <QAbstractTableModel>

namespace ui {

/// Which latencies are shown.
enum class LabView {
    Requests, // of all requests, from their scheduled arrival on
    WaitingClient // what a client sees that sends nothing before it has its answer
};

const core::TimeFigures& latencyOf(const core::SimulationResult& result, LabView view);

/// A row for each policy on the same requests, and one for what none can beat. Shows the lab's comparison.
class LabTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        Standing,
        Policy,
        P50,
        P99,
        Mean,
        ServiceP50,
        Missed,
        Dropped,
        Share,
        Batch,
        Busy,
        ColumnCount
    };

    explicit LabTableModel(Lab& lab, QObject* parent = nullptr);

    void setTheme(const Theme& theme);
    void setView(LabView view);
    /// The policy of a row; null for that of the oracle.
    const core::PolicyRun* run(int row) const;
    /// Deadlines were asked for: else nothing can be missed.
    bool hasDeadlines() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(int row, int column) const;
    QString oracleText(int column) const;
    QString toolTip(int row, int column) const;
    QVariant color(int row, int column) const;

    Lab& m_lab;
    Theme m_theme;
    LabView m_view = LabView::Requests;
};

} // namespace ui
