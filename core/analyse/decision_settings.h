// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/pricing.h"
#include "core/analyse/targets.h"

#include <cstdint>
#include <map>

namespace core {

/// What is asked of a decision, and what is assumed for it.
struct DecisionSettings {
    Targets targets;
    Objective objective = Objective::Latency;
    std::optional<double> rate; // items a second that have to be served; by as many machines as it takes
    double most = 0.7; // share of a machine's throughput that is used at most where there is a rate
    std::map<std::string, Pricing> prices; // by engine; engines without one cost nobody knows what
    double pue = OwnedMachine().pue; // power of the building over that of its machines
    double perKwh = OwnedMachine().perKwh; // tariff of owned machines
    std::optional<double> gramsPerKwh {}; // carbon of the power; unset: not asked for
    std::uint64_t seed = 1; // of resampling
};

} // namespace core
