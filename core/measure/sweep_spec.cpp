// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sweep_spec.h"

#include "core/error.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace core {

namespace {

template <typename T> std::string joined(const std::vector<T>& items)
{
    return fmt::format("{}", fmt::join(items, ","));
}

std::string joined(const std::vector<Precision>& precisions)
{
    std::vector<std::string_view> names;
    for (const Precision precision : precisions)
        names.push_back(precisionName(precision));
    return joined(names);
}

std::string joined(const std::vector<Tuning>& tunings)
{
    std::vector<std::string> names;
    for (const Tuning& tuning : tunings)
        names.push_back(tuningName(tuning));
    return joined(names);
}

/// One option for all engines where they agree, else one for each: `--threads cpu=1,2 --threads reference=1`.
std::string perEngine(const SweepSpec& spec, std::string_view option, const auto& listOf)
{
    std::set<std::string> lists;
    for (const EngineChoice& engine : spec.engines) {
        if (!listOf(engine).empty())
            lists.insert(listOf(engine));
    }
    if (lists.empty())
        return {};
    if (lists.size() == 1)
        return fmt::format(" {} {}", option, *lists.begin());
    std::string text;
    for (const EngineChoice& engine : spec.engines) {
        if (!listOf(engine).empty())
            text += fmt::format(" {} {}", option, shellQuoted(engine.id + "=" + listOf(engine)));
    }
    return text;
}

std::string ruleOptions(const StopRule& rule)
{
    const std::string limit = rule.latencyLimit.count() > 0
        ? fmt::format(" --latency-limit {:g}", rule.latencyLimit.count() * 1e3)
        : std::string();
    if (rule.preset != "custom")
        return fmt::format(" --preset {}", shellQuoted(rule.preset)) + limit;
    std::string text = rule.criterion == Criterion::ThreeWindows ? " --preset windows"
        : rule.criterion == Criterion::Percentile                ? " --preset percentile"
                                                                 : "";
    text += rule.minTime == rule.maxTime
        ? fmt::format(" --seconds {:g}", rule.maxTime.count())
        : fmt::format(" --min-time {:g} --max-time {:g}", rule.minTime.count(), rule.maxTime.count());
    return text
        + fmt::format(" --min-samples {} --half-width {:g}", rule.minSamples, rule.relativeHalfWidth * 100)
        + limit;
}

void addCells(std::vector<CellKey>& keys, const EngineChoice& engine, std::int64_t batch, int requests)
{
    const std::vector<int> threads = engine.threads.empty() ? std::vector { 0 } : engine.threads;
    for (const Precision precision : engine.precisions) {
        for (const int count : threads) {
            for (const Tuning& tuning : engine.tunings)
                keys.push_back({ engine.id, precision, count, batch, requests, tuning });
        }
    }
}

void checkEngine(const EngineChoice& engine)
{
    if (engine.precisions.empty())
        throw Error("Cannot start the sweep: engine \"{}\" has no precision to run in.", engine.id);
    if (engine.tunings.empty())
        throw Error("Cannot start the sweep: engine \"{}\" has no tuning to run with.", engine.id);
    for (const int threads : engine.threads) {
        if (threads < 1)
            throw Error(
                "Cannot start the sweep: engine \"{}\" cannot run on {} threads.", engine.id, threads);
    }
}

} // namespace

std::string shellQuoted(const std::string& word)
{
    constexpr std::string_view kPlain
        = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos)
        return word;
    std::string result = "'";
    for (const char c : word)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

std::vector<CellKey> cells(const SweepSpec& spec)
{
    std::vector<CellKey> keys;
    for (const std::int64_t batch : spec.batches) {
        for (const int requests : spec.requests) {
            for (const EngineChoice& engine : spec.engines)
                addCells(keys, engine, batch, requests);
        }
    }
    return keys;
}

void checkSpec(const SweepSpec& spec)
{
    if (spec.model.empty())
        throw Error("Cannot start the sweep: no model is chosen.");
    if (spec.engines.empty())
        throw Error("Cannot start the sweep: no engine is chosen.");
    if (spec.batches.empty())
        throw Error("Cannot start the sweep: no batch size is chosen.");
    for (const std::int64_t batch : spec.batches) {
        if (batch < 1)
            throw Error("Cannot start the sweep: batch {} is not at least 1.", batch);
    }
    if (spec.requests.empty())
        throw Error("Cannot start the sweep: no number of requests is chosen.");
    for (const int requests : spec.requests) {
        if (requests < 1 || requests > kMostRequests)
            throw Error(
                "Cannot start the sweep: {} requests at once, expected 1 to {}.", requests, kMostRequests);
    }
    std::set<std::string> seen;
    for (const EngineChoice& engine : spec.engines) {
        checkEngine(engine);
        if (!seen.insert(engine.id).second)
            throw Error("Cannot start the sweep: engine \"{}\" is chosen twice.", engine.id);
    }
    for (const auto& [name, value] : spec.dims) {
        if (value < 1)
            throw Error("Cannot start the sweep: dimension \"{}\" = {} is not at least 1.", name, value);
    }
}

std::string inputOptions(const std::vector<std::string>& sources)
{
    std::string text;
    for (const std::string& source : sources)
        text += (source.find('=') == source.npos ? " --inputs " : " --input ") + shellQuoted(source);
    return text;
}

std::string commandLine(const SweepSpec& spec)
{
    std::vector<std::string> ids;
    for (const EngineChoice& engine : spec.engines)
        ids.push_back(engine.id);
    std::string text = "breakeven-cli sweep " + shellQuoted(spec.model) + " --engine "
        + shellQuoted(joined(ids)) + " --batch " + formatBatches(spec.batches);
    if (spec.requests != SweepSpec {}.requests)
        text += " --requests " + joined(spec.requests);
    text += perEngine(spec, "--threads", [](const EngineChoice& engine) { return joined(engine.threads); });
    const bool modelPrecision = std::all_of(spec.engines.begin(), spec.engines.end(),
        [](const EngineChoice& engine) { return engine.precisions == std::vector { Precision::Model }; });
    if (!modelPrecision)
        text += perEngine(
            spec, "--precision", [](const EngineChoice& engine) { return joined(engine.precisions); });
    const bool fullTuning = std::all_of(spec.engines.begin(), spec.engines.end(),
        [](const EngineChoice& engine) { return engine.tunings == std::vector { Tuning {} }; });
    if (!fullTuning)
        text
            += perEngine(spec, "--tuning", [](const EngineChoice& engine) { return joined(engine.tunings); });
    for (const auto& [name, value] : spec.dims)
        text += " --dim " + shellQuoted(fmt::format("{}={}", name, value));
    text += ruleOptions(spec.rule);
    if (spec.seed != SweepSpec {}.seed)
        text += fmt::format(" --seed {}", spec.seed);
    text += inputOptions(spec.inputs);
    if (spec.checkOutputs)
        text += " --check";
    if (spec.tuneKernels)
        text += " --tune";
    return text;
}

} // namespace core
