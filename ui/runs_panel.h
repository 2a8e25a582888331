// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QSet>
#include <vector>

class QAction;
class QBoxLayout;
class QLabel;
class QLineEdit;
class QMenu;
class QModelIndex;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace ui {

class ElidedLabel;
class RunListModel;
class Session;

/// The runs that are kept on this machine: found again by words, opened, laid over each other, named, tagged,
/// exported and deleted. An action's tooltip names the command that does the same.
class RunsPanel final : public QFrame {
    Q_OBJECT

public:
    explicit RunsPanel(Session& session, QWidget* parent = nullptr);

    RunListModel& model() const { return *m_model; }
    QTableView& table() const { return *m_table; }
    QLineEdit& filter() const { return *m_filter; }
    /// How many runs are listed, or that they cannot be used now.
    QString remark() const;
    /// What is wrong with the library or with the filter's words; empty: nothing.
    QString problem() const;
    /// What stands where the rows would; empty while there are rows.
    QString emptyText() const;
    QStringList selectedIds() const; // from top to bottom
    void focusFilter();

    QAction* open = nullptr;
    QAction* pin = nullptr;
    QAction* rename = nullptr;
    QAction* retag = nullptr;
    QAction* exportRun = nullptr;
    QAction* importRun = nullptr;
    QAction* remove = nullptr;
    QAction* undo = nullptr;
    QAction* refreshList = nullptr;

signals:
    void exportRequested(const QString& id);
    void importRequested();

protected:
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QAction* add(const QString& text, const QList<QKeySequence>& keys, void (RunsPanel::*work)());
    QPushButton* button(QAction* action);
    void buildActions();
    void buildTop(QBoxLayout& top);
    void buildTable();
    void setColumnWidths();
    void openSelected();
    void pinSelected();
    void renameCurrent();
    void retagCurrent();
    void exportSelected();
    void askForImport();
    void removeSelected();
    void undoRemove();
    void readAgain();
    void applyTags(const QString& id, const std::vector<std::string>& tags);
    void edit(int column);
    std::vector<int> selectedRows() const; // rising
    void keepSelection();
    void selectAgain();
    void refresh();
    void refreshActions();

    Session& m_session;
    RunListModel* m_model;
    QLineEdit* m_filter;
    ElidedLabel* m_remark;
    QLabel* m_problem;
    QStackedWidget* m_stack;
    QLabel* m_empty;
    QTableView* m_table;
    QMenu* m_menu;
    QSet<QString> m_kept; // selected ids while the model is filled anew
    QString m_current;
    int m_firstRow = -1; // selected
};

} // namespace ui
