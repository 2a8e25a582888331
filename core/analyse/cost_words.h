// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/serving.h"

/// What prices say, in sentences. Cells are indices into the run.
namespace core {

/// From which rate on the second cell's fleet costs less than the best one's; from which use on an owned
/// machine of either costs less than renting it, or than the other's rent.
std::vector<std::string> breakEvenSentences(
    const Run& run, const DecisionSettings& settings, std::size_t best, std::optional<std::size_t> second);

/// What each machine costs and draws, and what that is assumed for.
std::vector<std::string> costAssumptions(
    const Run& run, const DecisionSettings& settings, std::optional<std::size_t> best);

/// Why a figure that was asked for is unknown, for each engine once: cost of a machine that has a price,
/// carbon of one that nobody knows the power of.
std::vector<std::string> unknownCosts(const Run& run, const DecisionSettings& settings);

/// "The price of gpu is over a year old.", for each engine whose is.
std::vector<std::string> oldPrices(const DecisionSettings& settings);

} // namespace core
