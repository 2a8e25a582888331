// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/price_options.h"
#include "core/analyse/decision.h"

namespace app {

/// What a decision is asked for, as it was typed.
struct DecisionOptions {
    std::vector<std::string> targets; // "p99=20ms"
    PriceOptions prices;
    std::string objective = "latency";
    std::optional<double> rate;
    double mostPercent = 70;
    std::optional<double> carbon; // g a kWh

    void addTo(CLI::App& command);
    /// Throws UsageError, or core::Error for the price table.
    core::DecisionSettings settings(const core::Run& run) const;
};

} // namespace app
