// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sweep_event.h"

#include <string>
#include <string_view>

namespace core {

/// The event as one line of JSON without a line end: {"event":"samples-taken",...}. Numbers in nanoseconds
/// and bytes.
std::string toJsonLine(const SweepEvent& event);

/// The reverse. Throws Error for anything that is not such a line; never crashes on hostile text.
SweepEvent eventFromJson(std::string_view line);

} // namespace core
