// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "core/analyse/decision.h"

namespace app {

/// What a decision is asked for, as it was typed.
struct DecisionOptions {
    std::vector<std::string> targets; // "p99=20ms"
    std::vector<std::string> prices; // "gpu=1.006", "cpu=c5.4xlarge"
    std::string objective = "latency", table;
    std::optional<double> rate;
    double mostPercent = 70;

    void addTo(CLI::App& command);
    /// Throws UsageError, or core::Error for the price table.
    core::DecisionSettings settings(const core::Run& run) const;
};

/// The table that --prices names, or the examples.
std::vector<core::Price> pricesFrom(const std::string& table);

} // namespace app
