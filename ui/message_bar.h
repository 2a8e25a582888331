// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <functional>

class QLabel;
class QPushButton;

namespace ui {

/// One sentence above the charts, until it is dismissed or replaced. Never a dialog.
class MessageBar final : public QFrame {
    Q_OBJECT

public:
    explicit MessageBar(QWidget* parent = nullptr);
    void showMessage(const QString& sentence);
    /// With a button that does something about it, once.
    void offer(const QString& sentence, const QString& button, const QString& tip, std::function<void()> act);
    QString message() const;
    QPushButton& offered() const { return *m_offer; } // hidden where nothing is offered

private:
    QLabel* m_text;
    QPushButton* m_offer;
    std::function<void()> m_act;
};

} // namespace ui
