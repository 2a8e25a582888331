// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/table_style.h"

#include "ui/figure_delegate.h"

#include <QHeaderView>
#include <QTableView>

namespace ui {

void styleTable(QTableView& table)
{
    const QFontMetrics metrics = table.parentWidget()->fontMetrics();
    QFont smaller = table.parentWidget()->font();
    smaller.setPointSizeF(smaller.pointSizeF() * 0.95);
    table.setFont(smaller);
    table.setItemDelegate(new FigureDelegate(&table));
    table.setAlternatingRowColors(true);
    table.setShowGrid(false);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setEditTriggers(QAbstractItemView::NoEditTriggers);
    table.setTabKeyNavigation(false);
    table.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table.setWordWrap(false);
    table.verticalHeader()->hide();
    table.verticalHeader()->setDefaultSectionSize(metrics.height() + 8);
    QHeaderView* header = table.horizontalHeader();
    header->setFont(smaller);
    header->setHighlightSections(false);
    header->setMinimumHeight(metrics.height() + 12);
}

} // namespace ui
