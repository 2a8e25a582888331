// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"

namespace app {

/// The command `sensors`, beside `devices`.
void addSensors(CLI::App& app, Context& context);

/// Of --power-meter.
inline constexpr const char* kPowerMeterHelp
    = "A meter's growing file or pipe of lines time,watts; - for input";

} // namespace app
