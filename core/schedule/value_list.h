// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

namespace core {

/// More is no table for people, and takes minutes.
inline constexpr std::size_t kMostValues = 100;

/// Numbers over 0 as people type them: "0.5,1,2", "50-500+50" (every 50), "1-64x2" (each twice the one
/// before), "1-4" (every 1). Rising, no number twice, at most kMostValues of them. Throws Error: `Cannot read
/// values: "x" is no number over 0.`
std::vector<double> valuesFromText(std::string_view text);

} // namespace core
