// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"

#include <QWidget>
#include <vector>

namespace ui {

struct ReadOutRow {
    QString name, value;
    QColor color;
};

/// The small box beside the crosshair: what each curve says there. Lets every mouse event through.
class ReadOut final : public QWidget {
    Q_OBJECT

public:
    explicit ReadOut(QWidget* parent);
    void setTheme(const Theme& theme);
    void setContent(const QString& title, std::vector<ReadOutRow> rows);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_title;
    std::vector<ReadOutRow> m_rows;
    QColor m_card, m_border, m_text;
};

} // namespace ui
