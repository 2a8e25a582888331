// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sensors/power.h"

#include <chrono>
#include <functional>

namespace core {

using SteadyNow = std::function<std::chrono::steady_clock::time_point()>;

/// openRapl() with a clock of the caller's, for tests of what time does to a meter.
PowerMeterOr openRapl(const std::string& root, SteadyNow now);

} // namespace core
