// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace ui {

/// Draws right-aligned text with every digit as wide as the widest one, so that figures stand in columns and
/// do not jump when they change. (Fonts such as Inter have such digits as a feature that Qt 6.4 cannot switch
/// on.)
class FigureDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(
        QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

/// The width `text` takes with digits of one width.
double tabularWidth(const QString& text, const QFontMetricsF& metrics);

} // namespace ui
