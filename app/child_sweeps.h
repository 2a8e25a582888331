// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep.h"

namespace app {

/// What this program hands to its sweeps: the machine, with `breakeven-cli worker` from beside this program
/// for cells that need a process of their own.
core::Machine sweepMachine();

} // namespace app
