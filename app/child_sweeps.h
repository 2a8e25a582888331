// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep.h"

namespace app {

/// What this program hands to its sweeps: the machine, with `breakeven-cli worker` from beside this program
/// for cells that need a process of their own. `powerMeter` is the file of an external meter, as in
/// core::openExternalMeter(); empty: what BREAKEVEN_POWER_METER names, if anything. A sweep throws Error when
/// the one that was asked for cannot be opened.
core::Machine sweepMachine(const std::string& powerMeter = {});

} // namespace app
