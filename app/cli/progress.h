// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/status_line.h"
#include "core/record/run.h"

namespace app {

/// Tells on standard error how a sweep goes.
class Progress {
public:
    /// After `run` has taken `event`.
    void show(const core::Run& run, const core::SweepEvent& event);
    /// Wipes the line.
    void clear() { m_line.clear(); }

private:
    StatusLine m_line;
};

} // namespace app
