// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "core/analyse/decision_settings.h"
#include "core/record/run.h"

namespace app {

/// What machines cost, as it was typed.
struct PriceOptions {
    std::vector<std::string> prices; // "gpu=1.006", "cpu=c5.4xlarge", "gpu=owned(price=30000)"
    std::string table, billed = "hour";
    double interruptedPercent = 0;
    double pue = core::OwnedMachine().pue, tariff = core::OwnedMachine().perKwh;

    void addTo(CLI::App& command);
    /// Prices, PUE and tariff. Throws UsageError, or core::Error for the price table.
    void addTo(core::DecisionSettings& settings, const core::Run& run) const;
};

/// The table that --prices names, or the examples.
std::vector<core::Price> pricesFrom(const std::string& table);

/// How --price is written, for the help.
inline constexpr const char* kPriceHelp
    = "Prices: gpu=1.006 an hour, a name of the price table (prices lists it), or an owned machine,\n"
      "gpu=owned(price=30000,years=4,idle=0.3kW,busy=1kW); also salvage (a share), other and rent (an\n"
      "hour), embodied (1500kg of CO2). Power that isn't given is what the run measured.\n";

} // namespace app
