// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/decision_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace app {

namespace {

/// "1.006" is a price of the user's own, anything else a name in the table.
core::Price priceOf(
    const std::string& text, const core::DeviceInfo& device, const std::vector<core::Price>& table)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc {} && end == text.data() + text.size()) {
        if (!std::isfinite(value) || value <= 0)
            throw UsageError(fmt::format("Cannot read --price: {} is no price an hour.", text));
        const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
        return { .name = "as given",
            .kind = device.kind,
            .perHour = value,
            .currency = table.front().currency,
            .basis = "own figure",
            .date = std::chrono::year_month_day(today) };
    }
    const auto found = std::ranges::find(table, text, &core::Price::name);
    if (found == table.end())
        throw UsageError(fmt::format("Cannot read --price: the table has no \"{}\" (see prices).", text));
    if (found->kind != device.kind)
        throw UsageError(fmt::format("Cannot read --price: \"{}\" is no machine for {}.", text, device.id));
    return *found;
}

} // namespace

std::vector<core::Price> pricesFrom(const std::string& table)
{
    return table.empty() ? core::examplePrices() : core::readPrices(table);
}

void DecisionOptions::addTo(CLI::App& command)
{
    command.add_option("--target", targets, "What a cell has to keep, as p99=20ms; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command.add_option("--objective", objective, "What is best: latency, throughput, energy or cost")
        ->type_name("WORD")
        ->capture_default_str();
    command.add_option("--rate", rate, "Items a second that have to be served")
        ->type_name("R")
        ->check(silent(CLI::PositiveNumber));
    command.add_option("--most", mostPercent, "Share of a machine that is used at most, in per cent")
        ->type_name("P")
        ->check(silent(CLI::Range(1.0, 100.0)))
        ->capture_default_str();
    command.add_option("--price", prices, "Of an engine's machine an hour: gpu=1.006 or gpu=NAME")
        ->type_name("ENGINE=PRICE")
        ->allow_extra_args(false);
    command.add_option("--prices", table, "Price table (CSV) in the place of the examples")
        ->type_name("FILE");
}

core::DecisionSettings DecisionOptions::settings(const core::Run& run) const
{
    core::DecisionSettings settings { .rate = rate, .most = mostPercent / 100 };
    for (const std::string& target : targets)
        asUsage([&] { core::addTarget(settings.targets, target); });
    settings.objective = asUsage([&] { return core::objectiveFromName(objective); });
    const std::vector<core::Price> known = pricesFrom(table);
    for (const std::string& text : prices) {
        const auto pair = split(text);
        const core::DeviceInfo* device = pair ? core::deviceOf(run, pair->first) : nullptr;
        if (!device)
            throw UsageError(fmt::format("Cannot read --price: \"{}\" names no engine of the run.", text));
        settings.prices.insert_or_assign(pair->first, priceOf(pair->second, *device, known));
    }
    if (settings.prices.empty()
        && (settings.objective == core::Objective::Cost || settings.targets.costPerMillion))
        throw UsageError(
            "Cannot decide by cost: no machine has a price (--price cpu=0.68 --price gpu=1.006).");
    return settings;
}

} // namespace app
