// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figure_delegate.h"

#include <QApplication>
#include <QPainter>
#include <algorithm>

namespace ui {
namespace {

constexpr int kMargin = 6;

double digitWidth(const QFontMetricsF& metrics)
{
    double widest = 0;
    for (char digit = '0'; digit <= '9'; ++digit)
        widest = std::max(widest, metrics.horizontalAdvance(QLatin1Char(digit)));
    return widest;
}

} // namespace

double tabularWidth(const QString& text, const QFontMetricsF& metrics)
{
    const double digit = digitWidth(metrics);
    double width = 0;
    for (const QChar c : text)
        width += c.isDigit() ? digit : metrics.horizontalAdvance(c);
    return width;
}

void FigureDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QString text = index.data(Qt::DisplayRole).toString();
    QStyleOptionViewItem shown = option;
    initStyleOption(&shown, index);
    const bool figure = !text.isEmpty() && (shown.displayAlignment & Qt::AlignRight);
    if (!figure || std::none_of(text.begin(), text.end(), [](QChar c) { return c.isDigit(); })) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    shown.text.clear();
    QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &shown, painter, shown.widget);
    const QFontMetricsF metrics(shown.font);
    const double digit = digitWidth(metrics);
    painter->save();
    painter->setFont(shown.font);
    const QVariant color = index.data(Qt::ForegroundRole);
    painter->setPen(color.isValid() ? color.value<QColor>() : shown.palette.color(QPalette::Text));
    double x = shown.rect.right() - kMargin - tabularWidth(text, metrics) + 1;
    const double baseline = QRectF(shown.rect).center().y() + (metrics.ascent() - metrics.descent()) / 2;
    for (const QChar c : text) {
        const double own = metrics.horizontalAdvance(c);
        const double width = c.isDigit() ? digit : own;
        painter->drawText(QPointF(x + (width - own) / 2, baseline), QString(c));
        x += width;
    }
    painter->restore();
}

} // namespace ui
