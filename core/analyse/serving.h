// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/decision_settings.h"

/// What it costs, takes and emits to serve a rate with machines that run as a cell did.
namespace core {

/// Measured figures of one engine moved off what they are, to see what hangs on them.
struct Moved {
    std::string engine; // empty: nothing is moved
    double latency = 0; // towards the low (-1) or the high (1) end of its 95 % interval
    double power = 1; // times as much
};

/// What the cell's latency becomes, over what it was.
double latencyFactor(const Cell& cell, const Moved& moved);

/// The machine of a cell, as it serves.
struct Server {
    double capacity = 0; // items a second, without those that interruptions make it do again
    Figure idleWatts, busyWatts; // as given for an owned machine, else measured; of the machine or the device
    std::optional<FleetChoice> fleet; // unset: no price, or one that depends on a power nobody knows
    double embodiedPerHour = 0; // grams of CO2 equivalent; of owned machines that say it
    std::string unpriced; // why there is no fleet; empty where there is
};

/// nullopt: the cell has no throughput. Measured power at work is the cell's energy an inference times its
/// throughput, so that a machine that is always busy takes what was measured.
std::optional<Server> serverOf(const Cell& cell, const DecisionSettings& settings, const Moved& moved = {});

/// Serving a rate, or, without one, as much as one machine can.
struct Serving {
    std::optional<int> machines; // that serve the rate
    double utilisation = 1; // of each of them
    std::optional<double> costPerMillion;
    std::optional<double> joules; // an inference, rest between the inferences included; without PUE
    std::optional<double> grams; // of CO2 equivalent an inference, with PUE; unset: unknown, or not asked for
};
Serving served(const Server& server, std::optional<double> rate, const DecisionSettings& settings);

} // namespace core
