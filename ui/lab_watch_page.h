// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lab_table_model.h"
#include "ui/theme.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace ui {

class Facts;
class LabTimeline;

/// One policy's run over simulated time: it plays, and says what happens at the cursor.
class LabWatchPage final : public QWidget {
    Q_OBJECT

public:
    explicit LabWatchPage(Lab& lab, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setView(LabView view);
    /// Chooses the policy; the lab is asked for its run while this is shown.
    void choose(const std::string& policy);
    LabTimeline& timeline() const { return *m_timeline; }
    void play(bool on);
    bool playing() const { return m_tick.isActive(); }
    /// What stands beside the timeline: names and their values.
    const std::vector<std::pair<QString, QString>>& state() const { return m_state; }

signals:
    void chosen(const std::string& policy); // by a person

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void refreshPolicies();
    void refreshRun();
    void showState();
    void advance();
    std::string picked() const;

    Lab& m_lab;
    QComboBox *m_policy, *m_speed;
    QPushButton* m_play;
    LabTimeline* m_timeline;
    Facts* m_facts;
    QLabel* m_note;
    std::vector<std::pair<QString, QString>> m_state;
    QTimer m_tick;
    QElapsedTimer m_elapsed;
};

} // namespace ui
