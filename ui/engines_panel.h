// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace ui {

class Session;

/// One card per device, present or absent.
class EnginesPanel final : public QWidget {
    Q_OBJECT

public:
    explicit EnginesPanel(Session& session, QWidget* parent = nullptr);

private:
    void refresh();

    Session& m_session;
    QVBoxLayout* m_cards;
    QLabel* m_waiting;
};

} // namespace ui
