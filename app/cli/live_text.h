// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/json_fields.h"
#include "core/schedule/live_bench.h"

namespace app {

/// A line a policy, live figures beside simulated ones, and below it devices, energy, warnings, conclusion.
std::string textOf(const core::LiveComparison& comparison, const core::LiveBench& bench);

core::Json jsonOf(const core::LiveComparison& comparison, const core::LiveBench& bench);

} // namespace app
