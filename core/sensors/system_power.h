// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sensors/rapl.h"

namespace core {

/// openSystemPower() with a clock of the caller's, for tests of what time does to a meter.
PowerMeterOr openSystemPower(const std::string& root, SteadyNow now);

} // namespace core
