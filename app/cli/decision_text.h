// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/decision.h"
#include "core/record/json_fields.h"

#include <string>

namespace app {

/// A decision for a terminal of 100 columns.
std::string textOf(
    const core::Decision& decision, const core::Run& run, const core::DecisionSettings& settings);

core::Json jsonOf(
    const core::Decision& decision, const core::Run& run, const core::DecisionSettings& settings);

} // namespace app
