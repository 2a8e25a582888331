// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/cost.h"

#include <chrono>
#include <optional>
#include <string>

/// Figures as the tables of breakeven-cli show them.
namespace app {

/// "4.09 GFLOP".
std::string flopText(std::int64_t flop);
/// "12.4 MB".
std::string bytesText(std::int64_t bytes);
/// "12.4 us", "1.23 ms", three significant digits.
std::string timeText(std::chrono::nanoseconds time);
/// "12.4 %" of a share from 0 to 1.
std::string shareText(double share);

/// Of a node: "" where it is not known.
std::string flopText(const std::optional<core::NodeCost>& cost);
std::string bytesText(const std::optional<core::NodeCost>& cost); // weights and activations

} // namespace app
