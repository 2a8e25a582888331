// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/measure.h"

#include <cstdint>
#include <functional>
#include <string_view>

namespace core {

/// Two programs by turns: what drifts over minutes, a clock, a neighbour, the room, meets both alike. Where a
/// program lies in memory is luck that lasts as long as it does, and up to 2 % of its latency: so both are
/// made anew some times, in random order, and what the rounds of one making have in common is not taken for a
/// difference.
struct InterleavedRule {
    int rounds = 48;
    int builds = 24; // times that both are made; as many rounds with each
    std::chrono::duration<double> time { 0.1 }; // of each program in each round, one run at least
    std::uint64_t seed = 1; // of who comes first
};

/// "quick" (12 rounds, 6 builds), "standard" (24, 12), "rigorous" (48, 24): an interval of 24 builds is
/// narrow enough for a difference of 3 % to be called one. Throws Error for any other word.
InterleavedRule interleavedPreset(std::string_view name);

/// Makes a program that is ready to run.
using ProgramMaker = std::function<std::unique_ptr<Program>()>;

/// One turn of both.
struct Round {
    int build = 0; // which making of the programs it is of
    std::vector<TimedSample> first, second; // in the order they were taken
    Nanoseconds firstMedian {}, secondMedian {};
    double disturbedPercent = 0; // of the worse of the two
};

/// Whether a round tells something: disturbed ones are kept, and count for nothing.
bool isQuiet(const Round& round);

/// Makes both and runs them for each round, in orders that the seed decides. `report` gets each round as it
/// ends. Fewer rounds where `stop` is asked for. Throws what making and running them throws.
std::vector<Round> measureInterleaved(const ProgramMaker& first, const ProgramMaker& second,
    const InterleavedRule& rule, std::stop_token stop, const std::function<void(const Round&)>& report = {});

/// Second median over first, one a quiet round, the rounds of each making together; makings without one are
/// left out.
std::vector<std::vector<double>> ratiosOf(const std::vector<Round>& rounds);

} // namespace core
