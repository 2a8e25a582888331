// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/batch_curve.h"

#include <cstdint>

namespace core {

/// From which batch on the second of two curves is the faster one.
struct Crossover {
    enum class Kind {
        None, // the first is faster at all sizes that both have
        Always, // the second is
        At, // from `items` on
        NoCommonRange // they have no two sizes in common range
    };
    Kind kind = Kind::NoCommonRange;
    double items = 0; // of Kind::At
    /// The 95 % interval; an end is unset where it lies outside of the sizes that were measured.
    std::optional<double> low, high;
    int crossings = 0; // over 1: they cross back; `items` is the first
    double from = 0, to = 0; // the sizes that both have
};

/// Of latencies linear between points. The interval is of crossings of curves drawn anew from each point's
/// interval, the same for the same seed.
Crossover crossoverOf(const BatchCurve& first, const BatchCurve& second, std::uint64_t seed = 1);

/// "GPU is faster from batch 6 on (95 %: 5.2 to 7.1)."
std::string sentence(const Crossover& crossover, const std::string& first, const std::string& second);

} // namespace core
