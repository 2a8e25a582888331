// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/pricing.h"

#include "core/call.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace core {

namespace {

constexpr double kMostMoney = 1e12, kMostYears = 100, kMostKw = 1e4, kMostKg = 1e9;

struct Unit {
    std::string_view name;
    double factor;
};

/// "0.3kW", "300W": a number of 0 or more with its unit, in the first unit.
std::optional<double> amount(Call& call, const char* parameter, const std::array<Unit, 2>& units, double most)
{
    if (!call.has(parameter))
        return {};
    const std::string text = call.word(parameter, "");
    for (const Unit& unit : units) {
        if (!text.ends_with(unit.name))
            continue;
        const auto value = numberFromText(std::string_view(text).substr(0, text.size() - unit.name.size()));
        if (value && *value >= 0 && *value * unit.factor <= most)
            return *value * unit.factor;
    }
    call.refuse(fmt::format("{} is a number with its unit, {} or {}, of at most {:g} {}, not \"{}\"",
        parameter, units[0].name, units[1].name, most, units[0].name, text));
}

Price words(const char* name, const char* basis, DeviceKind kind, const std::string& currency)
{
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    return { .name = name,
        .kind = kind,
        .currency = currency,
        .basis = basis,
        .date = std::chrono::year_month_day(today) };
}

} // namespace

bool isOwned(std::string_view text)
{
    return text == "owned" || text.starts_with("owned(");
}

Pricing ownedFromText(std::string_view text, DeviceKind kind, const std::string& currency)
{
    // The longer unit comes first: "kW" ends in "W", too.
    static constexpr std::array<Unit, 2> kPower { { { "kW", 1 }, { "W", 1e-3 } } };
    static constexpr std::array<Unit, 2> kMass { { { "kg", 1 }, { "g", 1e-3 } } };
    Call call(text, "price");
    Pricing pricing { .price = words("as given", "owned", kind, currency) };
    if (!call.has("price"))
        call.refuse("it needs a price");
    OwnedMachine machine;
    machine.price = call.number("price", 0, 0, kMostMoney);
    machine.salvage = call.number("salvage", 0, 0, 1);
    machine.years = call.number("years", 4, 0.01, kMostYears);
    machine.otherPerHour = call.number("other", 0, 0, kMostMoney);
    if (call.has("rent"))
        pricing.rent = call.number("rent", 0, 0, kMostMoney);
    pricing.idleKw = amount(call, "idle", kPower, kMostKw);
    pricing.busyKw = amount(call, "busy", kPower, kMostKw);
    machine.embodiedGrams = 1e3 * amount(call, "embodied", kMass, kMostKg).value_or(0);
    if (pricing.idleKw && pricing.busyKw && *pricing.busyKw < *pricing.idleKw)
        call.refuse("it draws less at work than at rest");
    call.finish();
    pricing.owned = machine;
    return pricing;
}

Pricing rentedFor(double perHour, DeviceKind kind, const std::string& currency)
{
    Pricing pricing { .price = words("as given", "own figure", kind, currency) };
    pricing.price.perHour = perHour;
    return pricing;
}

} // namespace core
