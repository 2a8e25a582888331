// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/stop_rule.h"

#include "core/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace core {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::array<std::pair<StoppedBy, std::string_view>, 4> kNames { {
    { StoppedBy::Converged, "converged" },
    { StoppedBy::TimeLimit, "time-limit" },
    { StoppedBy::TooFewSamples, "too-few-samples" },
    { StoppedBy::User, "user" },
} };

constexpr std::array<std::string_view, 4> kCriteria { "median-interval", "three-windows", "percentile",
    "blocks" };

} // namespace

std::string_view criterionName(Criterion criterion)
{
    return kCriteria[static_cast<std::size_t>(criterion)];
}

Criterion criterionFromName(std::string_view name)
{
    for (std::size_t index = 0; index < kCriteria.size(); ++index) {
        if (kCriteria[index] == name)
            return static_cast<Criterion>(index);
    }
    throw Error(
        "Cannot read criterion: \"{}\" is none of median-interval, three-windows, percentile, blocks.", name);
}

StopRule stopRulePreset(std::string_view name)
{
    if (name == "quick")
        return {};
    if (name == "standard") {
        return { .preset = "standard",
            .minSamples = 459, // p99 is established from here on
            .minTime = Seconds(0.5),
            .maxTime = Seconds(30),
            .relativeHalfWidth = 0.01,
            .fallbackSamples = 64 };
    }
    if (name == "rigorous") {
        return { .preset = "rigorous",
            .minSamples = 30,
            .minTime = Seconds(0),
            .maxTime = Seconds(600),
            .relativeHalfWidth = 0.005,
            .fallbackSamples = 6,
            .criterion = Criterion::Blocks,
            .blocks = kLeastBlocks };
    }
    if (name == "windows") {
        return { .preset = "windows",
            .minSamples = 6,
            .minTime = Seconds(15),
            .maxTime = Seconds(50),
            .criterion = Criterion::ThreeWindows };
    }
    if (name == "percentile") {
        return { .preset = "percentile",
            .minSamples = 459,
            .minTime = Seconds(0.5),
            .maxTime = Seconds(60),
            .criterion = Criterion::Percentile };
    }
    throw Error(
        "Cannot use stop rule \"{}\": the presets are quick, standard, rigorous, windows and percentile.",
        name);
}

const std::vector<std::string>& stopRulePresets()
{
    static const std::vector<std::string> names { "quick", "standard", "rigorous", "windows", "percentile" };
    return names;
}

std::string_view stoppedByName(StoppedBy why)
{
    return std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) {
        return entry.first == why;
    })->second;
}

StoppedBy stoppedByFromName(std::string_view name)
{
    for (const auto& [why, word] : kNames) {
        if (word == name)
            return why;
    }
    throw Error(
        "Cannot read stop reason: \"{}\" is none of converged, time-limit, too-few-samples, user.", name);
}

Seconds estimatedTime(const StopRule& rule, Seconds latency)
{
    if (rule.blocks > 0) {
        const Seconds warmUp = std::max(rule.warmUpTime, static_cast<double>(rule.warmUpRuns) * latency);
        const Seconds block = rule.coolDown + warmUp + std::max(rule.blockTime, latency);
        return static_cast<double>(rule.blocks) * block;
    }
    const Seconds warmUp = std::max(rule.warmUpTime, static_cast<double>(rule.warmUpRuns) * latency);
    const Seconds wanted = std::max(rule.minTime, static_cast<double>(rule.minSamples) * latency);
    // The limit is looked at between runs, so one run always happens.
    return warmUp + std::max(latency, std::min(wanted, rule.maxTime));
}

} // namespace core
