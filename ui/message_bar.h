// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;

namespace ui {

/// One sentence above the charts, until it is dismissed or replaced. Never a dialog.
class MessageBar final : public QFrame {
    Q_OBJECT

public:
    explicit MessageBar(QWidget* parent = nullptr);
    void showMessage(const QString& sentence);
    QString message() const;

private:
    QLabel* m_text;
};

} // namespace ui
