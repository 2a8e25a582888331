// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/price_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace app {

namespace {

/// "1.006" is a price of the user's own, "owned(...)" an owned machine, anything else a name in the table.
core::Pricing priceOf(
    const std::string& text, const core::DeviceInfo& device, const std::vector<core::Price>& table)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc {} && end == text.data() + text.size()) {
        if (!std::isfinite(value) || value <= 0)
            throw UsageError(fmt::format("Cannot read --price: {} is no price an hour.", text));
        return core::rentedFor(value, device.kind, table.front().currency);
    }
    if (core::isOwned(text))
        return asUsage([&] { return core::ownedFromText(text, device.kind, table.front().currency); });
    const auto found = std::ranges::find(table, text, &core::Price::name);
    if (found == table.end())
        throw UsageError(fmt::format("Cannot read --price: the table has no \"{}\" (see prices).", text));
    if (found->kind != device.kind)
        throw UsageError(fmt::format("Cannot read --price: \"{}\" is no machine for {}.", text, device.id));
    return { .price = *found };
}

} // namespace

std::vector<core::Price> pricesFrom(const std::string& table)
{
    return table.empty() ? core::examplePrices() : core::readPrices(table);
}

void PriceOptions::addTo(CLI::App& command)
{
    command
        .add_option("--price", prices, "Of an engine's machine: gpu=1.006 an hour, gpu=NAME, gpu=owned(...)")
        ->type_name("ENGINE=PRICE")
        ->allow_extra_args(false);
    command.add_option("--prices", table, "Price table (CSV) in the place of the examples")
        ->type_name("FILE");
    command
        .add_option("--billed", billed, "Rented machines are paid for by the hour, or while they are busy")
        ->type_name("WORD")
        ->capture_default_str();
    command
        .add_option(
            "--interrupted", interruptedPercent, "Work that spot machines lose and do again, in per cent")
        ->type_name("P")
        ->check(silent(CLI::Range(0.0, 99.0)))
        ->capture_default_str();
    command.add_option("--pue", pue, "Power of the building over that of its machines")
        ->type_name("X")
        ->check(silent(CLI::Range(1.0, 10.0)))
        ->capture_default_str();
    command.add_option("--tariff", tariff, "What owned machines pay for a kWh")
        ->type_name("X")
        ->check(silent(CLI::Range(0.0, 1e6)))
        ->capture_default_str();
}

void PriceOptions::addTo(core::DecisionSettings& settings, const core::Run& run) const
{
    if (billed != "hour" && billed != "busy")
        throw UsageError(fmt::format("Cannot read --billed: \"{}\" is neither hour nor busy.", billed));
    settings.pue = pue;
    settings.perKwh = tariff;
    const std::vector<core::Price> known = pricesFrom(table);
    bool spot = false;
    for (const std::string& text : prices) {
        const std::size_t equals = text.find('='); // "owned(price=1)" has more of them
        const std::string engine = text.substr(0, equals);
        const core::DeviceInfo* device = equals == text.npos ? nullptr : core::deviceOf(run, engine);
        if (!device)
            throw UsageError(fmt::format("Cannot read --price: \"{}\" names no engine of the run.", text));
        core::Pricing pricing = priceOf(text.substr(equals + 1), *device, known);
        if (billed == "busy" && !pricing.owned)
            pricing.billing = core::Billing::WhileBusy;
        if (pricing.price.basis == "spot") {
            spot = true;
            pricing.interrupted = interruptedPercent / 100;
        }
        settings.prices.insert_or_assign(engine, std::move(pricing));
    }
    if (interruptedPercent > 0 && !spot)
        throw UsageError("Cannot use --interrupted: no machine's price has the basis \"spot\".");
}

} // namespace app
