// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/cost.h"
#include "core/schedule/capacity_load.h"
#include "core/schedule/capacity_rates.h"

#include <optional>
#include <string>
#include <vector>

/// Groups of instances that grow and shrink with a rate over a day: what they cost, take and miss. A model by
/// intervals, not by requests: within one the rate is steady, and each instance answers as its LoadCurve
/// says; what the instances that run cannot take waits until they can. docs/deciding.md has its errors.
namespace core {

/// What a group is made of.
struct InstanceKind {
    std::string name; // "gpu", "cpu x2 int8"
    LoadCurve load;
    std::optional<FleetChoice> price; // unset: nobody knows
    std::optional<double> idleWatts, busyWatts; // unset: nobody knows
};

/// When a group grows and shrinks. It sees the rate of the interval before.
struct Scaling {
    double up = 0.7; // load beyond which it grows, to the instances that bring it back to that
    double down = 0.35; // load below which it shrinks, to the same
    double startSeconds = 60; // until an instance works; it is paid for from the beginning
    double coolSeconds = 300; // from a change of a group to its next shrinking
};

struct Group {
    std::size_t kind = 0;
    int least = 0, most = 1; // instances; equal: it never changes
};

/// Groups are filled in their order: each takes what it can at load `up`, the next the rest; what is left
/// over is spread by what is free.
struct Mix {
    std::vector<Group> groups;
    Scaling scaling;
};

struct MixResult {
    std::optional<double> cost, joules; // of all the time; unset: unknown
    double late = 0; // share of the items answered after the SLO, or in overload
    std::vector<double> meanInstances; // by group
    std::vector<int> mostInstances;
    int starts = 0; // of instances
    /// By interval: instances of each group, those that start included, and the share of late items.
    std::vector<std::vector<int>> instances;
    std::vector<double> lateOverTime;
};

/// The groups have all instances that the first interval takes when it begins.
MixResult serve(const RateOverTime& rates, const std::vector<InstanceKind>& kinds, const Mix& mix);

} // namespace core
