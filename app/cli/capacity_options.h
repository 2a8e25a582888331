// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/price_options.h"
#include "core/schedule/capacity_search.h"

namespace app {

/// What `capacity` found, with all it was asked.
struct CapacityPlan {
    std::string arrivals, currency;
    core::RateOverTime rates; // behind the cache
    double hits = 0; // of the cache
    core::Nanoseconds slo {};
    double allowedLate = 0.01;
    std::vector<core::InstanceKind> kinds;
    core::CapacityAnswer answer;
    std::vector<std::string> notes; // sentences
};

/// What a plan is asked for, as it was typed.
struct CapacityOptions {
    PriceOptions prices;
    std::optional<double> rate, upPercent, downPercent;
    std::string arrivals = "diurnal", slo, cache, startup = "60s", cooldown = "5min", duration = "24h",
                interval = "60s";
    std::vector<std::string> devices, instances;
    double latePercent = 1;
    std::uint64_t seed = 1;

    void addTo(CLI::App& command);
    /// Throws UsageError, or core::Error for a trace, a table and a run that cannot be used.
    CapacityPlan plan(const core::Run& run) const;

private:
    core::RateOverTime ratesBehind(double hits) const;
    void addKinds(CapacityPlan& plan, const core::Run& run) const;
    core::CapacitySearch search(const CapacityPlan& plan) const;
};

} // namespace app
