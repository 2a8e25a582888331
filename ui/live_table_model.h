// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/live_trial.h"
#include "ui/theme.h"

#include <QAbstractTableModel>

namespace ui {

/// A row for each policy that real engines were tried with, beside what the simulator makes of the same
/// requests. Shows the trial's outcome.
class LiveTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        Policy,
        P50,
        P50Simulated,
        P50Off,
        P99,
        P99Simulated,
        P99Off,
        Gain,
        GainPredicted,
        Share,
        Joules,
        Dropped,
        Late,
        ColumnCount
    };

    explicit LiveTableModel(LiveTrial& trial, QObject* parent = nullptr);

    void setTheme(const Theme& theme);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        const core::PolicyRun& live;
        const core::PolicyRun& simulated;
        const core::LiveRun& rest;
    };
    Row at(int row) const;
    bool isBest(int row) const;
    QString text(int row, int column) const;
    QString toolTip(int row, int column) const;
    QVariant color(int row, int column) const;

    LiveTrial& m_trial;
    Theme m_theme;
};

} // namespace ui
