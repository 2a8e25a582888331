// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"

#include <QWidget>
#include <vector>

class QPainter;

namespace ui {

struct LegendEntry {
    QString name;
    SeriesStyle style;
    QString shortName {}; // taken where there is no room for all names; empty: there is none
};

/// The one legend of all four charts: entries in a row, to the right; those that do not fit become "and 3
/// more".
class Legend final : public QWidget {
    Q_OBJECT

public:
    explicit Legend(QWidget* parent = nullptr);
    void setEntries(std::vector<LegendEntry> entries);
    void setTheme(const Theme& theme);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    std::vector<LegendEntry> m_entries;
    QColor m_text;
};

/// Draws the entries right-aligned in one line of `where`, the last of them cut to "and N more" where they do
/// not fit.
void paintLegend(
    QPainter& painter, const QRectF& where, const std::vector<LegendEntry>& all, const QColor& text);

} // namespace ui
