// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;

namespace ui {

class CriteriaStrip;
class ElidedButton;
class ElidedLabel;
class Session;

/// The bottom line: what is being measured, how far, how long still; at the right the command that does the
/// same, and while it is measured how the stop rules stand.
class StatusLine final : public QWidget {
    Q_OBJECT

public:
    explicit StatusLine(Session& session, QWidget* parent = nullptr);
    /// A passing remark, such as where a file was saved; the next step of a sweep replaces it.
    void showRemark(const QString& text);

private:
    void refresh();
    void refreshCommand();
    QString runningText() const;
    QString restingText() const;

    Session& m_session;
    ElidedLabel* m_text;
    QProgressBar* m_progress;
    ElidedButton* m_command;
    CriteriaStrip* m_criteria;
};

} // namespace ui
