// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace app {

/// Of --power-meter.
inline constexpr const char* kPowerMeterHelp
    = "A meter's growing file or pipe of lines time,watts; - for input";

} // namespace app
