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

/// A spec as one line of JSON, and the reverse, which throws Error as well.
std::string specToJson(const SweepSpec& spec);
SweepSpec specFromJson(std::string_view text);

} // namespace core
