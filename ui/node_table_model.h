// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/trace_spec.h"
#include "ui/theme.h"

#include <QAbstractTableModel>
#include <optional>

namespace ui {

class Session;

/// The session's traces as rows: a row for each node on each engine that was traced. Sorts by
/// Qt::UserRole, which holds figures as numbers.
class NodeTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Node, Operator, Engine, Kernel, Type, Flop, Bytes, Time, Share, OfRoof, ColumnCount };

    explicit NodeTableModel(Session& session, QObject* parent = nullptr);
    void setTheme(const Theme& theme);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// The longest text a column of figures normally holds; empty for a column of words.
    static QString widestText(int column);

private:
    struct Row {
        const core::EngineTrace* trace;
        const core::PlacedNode* node;
    };

    void reset();
    QString text(const Row& row, int column) const;
    QString toolTip(const Row& row) const;
    std::optional<double> shareOfRoof(const Row& row) const;
    QString roofText(const Row& row) const;
    QVariant sortKey(const Row& row, int column) const;
    QVariant color(const Row& row, int column) const;

    Session& m_session;
    Theme m_theme;
    std::vector<Row> m_rows; // into the session's traces
};

/// "jit:avx512_core"; slow kernels say so: "plain:Resize", "plain ref:any".
QString kernelText(const core::PlacedNode& node);

} // namespace ui
