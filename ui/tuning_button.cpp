// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tuning_button.h"

#include "ui/facts.h"
#include "ui/setup.h"

#include <QAction>
#include <QMenu>
#include <algorithm>

namespace ui {

TuningButton::TuningButton(const std::vector<core::Tuning>& offered, QWidget* parent)
    : ElidedButton(parent)
{
    auto* menu = new QMenu(this);
    for (const core::Tuning& tuning : offered) {
        const bool limit = tuning.isa != core::InstructionSet::All;
        if (limit && (m_actions.empty() || m_actions.back().first.isa == core::InstructionSet::All))
            menu->addSeparator();
        QString name = limit ? tr("no more than %1").arg(tuningText(tuning)) : tuningText(tuning);
        if (tuning == core::Tuning {})
            name = tr("full: everything the engine can");
        QAction* action = menu->addAction(name);
        action->setCheckable(true);
        connect(action, &QAction::triggered, this, [this, tuning](bool on) { toggle(tuning, on); });
        m_actions.emplace_back(tuning, action);
    }
    setMenu(menu);
    setRole(*this, "menu");
    setToolTip(tr("What optimisation is worth: measures each cell again with something left out.\n"
                  "Cells with fewer instructions run in a process of their own."));
    refresh();
}

void TuningButton::setChosen(const std::vector<core::Tuning>& tunings)
{
    m_chosen = tunings;
    refresh();
}

void TuningButton::toggle(const core::Tuning& tuning, bool on)
{
    std::erase(m_chosen, tuning);
    if (on || m_chosen.empty())
        m_chosen.push_back(tuning);
    const auto place = [this](const core::Tuning& each) { // as the menu has them
        return std::ranges::find(m_actions, each, [](const auto& row) { return row.first; })
            - m_actions.begin();
    };
    std::ranges::stable_sort(m_chosen, {}, place);
    refresh();
    emit changed();
}

void TuningButton::refresh()
{
    QStringList names;
    for (const core::Tuning& tuning : m_chosen)
        names << tuningText(tuning);
    setFullText(names.join(QStringLiteral(" · ")));
    for (const auto& [tuning, action] : m_actions)
        action->setChecked(std::ranges::find(m_chosen, tuning) != m_chosen.end());
}

} // namespace ui
