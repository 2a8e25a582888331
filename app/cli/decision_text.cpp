// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/decision_text.h"

#include "app/cli/context.h"
#include "app/cli/summary_table.h"
#include "app/cli/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

namespace {

constexpr std::size_t kWidth = 14; // of the labels

const char* word(core::Answer answer)
{
    return answer == core::Answer::Yes ? "yes" : answer == core::Answer::No ? "no" : "unknown";
}

std::string list(const char* label, const std::vector<std::string>& sentences)
{
    std::string text;
    for (std::size_t i = 0; i < sentences.size(); ++i)
        text += labelled(i == 0 ? label : "", sentences[i], kWidth);
    return text;
}

std::string tableOf(const core::Decision& decision, const core::Run& run)
{
    const bool machines = std::ranges::any_of(
        decision.candidates, [](const core::Candidate& c) { return c.machines.has_value(); });
    const bool costs = std::ranges::any_of(
        decision.candidates, [](const core::Candidate& c) { return c.costPerMillion.has_value(); });
    std::vector<Table::Column> columns { { "ENGINE", Align::Left }, { "BATCH" }, { "MEDIAN ms" },
        { "P99 ms" }, { "ITEMS/s" }, { "J/ITEM" } };
    if (machines)
        columns.push_back({ "MACHINES" });
    if (costs)
        columns.push_back({ "COST/1M" });
    columns.insert(
        columns.end(), { { "MEETS", Align::Left }, { "FRONT", Align::Left }, { "", Align::Left } });
    Table table(columns);
    for (std::size_t i = 0; i < decision.candidates.size(); ++i) {
        const core::Candidate& candidate = decision.candidates[i];
        const core::Cell& cell = run.cells[candidate.cell];
        const core::Summary& summary = cell.summary;
        const auto rate = cell.finished ? cell.throughput() : std::nullopt;
        const auto* end = cell.finished ? &*cell.finished : nullptr;
        std::vector<std::string> row { settings(cell.key), batches(cell.key),
            end && summary.median ? milliseconds(*summary.median) : "",
            end && summary.p99 ? milliseconds(*summary.p99) : "", rate ? figure(*rate) : "",
            end && end->energyPerInferenceJoules ? figure(*end->energyPerInferenceJoules.value) : "" };
        if (machines)
            row.push_back(candidate.machines ? std::to_string(*candidate.machines) : "");
        if (costs)
            row.push_back(candidate.costPerMillion ? figure(*candidate.costPerMillion) : "");
        row.push_back(
            end ? word(candidate.verdict.feasible) : std::string(core::cellStatusName(cell.status)));
        row.push_back(candidate.onFront ? "front" : "");
        row.push_back(decision.best == i ? "BEST" : " ");
        table.add(std::move(row));
    }
    return table.text();
}

core::Json rangeJson(const core::Ratio& value)
{
    return { { "value", value.value }, { "low", value.low }, { "high", value.high } };
}

core::Json curveJson(const core::CurveFacts& facts)
{
    core::Json json { { "name", facts.name }, { "cell", core::toJson(facts.curve.key) } };
    if (facts.fit)
        json["fit"]
            = { { "overhead_s", rangeJson(facts.fit->overhead) }, { "slope_s", rangeJson(facts.fit->slope) },
                  { "largest_residual", facts.fit->largestResidual }, { "bends_at", facts.fit->bendsAt } };
    if (facts.limits) {
        const core::CurveLimits& limits = *facts.limits;
        core::Json all { { "best_rate", limits.bestRate }, { "best_batch", limits.bestItems } };
        if (limits.saturation)
            all["saturation_batch"] = *limits.saturation;
        if (limits.withinLatency)
            all["latency_batch"] = *limits.withinLatency;
        if (limits.memoryWall)
            all["memory_wall"] = *limits.memoryWall;
        json["limits"] = std::move(all);
    }
    return json;
}

} // namespace

std::string textOf(
    const core::Decision& decision, const core::Run& run, const core::DecisionSettings& settings)
{
    std::string text = tableOf(decision, run) + "\n";
    text += labelled("answer:", decision.recommendation, kWidth);
    text += list("why:", decision.reasons);
    std::vector<std::string> curves;
    for (const core::CurveFacts& facts : decision.curves) {
        if (facts.fit)
            curves.push_back(fmt::format(
                "{}: {:.3g} ms a call [{:.3g}, {:.3g}] and {:.3g} ms an item [{:.3g}, {:.3g}]; off "
                "by up to {:.0f} % at batch {}.",
                facts.name, facts.fit->overhead.value * 1e3, facts.fit->overhead.low * 1e3,
                facts.fit->overhead.high * 1e3, facts.fit->slope.value * 1e3, facts.fit->slope.low * 1e3,
                facts.fit->slope.high * 1e3, facts.fit->largestResidual * 100, facts.fit->bendsAt));
        if (facts.limits && facts.limits->saturation)
            curves.push_back(fmt::format("{}: from batch {} on it has 90 % of its best rate, {:.4g} items/s.",
                facts.name, *facts.limits->saturation, facts.limits->bestRate));
        else if (facts.limits && facts.curve.points.size() > 1)
            curves.push_back(
                fmt::format("{}: its rate still rises at batch {}.", facts.name, facts.limits->bestItems));
    }
    text += list("curves:", curves);
    text += list("it changes:", decision.wouldChange);
    text += list("warnings:", decision.warnings);
    text += list("assumed:", decision.assumptions);
    for (const auto& [engine, price] : settings.prices)
        if (core::isStale(price, std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())))
            text += labelled("", fmt::format("The price of {} is over a year old.", engine), kWidth);
    return text;
}

core::Json jsonOf(
    const core::Decision& decision, const core::Run& run, const core::DecisionSettings& settings)
{
    core::Json curves = core::Json::array(), crossovers = core::Json::array(),
               candidates = core::Json::array();
    for (const core::CurveFacts& facts : decision.curves)
        curves.push_back(curveJson(facts));
    for (const auto& [words, crossover] : decision.crossovers) {
        core::Json json { { "sentence", words } };
        if (crossover.kind == core::Crossover::Kind::At)
            json["batch"] = crossover.items;
        if (crossover.low)
            json["low"] = *crossover.low;
        if (crossover.high)
            json["high"] = *crossover.high;
        crossovers.push_back(std::move(json));
    }
    for (const core::Candidate& candidate : decision.candidates) {
        core::Json checks = core::Json::array();
        for (const core::Check& check : candidate.verdict.checks)
            checks.push_back({ { "met", word(check.met) }, { "words", check.words } });
        core::Json json { { "cell", core::toJson(run.cells[candidate.cell].key) },
            { "feasible", word(candidate.verdict.feasible) }, { "checks", std::move(checks) },
            { "front", candidate.onFront } };
        if (candidate.loss)
            json["loss"] = *candidate.loss;
        if (candidate.costPerMillion)
            json["cost_per_million"] = *candidate.costPerMillion;
        if (candidate.machines)
            json["machines"] = *candidate.machines;
        candidates.push_back(std::move(json));
    }
    core::Json json { { "objective", core::objectiveName(settings.objective) },
        { "recommendation", decision.recommendation }, { "reasons", decision.reasons },
        { "would_change", decision.wouldChange }, { "warnings", decision.warnings },
        { "assumptions", decision.assumptions }, { "curves", std::move(curves) },
        { "crossovers", std::move(crossovers) }, { "candidates", std::move(candidates) } };
    if (decision.best)
        json["best"] = core::toJson(run.cells[decision.candidates[*decision.best].cell].key);
    return json;
}

} // namespace app
