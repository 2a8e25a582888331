// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/run_search.h"

#include <QAbstractTableModel>

namespace ui {

class Session;

/// The runs of the session's library that a search finds, as rows. Names and tags can be edited.
class RunListModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Machine, Started, Cells, Tags, Charts, Id, ColumnCount };

    explicit RunListModel(Session& session, QObject* parent = nullptr);

    void setSearch(RunSearch search);
    const RunSearch& search() const { return m_search; }
    const core::RunEntry& entry(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    QString id(int row) const { return QString::fromStdString(entry(row).id); }
    int rowOf(const QString& id) const; // -1: not listed

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

    /// The longest text a column normally holds: widths come from it.
    static QString widestText(int column);

signals:
    void nameEdited(const QString& id, const QString& name);
    void tagsEdited(const QString& id, const std::vector<std::string>& tags);

private:
    void rebuild();
    void sortRows();
    QString text(const core::RunEntry& entry, int column) const;
    QString chartsText(const core::RunEntry& entry) const;
    QString toolTip(const core::RunEntry& entry) const;

    Session& m_session;
    RunSearch m_search;
    std::vector<core::RunEntry> m_rows; // copies: the library's list may be replaced at any time
    int m_sortColumn = Started;
    Qt::SortOrder m_order = Qt::DescendingOrder;
};

} // namespace ui
