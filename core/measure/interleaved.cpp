// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/interleaved.h"

#include "core/error.h"

#include <algorithm>
#include <map>
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

InterleavedRule interleavedPreset(std::string_view name)
{
    if (name == "quick")
        return { .rounds = 12, .builds = 6 };
    if (name == "standard")
        return { .rounds = 24, .builds = 12 };
    if (name == "rigorous")
        return {};
    throw Error("Cannot compare: there is no preset \"{}\": quick, standard, rigorous.", name);
}

bool isQuiet(const Round& round)
{
    return round.disturbedPercent <= kDisturbed && !round.first.empty() && !round.second.empty();
}

std::vector<Round> measureInterleaved(const ProgramMaker& first, const ProgramMaker& second,
    const InterleavedRule& rule, std::stop_token stop, const std::function<void(const Round&)>& report)
{
    std::mt19937_64 random(rule.seed);
    std::vector<Round> rounds;
    std::unique_ptr<Program> programs[2];
    const auto make = [&] {
        programs[0].reset(); // their memory, before as much is taken again
        programs[1].reset();
        const bool swapped = random() % 2 == 1;
        for (const bool other : { swapped, !swapped })
            programs[other] = other ? second() : first();
        for (const auto& program : programs)
            warmUp(*program, StopRule {}, stop);
    };
    int made = -1;
    for (int round = 0; round < rule.rounds && !stop.stop_requested(); ++round) {
        const int build = static_cast<int>(static_cast<std::int64_t>(round) * rule.builds / rule.rounds);
        if (build != made)
            make();
        made = build;
        Measurement results[2];
        const bool swapped = random() % 2 == 1;
        for (const bool other : { swapped, !swapped })
            results[other] = turn(*programs[other], rule, stop);
        Round taken {
            .build = build, .first = std::move(results[0].samples), .second = std::move(results[1].samples)
        };
        taken.firstMedian = medianOf(taken.first);
        taken.secondMedian = medianOf(taken.second);
        taken.disturbedPercent = std::max(results[0].disturbedPercent, results[1].disturbedPercent);
        if (stop.stop_requested()) // half a round compares nothing
            break;
        rounds.push_back(std::move(taken));
        if (report)
            report(rounds.back());
    }
    return rounds;
}

std::vector<std::vector<double>> ratiosOf(const std::vector<Round>& rounds)
{
    std::map<int, std::vector<double>> byBuild;
    for (const Round& round : rounds) {
        if (isQuiet(round) && round.firstMedian.count() > 0)
            byBuild[round.build].push_back(static_cast<double>(round.secondMedian.count())
                / static_cast<double>(round.firstMedian.count()));
    }
    std::vector<std::vector<double>> ratios;
    for (auto& [build, group] : byBuild)
        ratios.push_back(std::move(group));
    return ratios;
}

} // namespace core
