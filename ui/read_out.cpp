// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/read_out.h"

#include <QPainter>
#include <algorithm>

namespace ui {
namespace {

constexpr int kPadding = 8;
constexpr int kColumnGap = 18;
constexpr std::size_t kMostRows = 12;

QFont boldOf(QFont font)
{
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

ReadOut::ReadOut(QWidget* parent)
    : QWidget(parent)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void ReadOut::setTheme(const Theme& theme)
{
    m_card = theme.card;
    m_border = theme.border;
    m_text = theme.text;
}

void ReadOut::setContent(const QString& title, std::vector<ReadOutRow> rows)
{
    const std::size_t hidden = rows.size() > kMostRows ? rows.size() - kMostRows : 0;
    rows.resize(rows.size() - hidden);
    m_title = hidden ? tr("%1 (and %2 more)").arg(title).arg(hidden) : title;
    m_rows = std::move(rows);
    const QFontMetrics plain(font()), bold(boldOf(font()));
    int names = 0, values = 0;
    for (const auto& row : m_rows) {
        names = std::max(names, bold.horizontalAdvance(row.name));
        values = std::max(values, plain.horizontalAdvance(row.value));
    }
    const int width = std::max(bold.horizontalAdvance(m_title), names + kColumnGap + values);
    const int line = plain.height() + 1;
    resize(width + 2 * kPadding, line * static_cast<int>(m_rows.size() + 1) + 2 * kPadding - 2);
    update();
}

void ReadOut::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor card = m_card;
    card.setAlphaF(0.94F);
    painter.setPen(m_border);
    painter.setBrush(card);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    const int line = fontMetrics().height() + 1;
    QRect at(kPadding, kPadding - 1, width() - 2 * kPadding, line);
    painter.setPen(m_text);
    painter.setFont(boldOf(font()));
    painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter, m_title);
    for (const auto& row : m_rows) {
        at.translate(0, line);
        painter.setPen(row.color);
        painter.setFont(boldOf(font()));
        painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter, row.name);
        painter.setPen(m_text);
        painter.setFont(font());
        painter.drawText(at, Qt::AlignRight | Qt::AlignVCenter, row.value);
    }
}

} // namespace ui
