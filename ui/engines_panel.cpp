// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/engines_panel.h"

#include "ui/engine_card.h"
#include "ui/facts.h"
#include "ui/session.h"

#include <QLabel>
#include <QVBoxLayout>

namespace ui {

EnginesPanel::EnginesPanel(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_cards(new QVBoxLayout)
    , m_waiting(makeText("muted", this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 10);
    layout->setSpacing(8);
    layout->addWidget(makeHeading(tr("Engines"), this));
    m_cards->setContentsMargins(12, 0, 12, 0);
    m_cards->setSpacing(8);
    m_cards->addWidget(m_waiting);
    layout->addLayout(m_cards);
    m_waiting->setText(tr("Looking for devices…"));
    connect(&session, &Session::devicesChanged, this, &EnginesPanel::refresh);
    refresh();
}

void EnginesPanel::refresh()
{
    qDeleteAll(findChildren<EngineCard*>());
    for (const core::DeviceInfo& device : m_session.devices())
        m_cards->addWidget(new EngineCard(m_session, device, this));
    m_waiting->setVisible(m_session.devices().empty());
    if (m_session.devicesKnown())
        m_waiting->setText(tr("No device was found."));
}

} // namespace ui
