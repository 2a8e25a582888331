// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/message_bar.h"

#include "ui/facts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <utility>

namespace ui {

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent)
    , m_text(makeText("value", this))
    , m_offer(new QPushButton(tr("Undo"), this))
{
    setObjectName(QStringLiteral("message"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 5, 6, 5);
    layout->addWidget(m_text, 1);
    m_offer->setAccessibleName(tr("Undo"));
    m_offer->hide();
    layout->addWidget(m_offer);
    connect(m_offer, &QPushButton::clicked, this, [this] {
        hide();
        if (const auto act = std::exchange(m_act, nullptr))
            act();
    });
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
    m_act = nullptr;
    m_offer->hide();
    setRole(*this, "problem");
    setVisible(!sentence.isEmpty());
}

void MessageBar::offer(
    const QString& sentence, const QString& button, const QString& tip, std::function<void()> act)
{
    showMessage(sentence);
    setRole(*this, "offer");
    m_act = std::move(act);
    m_offer->setText(button);
    m_offer->setAccessibleName(button);
    m_offer->setToolTip(tip);
    m_offer->show();
}

QString MessageBar::message() const
{
    return isHidden() ? QString() : m_text->text();
}

} // namespace ui
