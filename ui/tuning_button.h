// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/tuning.h"
#include "ui/elided.h"

#include <utility>
#include <vector>

class QAction;

namespace ui {

/// Which tunings a sweep compares on one device: a button that says them, with a menu to tick them in. One at
/// least stays ticked.
class TuningButton final : public ElidedButton {
    Q_OBJECT

public:
    explicit TuningButton(const std::vector<core::Tuning>& offered, QWidget* parent = nullptr);

    /// Ticks these; those that are not offered stay chosen, and are said.
    void setChosen(const std::vector<core::Tuning>& tunings);
    const std::vector<core::Tuning>& chosen() const { return m_chosen; }

signals:
    /// By hand.
    void changed();

private:
    void toggle(const core::Tuning& tuning, bool on);
    void refresh();

    std::vector<std::pair<core::Tuning, QAction*>> m_actions;
    std::vector<core::Tuning> m_chosen { core::Tuning {} };
};

} // namespace ui
