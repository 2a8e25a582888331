// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>
#include <vector>

class QLabel;

namespace ui {

class Session;

/// How each stop rule stands with the running cell's samples, while a sweep runs: the chosen one first, the
/// others beside it for whoever wants to know what they would say. Looks at most four times a second, and
/// less often where looking takes long.
class CriteriaStrip final : public QWidget {
    Q_OBJECT

public:
    explicit CriteriaStrip(Session& session, QWidget* parent = nullptr);

private:
    void refresh();
    void look();

    Session& m_session;
    QTimer m_timer;
    std::vector<QLabel*> m_lines;
};

} // namespace ui
