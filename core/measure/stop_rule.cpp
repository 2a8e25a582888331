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

} // namespace

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
    throw Error("Cannot use stop rule \"{}\": the presets are quick and standard.", name);
}

const std::vector<std::string>& stopRulePresets()
{
    static const std::vector<std::string> names { "quick", "standard" };
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
    const Seconds warmUp = std::max(rule.warmUpTime, static_cast<double>(rule.warmUpRuns) * latency);
    const Seconds wanted = std::max(rule.minTime, static_cast<double>(rule.minSamples) * latency);
    // The limit is looked at between runs, so one run always happens.
    return warmUp + std::max(latency, std::min(wanted, rule.maxTime));
}

} // namespace core
