// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/facts.h"

#include "ui/elided.h"

#include <QGridLayout>
#include <QLabel>
#include <QStyle>

namespace ui {

void setRole(QWidget& widget, const char* role)
{
    widget.setProperty("role", QLatin1String(role));
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

QLabel* makeHeading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    setRole(*label, "heading");
    return label;
}

QLabel* makeText(const char* role, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    // A word longer than the panel must not widen the panel.
    label->setMinimumWidth(1);
    setRole(*label, role);
    return label;
}

QString breakable(const QString& text)
{
    QString broken;
    for (const QChar c : text) {
        broken += c;
        if (QStringLiteral("/._-").contains(c))
            broken += QChar(0x200b); // zero-width space
    }
    return broken;
}

Facts::Facts(QWidget* parent)
    : QWidget(parent)
    , m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(8);
    m_grid->setVerticalSpacing(2);
    m_grid->setColumnMinimumWidth(0, kFactNameWidth);
    m_grid->setColumnStretch(1, 1);
}

void Facts::setFacts(const List& facts)
{
    if (facts == m_facts)
        return;
    m_facts = facts;
    while (QLayoutItem* item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    for (const auto& [name, value] : facts) {
        auto* left = new ElidedLabel(Qt::ElideRight, this);
        setRole(*left, "muted");
        left->setFixedWidth(kFactNameWidth);
        left->setFullText(name);
        QLabel* right = makeText("value", this);
        right->setText(breakable(value));
        right->setTextInteractionFlags(Qt::TextSelectableByMouse);
        right->setAccessibleName(name);
        m_grid->addWidget(left, row, 0, Qt::AlignTop);
        m_grid->addWidget(right, row++, 1);
    }
}

} // namespace ui
