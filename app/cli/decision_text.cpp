// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/decision_text.h"

#include "app/cli/context.h"
#include "app/cli/summary_table.h"
#include "app/cli/table.h"
#include "core/analyse/cost_words.h"
#include "core/analyse/tornado_chart.h"

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
        decision.candidates, [](const core::Candidate& c) { return c.serving.machines.has_value(); });
    const bool costs = std::ranges::any_of(
        decision.candidates, [](const core::Candidate& c) { return c.serving.costPerMillion.has_value(); });
    const bool carbon = std::ranges::any_of(
        decision.candidates, [](const core::Candidate& c) { return c.serving.grams.has_value(); });
    std::vector<Table::Column> columns { { "ENGINE", Align::Left }, { "BATCH" }, { "MEDIAN ms" },
        { "P99 ms" }, { "ITEMS/s" }, { "J/ITEM" } };
    if (machines)
        columns.push_back({ "MACHINES" });
    if (costs)
        columns.push_back({ "COST/1M" });
    if (carbon)
        columns.push_back({ "kgCO2/1M" });
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
            row.push_back(candidate.serving.machines ? std::to_string(*candidate.serving.machines) : "");
        if (costs)
            row.push_back(candidate.serving.costPerMillion ? figure(*candidate.serving.costPerMillion) : "");
        if (carbon) // grams of one are tonnes of a million
            row.push_back(candidate.serving.grams ? figure(*candidate.serving.grams * 1e3) : "");
        row.push_back(
            end ? word(candidate.verdict.feasible) : std::string(core::cellStatusName(cell.status)));
        row.push_back(candidate.onFront ? "front" : "");
        row.push_back(decision.best == i ? "BEST" : " ");
        table.add(std::move(row));
    }
    return table.text();
}

std::string swingTable(const std::vector<core::Swing>& swings, const core::DecisionSettings& settings)
{
    if (swings.empty())
        return {};
    const char* unit = settings.objective == core::Objective::Latency ? "ms"
        : settings.objective == core::Objective::Throughput           ? "items/s"
        : settings.objective == core::Objective::Energy               ? "J/item"
                                                                      : "cost/1M";
    Table table({ { "ASSUMPTION", Align::Left }, { "FROM" }, { unit }, { "TO" }, { unit },
                    { "ANSWER FLIPS", Align::Left } },
        Overflow::Elide);
    for (const core::Swing& swing : swings) {
        const auto loss = [&](const core::SwingEnd& end) {
            return end.loss ? figure(core::shownLoss(*end.loss, settings.objective)) : "";
        };
        std::string flips;
        for (const auto* flip : { &swing.below, &swing.above })
            if (*flip)
                flips += (flips.empty() ? "" : ", ")
                    + (swing.measured ? std::string("within it")
                                      : fmt::format("{:+.3g} %", (*flip)->change * 100));
        table.add(
            { swing.name, swing.low.value, loss(swing.low), swing.high.value, loss(swing.high), flips });
    }
    return "\n" + table.text() + "\n";
}

core::Json swingJson(const core::Swing& swing, const core::Run& run)
{
    const auto endJson = [&](const core::SwingEnd& end) {
        core::Json json { { "value", end.value } };
        if (end.loss)
            json["loss"] = *end.loss;
        if (end.second)
            json["runner_up_loss"] = *end.second;
        if (end.other)
            json["best"] = core::toJson(run.cells[*end.other].key);
        return json;
    };
    core::Json flips = core::Json::array();
    for (const auto* flip : { &swing.below, &swing.above })
        if (*flip)
            flips.push_back({ { "value", (*flip)->value }, { "change", (*flip)->change },
                { "best", core::toJson(run.cells[(*flip)->cell].key) } });
    return { { "assumption", swing.name }, { "low", endJson(swing.low) }, { "high", endJson(swing.high) },
        { "flips", std::move(flips) } };
}

core::Json pointsJson(const std::vector<std::pair<double, double>>& points)
{
    core::Json json = core::Json::array();
    for (const auto& [rate, value] : points)
        json.push_back({ rate, value });
    return json;
}

/// Unknown is a reason, not an empty list.
core::Json servingJson(const core::ServingCurves& serving, const core::Run& run)
{
    core::Json curves = core::Json::array(), breakEvens = core::Json::array();
    for (const core::ServingCurve& curve : serving.curves)
        curves.push_back({ { "cell", core::toJson(run.cells[curve.cell].key) },
            { "cost_per_million",
                curve.cost.empty() ? core::Json(curve.costUnknown) : pointsJson(curve.cost) },
            { "joules_per_inference",
                curve.joules.empty() ? core::Json(curve.joulesUnknown) : pointsJson(curve.joules) } });
    for (const core::BreakEven& at : serving.breakEvens)
        breakEvens.push_back({ { "rate", at.rate }, { "second_is_cheaper", at.second } });
    return { { "curves", std::move(curves) }, { "break_evens", std::move(breakEvens) } };
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
    text += swingTable(decision.swings, settings);
    text += list("warnings:", decision.warnings);
    text += list("assumed:", decision.assumptions);
    return text + list("old prices:", core::oldPrices(settings));
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
        if (candidate.serving.costPerMillion)
            json["cost_per_million"] = *candidate.serving.costPerMillion;
        if (candidate.serving.machines) {
            json["machines"] = *candidate.serving.machines;
            json["utilisation"] = candidate.serving.utilisation;
        }
        if (candidate.serving.joules)
            json["joules_per_inference"] = *candidate.serving.joules;
        if (candidate.serving.grams)
            json["co2_grams_per_inference"] = *candidate.serving.grams;
        candidates.push_back(std::move(json));
    }
    core::Json json { { "objective", core::objectiveName(settings.objective) },
        { "recommendation", decision.recommendation }, { "reasons", decision.reasons },
        { "would_change", decision.wouldChange }, { "warnings", decision.warnings },
        { "assumptions", decision.assumptions }, { "curves", std::move(curves) },
        { "crossovers", std::move(crossovers) }, { "candidates", std::move(candidates) } };
    core::Json swings = core::Json::array();
    for (const core::Swing& swing : decision.swings)
        swings.push_back(swingJson(swing, run));
    json["sensitivity"] = std::move(swings);
    json["over_rate"] = servingJson(decision.serving, run);
    json["old_prices"] = core::oldPrices(settings);
    if (decision.best)
        json["best"] = core::toJson(run.cells[decision.candidates[*decision.best].cell].key);
    return json;
}

} // namespace app
