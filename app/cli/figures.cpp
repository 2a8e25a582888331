// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/figures.h"

#include "core/sensors/memory.h"

#include <fmt/format.h>

namespace app {

namespace {

/// Three significant digits without an exponent, as values here are below 1000.
std::string threeDigits(double value)
{
    return fmt::format("{:.{}f}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

} // namespace

std::string flopText(std::int64_t flop)
{
    constexpr const char* kPrefixes[] = { "", "k", "M", "G", "T", "P" };
    auto value = static_cast<double>(flop);
    std::size_t prefix = 0;
    for (; value >= 999.5 && prefix + 1 < std::size(kPrefixes); ++prefix)
        value /= 1000;
    return fmt::format("{:.3g} {}FLOP", value, kPrefixes[prefix]);
}

std::string bytesText(std::int64_t bytes)
{
    return core::formatBytes(static_cast<double>(bytes));
}

std::string timeText(std::chrono::nanoseconds time)
{
    const auto ns = static_cast<double>(time.count());
    if (ns < 999.5)
        return fmt::format("{:.0f} ns", ns);
    if (ns < 999.5e3)
        return threeDigits(ns / 1e3) + " us";
    if (ns < 999.5e6)
        return threeDigits(ns / 1e6) + " ms";
    return threeDigits(ns / 1e9) + " s";
}

std::string shareText(double share)
{
    return fmt::format("{:.1f} %", 100 * share);
}

std::string flopText(const std::optional<core::NodeCost>& cost)
{
    return cost && cost->known ? flopText(cost->flop) : std::string();
}

std::string bytesText(const std::optional<core::NodeCost>& cost)
{
    return cost && cost->known ? bytesText(cost->weightBytes + cost->activationBytes) : std::string();
}

} // namespace app
