// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/targets.h"

#include "core/error.h"
#include "core/sensors/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace core {

namespace {

constexpr std::array<std::string_view, 4> kObjectives { "latency", "throughput", "energy", "cost" };
constexpr Objective kAll[] { Objective::Latency, Objective::Throughput, Objective::Energy, Objective::Cost };

struct Unit {
    std::string_view name;
    double factor;
};

/// A number with one of the units; the first of them where it has none.
double amount(std::string_view text, std::initializer_list<Unit> units)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc {} || !std::isfinite(value) || value <= 0)
        throw Error("it needs a number over 0");
    const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    std::string known;
    for (const Unit& unit : units) {
        if (rest == unit.name || (rest.empty() && &unit == units.begin()))
            return value * unit.factor;
        known += (known.empty() ? "" : ", ") + std::string(unit.name);
    }
    throw Error("\"{}\" is none of {}", rest, known);
}

constexpr std::pair<std::string_view, double> kPercentiles[] { { "latency", 0.5 }, { "p50", 0.5 },
    { "p90", 0.9 }, { "p95", 0.95 }, { "p99", 0.99 }, { "p99.9", 0.999 } };

void add(Targets& targets, std::string_view name, std::string_view value)
{
    for (const auto& [word, percentile] : kPercentiles) {
        if (name != word)
            continue;
        targets.percentile = percentile;
        targets.latencySeconds = amount(value, { { "ms", 1e-3 }, { "us", 1e-6 }, { "s", 1 } });
        return;
    }
    if (name == "rate")
        targets.rate = amount(value, { { "/s", 1 } });
    else if (name == "power")
        targets.watts = amount(value, { { "W", 1 }, { "kW", 1e3 } });
    else if (name == "memory")
        targets.bytes = amount(value, { { "GB", 1e9 }, { "MB", 1e6 } });
    else if (name == "cost")
        targets.costPerMillion = amount(value, { { "$", 1 } });
    else
        throw Error("it is none of latency, p50, p90, p95, p99, p99.9, rate, power, memory and cost");
}

std::string percentileName(double p)
{
    return p == 0.5 ? "median" : fmt::format("p{:g}", p * 100);
}

std::optional<Nanoseconds> percentileOf(const Summary& summary, double p)
{
    return p == 0.5 ? summary.median
        : p == 0.9  ? summary.p90
        : p == 0.95 ? summary.p95
        : p == 0.99 ? summary.p99
                    : summary.p999;
}

enum class Bound { AtMost, AtLeast };

/// `text` formats a value with its unit.
template <typename Text>
Check held(const std::string& what, std::optional<double> value, double limit, Bound bound, const Text& text,
    std::string unknown)
{
    if (unknown.ends_with('.'))
        unknown.pop_back(); // it ends in the middle of a sentence
    const char* const words = bound == Bound::AtMost ? "at most" : "at least";
    if (!value)
        return { Answer::Unknown,
            fmt::format("{} is unknown, asked for {} {}: {}", what, words, text(limit), unknown) };
    const bool met = bound == Bound::AtMost ? *value <= limit : *value >= limit;
    return { met ? Answer::Yes : Answer::No,
        fmt::format("{} is {}, asked for {} {}", what, text(*value), words, text(limit)) };
}

} // namespace

void addTarget(Targets& targets, std::string_view text)
{
    const auto equals = text.find('=');
    try {
        if (equals == text.npos)
            throw Error("expected NAME=VALUE");
        add(targets, text.substr(0, equals), text.substr(equals + 1));
    } catch (const Error& why) {
        throw Error("Cannot read target: \"{}\": {}.", text, why.what());
    }
}

CellVerdict judge(const Cell& cell, const Targets& targets, std::optional<double> costPerMillion)
{
    CellVerdict verdict;
    if (!cell.finished || !cell.summary.median) {
        verdict.feasible = Answer::No;
        verdict.checks.push_back({ Answer::No, cell.reason.empty() ? "it was not measured" : cell.reason });
        return verdict;
    }
    const Summary& summary = cell.summary;
    if (targets.latencySeconds) {
        const auto time = percentileOf(summary, targets.percentile);
        verdict.checks.push_back(held(
            percentileName(targets.percentile),
            time ? std::optional(std::chrono::duration<double>(*time).count()) : std::nullopt,
            *targets.latencySeconds, Bound::AtMost,
            [](double s) { return fmt::format("{:.4g} ms", s * 1e3); },
            fmt::format(
                "it takes {} samples, there are {}", samplesNeededFor(targets.percentile), summary.samples)));
    }
    if (targets.rate)
        verdict.checks.push_back(held(
            "throughput", cell.throughput(), *targets.rate, Bound::AtLeast,
            [](double rate) { return fmt::format("{:.4g} items/s", rate); }, ""));
    if (targets.watts)
        verdict.checks.push_back(held(
            "power", cell.finished->powerMeanWatts.value, *targets.watts, Bound::AtMost,
            [](double watts) { return fmt::format("{:.4g} W", watts); },
            cell.finished->powerMeanWatts.unknown));
    if (targets.bytes)
        verdict.checks.push_back(held(
            "planned memory", static_cast<double>(cell.finished->memory.total()), *targets.bytes,
            Bound::AtMost, [](double bytes) { return formatBytes(bytes); }, ""));
    if (targets.costPerMillion)
        verdict.checks.push_back(held(
            "cost of a million", costPerMillion, *targets.costPerMillion, Bound::AtMost,
            [](double cost) { return fmt::format("{:.4g}", cost); }, "there is no price for this device"));
    const auto any = [&](Answer answer) {
        return std::ranges::any_of(verdict.checks, [&](const Check& check) { return check.met == answer; });
    };
    verdict.feasible = any(Answer::No) ? Answer::No : any(Answer::Unknown) ? Answer::Unknown : Answer::Yes;
    return verdict;
}

Objective objectiveFromName(std::string_view name)
{
    const auto found = std::ranges::find(kObjectives, name);
    if (found == kObjectives.end())
        throw Error("Cannot read objective: \"{}\" is none of latency, throughput, energy and cost.", name);
    return kAll[found - kObjectives.begin()];
}

std::string_view objectiveName(Objective objective)
{
    return kObjectives[static_cast<std::size_t>(objective)];
}

std::optional<double> lossOf(const Cell& cell, Objective objective, std::optional<double> costPerMillion)
{
    if (!cell.finished || !cell.summary.median)
        return {};
    switch (objective) {
    case Objective::Latency:
        return std::chrono::duration<double>(*cell.summary.median).count();
    case Objective::Throughput:
        return 1 / *cell.throughput();
    case Objective::Energy:
        return cell.finished->energyPerInferenceJoules.value;
    case Objective::Cost:
        break;
    }
    return costPerMillion;
}

std::vector<std::size_t> paretoFront(
    const Run& run, const std::vector<std::optional<double>>& costsPerMillion)
{
    const auto loss = [&](std::size_t cell, Objective objective) {
        return lossOf(run.cells[cell], objective, costsPerMillion[cell]);
    };
    const auto beats = [&](std::size_t a, std::size_t b) {
        bool better = false;
        for (const Objective objective : kAll) {
            const auto mine = loss(a, objective), other = loss(b, objective);
            if (!mine || !other)
                continue;
            if (*mine > *other)
                return false;
            better = better || *mine < *other;
        }
        return better;
    };
    std::vector<std::size_t> front;
    for (std::size_t cell = 0; cell < run.cells.size(); ++cell) {
        if (!loss(cell, Objective::Latency))
            continue;
        bool beaten = false;
        for (std::size_t other = 0; other < run.cells.size() && !beaten; ++other)
            beaten = loss(other, Objective::Latency) && beats(other, cell);
        if (!beaten)
            front.push_back(cell);
    }
    return front;
}

} // namespace core
