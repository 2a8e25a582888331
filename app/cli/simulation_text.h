// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/simulation_options.h"
#include "core/record/json_fields.h"

namespace app {

/// Tables for people, at most 100 columns wide, and what follows from them.
std::string textOf(const Simulations& simulations);
core::Json jsonOf(const Simulations& simulations);

} // namespace app
