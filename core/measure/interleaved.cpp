// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/interleaved.h"

#include <algorithm>
#include <random>

namespace core {

namespace {

constexpr double kDisturbed = 2.0; // per cent, as of cells

Nanoseconds medianOf(const std::vector<TimedSample>& samples)
{
    std::vector<Nanoseconds> latencies;
    for (const TimedSample& sample : samples)
        latencies.push_back(sample.latency);
    std::sort(latencies.begin(), latencies.end());
    return latencies.empty() ? Nanoseconds {} : median(latencies);
}

/// A turn of one program: a run to bring its data back into the caches, then as many as fit.
Measurement turn(Program& program, const InterleavedRule& rule, const std::stop_token& stop)
{
    const StopRule block { .preset = "custom",
        .minSamples = 1,
        .minTime = rule.time,
        .maxTime = rule.time,
        .relativeHalfWidth = 0,
        .fallbackSamples = 1,
        .warmUpRuns = 1,
        .warmUpTime = {} };
    return measure(program, block, stop, {});
}

} // namespace

bool isQuiet(const Round& round)
{
    return round.disturbedPercent <= kDisturbed && !round.first.empty() && !round.second.empty();
}

std::vector<Round> measureInterleaved(Program& first, Program& second, const InterleavedRule& rule,
    std::stop_token stop, const std::function<void(const Round&)>& report)
{
    std::mt19937_64 random(rule.seed);
    std::vector<Round> rounds;
    const StopRule warm;
    warmUp(first, warm, stop);
    warmUp(second, warm, stop);
    while (static_cast<int>(rounds.size()) < rule.rounds && !stop.stop_requested()) {
        Measurement results[2];
        const bool swapped = random() % 2 == 1;
        for (const bool other : { swapped, !swapped })
            results[other] = turn(other ? second : first, rule, stop);
        Round round { .first = std::move(results[0].samples), .second = std::move(results[1].samples) };
        round.firstMedian = medianOf(round.first);
        round.secondMedian = medianOf(round.second);
        round.disturbedPercent = std::max(results[0].disturbedPercent, results[1].disturbedPercent);
        if (stop.stop_requested()) // half a round compares nothing
            break;
        rounds.push_back(std::move(round));
        if (report)
            report(rounds.back());
    }
    return rounds;
}

std::vector<double> ratiosOf(const std::vector<Round>& rounds)
{
    std::vector<double> ratios;
    for (const Round& round : rounds) {
        if (isQuiet(round) && round.firstMedian.count() > 0)
            ratios.push_back(static_cast<double>(round.secondMedian.count())
                / static_cast<double>(round.firstMedian.count()));
    }
    return ratios;
}

} // namespace core
