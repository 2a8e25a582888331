// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"

#include <QStringList>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace ui {

class ElidedLabel;
class Facts;
class LiveChart;
class LiveTableModel;
class Session;

/// The lab's policies in front of real engines that serve the open model: what is asked, how it goes, and
/// what came out beside what the simulator says.
class LabLivePage final : public QWidget {
    Q_OBJECT

public:
    explicit LabLivePage(Session& session, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    LiveTableModel& table() const { return *m_model; }

    // What the lab says around this page.
    QString answer() const;
    const char* role() const; // of the answer
    QStringList warnings() const;
    /// Devices, load, energy and what disturbed, a sentence each.
    QStringList notes() const;
    /// "policy 2 of 5, rehearsal: least-work · 3 s"; empty while nothing runs.
    QString progress() const;
    /// What stands beside the chart: names and their values.
    std::vector<std::pair<QString, QString>> state() const;

    /// Whether there is room for the notes; else the lab has them in a line.
    bool isRoomy() const;

signals:
    void changed(); // what the lab says around it

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeAsked();
    QWidget* makeWatch();
    QWidget* makeResults();
    QLineEdit* addField(QHBoxLayout& row, const QString& name, const QString& accessible, const QString& tip,
        const char* object);
    void apply();
    void refresh();
    void refreshAsked();
    void showGlance();
    void sizeColumns();

    Session& m_session;
    QPlainTextEdit* m_servers;
    QLineEdit *m_load = nullptr, *m_seconds = nullptr, *m_rehearsal = nullptr;
    QPushButton* m_start;
    ElidedLabel* m_progress;
    QStackedWidget* m_stack;
    QLabel *m_about, *m_notes;
    LiveChart* m_chart;
    Facts* m_facts;
    LiveTableModel* m_model;
    QTableView* m_table = nullptr;
    QWidget* m_below = nullptr; // notes
    bool m_filling = false; // the fields, not a person
};

} // namespace ui
