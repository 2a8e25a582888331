// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"

#include <QFrame>

class QTableView;

namespace ui {

class CellTableModel;
class Session;

/// The table of cells on its card. Ctrl+C copies the selected rows, or all, as CSV.
class CellTable final : public QFrame {
    Q_OBJECT

public:
    explicit CellTable(Session& session, QWidget* parent = nullptr);
    void setTheme(const Theme& theme);
    /// The selected rows (all when none is) as the CSV file has them.
    QString selectedCsv() const;

private:
    void setColumnWidths();
    void spanAll();
    void showAgreement();
    void spanReason(int row);
    void followRunningCell(int row);
    void copy();

    Session& m_session;
    CellTableModel* m_model;
    QTableView* m_view;
};

} // namespace ui
