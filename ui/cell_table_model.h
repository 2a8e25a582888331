// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"
#include "ui/comparison.h"
#include "ui/theme.h"

#include <QAbstractTableModel>
#include <QTimer>
#include <set>

namespace ui {

class Session;

/// The cells of the session's run as rows: the charts' figures as text.
class CellTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        Status,
        Engine,
        Precision,
        Tuning, // hidden where nothing is left out of any cell
        Threads,
        Batch,
        Decision,
        Median,
        Interval,
        Ratio, // to the baseline's; hidden where there is none
        Verdict,
        P99,
        Rate,
        Memory,
        Power,
        Energy,
        Samples,
        Disturbed,
        LargestError, // hidden where no outputs were compared
        Top1,
        ColumnCount
    };

    explicit CellTableModel(Session& session, QObject* parent = nullptr);
    void setTheme(const Theme& theme);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// Whether the row has no figures, and its reason stands where they would.
    bool showsReason(int row) const;
    /// Whether a cell has something left out.
    bool tuningsDiffer() const;
    /// Whether a cell's outputs were compared; and whether they rank classes.
    bool outputsCompared() const;
    bool outputsRanked() const;
    /// The longest text a column normally holds: widths come from it, once, so that nothing jumps.
    static QString widestText(int column);

signals:
    /// After a row's status changed: its reason may now span the figures.
    void statusChanged(int row);

private:
    const core::Cell& cell(int row) const;
    QVariant text(const core::Cell& cell, int row, int column) const;
    QVariant color(const core::Cell& cell, int row, int column) const;
    QString toolTip(const core::Cell& cell, int row, int column) const;
    const CellVerdict* verdict(int row) const;
    void changedSoon(int row);
    void flushChanges();

    Session& m_session;
    Theme m_theme;
    std::set<int> m_changed;
    QTimer m_flush;
};

/// "✓", "●", ...: read together with statusText(), never alone.
QString statusGlyph(core::CellStatus status);
QString statusText(const core::Cell& cell);

} // namespace ui
