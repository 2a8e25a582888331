// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/run.h"

#include <chrono>

namespace app {

/// One line on standard error that tells how a sweep goes. Silent where standard error is not a terminal.
class Progress {
public:
    Progress();

    /// After `run` has taken `event`.
    void show(const core::Run& run, const core::SweepEvent& event);
    /// Wipes the line.
    void clear();

private:
    bool m_terminal;
    bool m_shown = false;
    std::chrono::steady_clock::time_point m_last {};
};

} // namespace app
