// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/capacity_options.h"
#include "core/record/json_fields.h"

namespace app {

/// A plan for a terminal of 100 columns.
std::string textOf(const CapacityPlan& plan);
core::Json jsonOf(const CapacityPlan& plan);

} // namespace app
