// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/elided.h"

namespace ui {
namespace {

constexpr int kButtonPadding = 18;

} // namespace

ElidedLabel::ElidedLabel(Qt::TextElideMode mode, QWidget* parent)
    : QLabel(parent)
    , m_mode(mode)
{
    setTextFormat(Qt::PlainText);
}

void ElidedLabel::setFullText(const QString& text)
{
    m_full = text;
    setAccessibleName(text);
    updateGeometry();
    shorten();
}

void ElidedLabel::setNote(const QString& note)
{
    m_note = note;
    shorten();
}

QSize ElidedLabel::sizeHint() const
{
    return { fontMetrics().horizontalAdvance(m_full) + 2, QLabel::sizeHint().height() };
}

QSize ElidedLabel::minimumSizeHint() const
{
    return { 20, QLabel::minimumSizeHint().height() };
}

void ElidedLabel::resizeEvent(QResizeEvent* event)
{
    QLabel::resizeEvent(event);
    shorten();
}

void ElidedLabel::shorten()
{
    const QString shown = fontMetrics().elidedText(m_full, m_mode, width());
    setText(shown);
    QStringList tip { shown == m_full ? QString() : m_full, m_note };
    tip.removeAll(QString());
    setToolTip(tip.join(QLatin1Char('\n')));
}

ElidedButton::ElidedButton(QWidget* parent)
    : QPushButton(parent)
{
}

void ElidedButton::setFullText(const QString& text)
{
    m_full = text;
    updateGeometry();
    shorten();
}

QSize ElidedButton::sizeHint() const
{
    return { fontMetrics().horizontalAdvance(m_full) + kButtonPadding, QPushButton::sizeHint().height() };
}

QSize ElidedButton::minimumSizeHint() const
{
    return { 60, QPushButton::minimumSizeHint().height() };
}

void ElidedButton::resizeEvent(QResizeEvent* event)
{
    QPushButton::resizeEvent(event);
    shorten();
}

void ElidedButton::shorten()
{
    // An ampersand in a path is a letter, not a shortcut.
    setText(fontMetrics()
                .elidedText(m_full, Qt::ElideRight, width() - kButtonPadding)
                .replace(QLatin1Char('&'), QLatin1String("&&")));
}

} // namespace ui
