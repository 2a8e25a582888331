// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/capacity.h"

namespace core {

/// What mixes are tried.
struct CapacitySearch {
    double allowedLate = 0.01; // share of the items
    Scaling scaling;
    bool tryUp = true; // several values of scaling.up are tried, too
    std::optional<double> downShare {}; // set: `down` is this share of `up`
    std::vector<Group> bounds; // of kinds that somebody bounded; `kind` names them
};

struct TriedMix {
    std::string name; // "gpu x1 + cpu x2 0 to 5"
    Mix mix;
    MixResult result;
};

struct CapacityAnswer {
    std::vector<TriedMix> mixes; // the best of each way to mix, the best of all first
    bool meets = false; // whether the first one does
    std::size_t tried = 0;
};

/// Tries one kind of fixed size, one that scales, and a fixed one with another that scales above it, for all
/// kinds that have a price, over sizes and load thresholds. The best of a way is the cheapest of those that
/// meet the SLO, else the one that misses least. Throws Error where no kind has a price.
CapacityAnswer searchMixes(
    const RateOverTime& rates, const std::vector<InstanceKind>& kinds, const CapacitySearch& search);

} // namespace core
