// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/decision_options.h"

namespace app {

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
    prices.addTo(command);
    command.add_option("--carbon", carbon, "Grams of CO2 equivalent that a kWh emits, as 400")
        ->type_name("G")
        ->check(silent(CLI::Range(0.0, 1e6)));
}

core::DecisionSettings DecisionOptions::settings(const core::Run& run) const
{
    core::DecisionSettings settings { .rate = rate, .most = mostPercent / 100, .gramsPerKwh = carbon };
    for (const std::string& target : targets)
        asUsage([&] { core::addTarget(settings.targets, target); });
    settings.objective = asUsage([&] { return core::objectiveFromName(objective); });
    prices.addTo(settings, run);
    if (settings.prices.empty()
        && (settings.objective == core::Objective::Cost || settings.targets.costPerMillion))
        throw UsageError(
            "Cannot decide by cost: no machine has a price (--price cpu=0.68 --price gpu=1.006).");
    return settings;
}

} // namespace app
