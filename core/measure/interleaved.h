// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/measure.h"

#include <cstdint>
#include <functional>

namespace core {

/// Two programs by turns: what drifts over minutes, a clock, a neighbour, the room, meets both alike.
struct InterleavedRule {
    int rounds = 30;
    std::chrono::duration<double> time { 0.1 }; // of each program in each round, one run at least
    std::uint64_t seed = 1; // of who comes first
};

/// One turn of both.
struct Round {
    std::vector<TimedSample> first, second; // in the order they were taken
    Nanoseconds firstMedian {}, secondMedian {};
    double disturbedPercent = 0; // of the worse of the two
};

/// Whether a round tells something: disturbed ones are kept, and count for nothing.
bool isQuiet(const Round& round);

/// Runs both for each round in an order that the seed decides. `report` gets each round as it ends. Fewer
/// rounds where `stop` is asked for. Throws what the programs throw.
std::vector<Round> measureInterleaved(Program& first, Program& second, const InterleavedRule& rule,
    std::stop_token stop, const std::function<void(const Round&)>& report = {});

/// Second median over first, one a quiet round.
std::vector<double> ratiosOf(const std::vector<Round>& rounds);

} // namespace core
