// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"

#include <QStringList>
#include <QWidget>

class QBoxLayout;
class QLabel;
class QPushButton;

namespace ui {

class DrawingView;
class ElidedLabel;
class SentenceList;
class Session;

/// Which device, which batch, at what cost: the answer in a sentence, what it was asked, why, and what would
/// change it. Shows the session's decision and makes none.
class DecisionPage final : public QWidget {
    Q_OBJECT

public:
    explicit DecisionPage(Session& session, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    /// The sentence on top: the recommendation, or why there is none.
    QString answer() const;
    QStringList warnings() const;
    QStringList reasons() const;
    QString command() const;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    void showAnswer(const QString& sentence, const char* role);
    void showLists();
    void showCharts();
    QString restingText() const;

    Session& m_session;
    Theme m_theme;
    QLabel* m_answer;
    QLabel* m_warnings;
    SentenceList *m_reasons, *m_changes, *m_assumptions;
    QBoxLayout* m_overRate; // the next two, beside each other where there is room
    DrawingView *m_cost, *m_energy, *m_tornado;
    QLabel* m_undrawn;
    QLabel* m_nothing;
    ElidedLabel* m_command;
    QPushButton* m_copy;
};

} // namespace ui
