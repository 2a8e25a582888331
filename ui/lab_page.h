// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lab_table_model.h"
#include "ui/theme.h"

#include <QStringList>
#include <QWidget>

class QCheckBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTabBar;
class QTableView;

namespace ui {

class ElidedLabel;
class LabLivePage;
class LabSweepPage;
class LabWatchPage;
class Session;

/// Policies on the devices of the shown run: which is best, how each fares, over what is swept, and over
/// simulated time, and on real engines. Shows the session's lab and simulates nothing.
class LabPage final : public QWidget {
    Q_OBJECT

public:
    enum Part { Table, Sweep, Watch, Live };

    explicit LabPage(Session& session, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void showPart(Part part);
    /// The sentence on top: the conclusion, or why there is none.
    QString answer() const;
    QStringList warnings() const { return m_said; }
    QString command() const;
    /// What coordinated omission would hide; empty where it is not known.
    QString omission() const;
    /// What else is to be known of the conclusion, one line.
    QString note() const { return m_noted; }
    LabTableModel& table() const { return *m_model; }
    LabSweepPage& sweep() const { return *m_sweep; }
    LabWatchPage& watchPage() const { return *m_watch; }
    LabLivePage& live() const { return *m_live; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeTable();
    QWidget* makeParts();
    QWidget* makeBottom();
    Part part() const;
    void showAnswer(const QString& sentence, const char* role);
    void refresh();
    void refreshLive();
    void refreshWarnings();
    void showWarnings(const QStringList& warnings, const QStringList& notes);
    void refreshTable();
    void refreshStop();
    void setView(LabView view);
    QString restingText() const;
    QString distance() const;

    Session& m_session;
    Lab& m_lab;
    Theme m_theme;
    LabView m_view = LabView::Requests;
    QLabel* m_answer;
    std::vector<ElidedLabel*> m_warnings;
    ElidedLabel* m_note;
    QStringList m_said;
    QString m_noted;
    QTabBar* m_parts = nullptr;
    QStackedWidget* m_stack = nullptr;
    QCheckBox* m_waits = nullptr;
    LabTableModel* m_model;
    QTableView* m_table = nullptr;
    LabSweepPage* m_sweep = nullptr;
    LabWatchPage* m_watch = nullptr;
    LabLivePage* m_live = nullptr;
    ElidedLabel* m_command;
    QPushButton *m_copy, *m_stop;
};

} // namespace ui
