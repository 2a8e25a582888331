// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/message_bar.h"

#include "ui/facts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace ui {

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent)
    , m_text(makeText("value", this))
{
    setObjectName(QStringLiteral("message"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 5, 6, 5);
    layout->addWidget(m_text, 1);
    auto* dismiss = new QPushButton(tr("Dismiss"), this);
    setRole(*dismiss, "quiet");
    dismiss->setAccessibleName(tr("Dismiss the message"));
    layout->addWidget(dismiss);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    connect(dismiss, &QPushButton::clicked, this, &QWidget::hide);
    hide();
}

void MessageBar::showMessage(const QString& sentence)
{
    m_text->setText(sentence);
    setAccessibleName(sentence);
    setVisible(!sentence.isEmpty());
}

QString MessageBar::message() const
{
    return isHidden() ? QString() : m_text->text();
}

} // namespace ui
