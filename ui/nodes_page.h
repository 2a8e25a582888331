// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/node_table_model.h"

#include <QWidget>
#include <array>

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

class QHBoxLayout;

namespace ui {

class OperatorChart;
class Session;

/// Where the time of a model goes: every node with its engine, kernel and share of traced runs, and the time
/// by operator. Ctrl+C copies the rows shown as CSV.
class NodesPage final : public QWidget {
    Q_OBJECT

public:
    explicit NodesPage(Session& session, QWidget* parent = nullptr);
    void setTheme(const Theme& theme);
    QTableView& table() const { return *m_table; }
    OperatorChart& chart() const { return *m_chart; }
    /// The rows shown, in their order, header first.
    QString shownCsv() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildLayout();
    void buildTop(QHBoxLayout& top);
    void buildTable();
    void setColumnWidths();
    void fitColumns();
    void refresh();
    void refreshEnabled();
    QString emptyText() const;

    Session& m_session;
    std::array<int, NodeTableModel::ColumnCount> m_columnWidths {};
    NodeTableModel* m_model;
    QSortFilterProxyModel* m_sorted;
    QLineEdit* m_filter;
    QLabel* m_summary;
    QStackedWidget* m_stack;
    QLabel* m_empty;
    QTableView* m_table;
    OperatorChart* m_chart;
};

} // namespace ui
