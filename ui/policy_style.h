// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"

namespace ui {

/// How a policy is drawn: cpu-only and gpu-only in their device's colour, the others in those that are left,
/// told apart by marker and dash, too. `place`: among all that are drawn.
SeriesStyle policyStyle(const Theme& theme, const std::string& policy, std::size_t place);

/// What no schedule can beat: dashed, without a marker of its own.
SeriesStyle oracleStyle(const Theme& theme);

} // namespace ui
