// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// A line of a price table. A price means nothing without its date, source and basis.
struct Price {
    std::string name; // "g4dn.xlarge (T4)"
    DeviceKind kind = DeviceKind::Gpu;
    double perHour = 0;
    std::string currency; // "USD"
    std::string basis; // "on demand", "reserved", "spot", "owned"
    std::chrono::year_month_day date {}; // that it was valid
    std::string source, notes;
};

/// Prices older than this are marked.
inline constexpr std::chrono::days kStaleAfter { 365 };

bool isStale(const Price& price, std::chrono::sys_days today);

/// CSV with the columns name, kind (cpu or gpu), price_per_hour, currency, basis, date (2026-06-01 or
/// 2026-06), source, notes, in any order; the last two may be missing. Throws Error, one sentence with the
/// line: `Cannot read prices: line 3: "-1" is not a price.`
std::vector<Price> pricesFromCsv(std::string_view csv);
/// Throws Error with the file's name.
std::vector<Price> readPrices(const std::filesystem::path& path);
std::string toCsv(const std::vector<Price>& prices);

/// Examples, each with its date and source; no offer, and no basis for a decision until somebody has looked.
const std::vector<Price>& examplePrices();

/// The prices of a kind of device, the cheapest first.
std::vector<Price> pricesOf(const std::vector<Price>& prices, DeviceKind kind);

} // namespace core
