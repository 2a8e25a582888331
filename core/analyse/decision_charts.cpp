// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/decision_charts.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

constexpr std::size_t kMostTicks = 12; // of batch sizes

DeviceKind kindOf(const Run& run, const CellKey& key)
{
    const DeviceInfo* device = deviceOf(run, key.engine);
    return device ? device->kind : DeviceKind::Cpu;
}

/// A series with the next place among those of its kind.
LineChart::Series nextSeries(LineChart& chart, std::string name, DeviceKind kind)
{
    const auto before = std::ranges::count(chart.series, kind, &LineChart::Series::kind);
    return { .name = std::move(name), .kind = kind, .place = static_cast<int>(before) };
}

template <typename Value>
void addCurves(LineChart& chart, const Decision& decision, const Run& run, const Value& value)
{
    std::vector<double> sizes;
    for (const CurveFacts& facts : decision.curves) {
        LineChart::Series series = nextSeries(chart, facts.name, kindOf(run, facts.curve.key));
        for (const CurvePoint& point : facts.curve.points) {
            series.points.emplace_back(static_cast<double>(point.items), value(point));
            sizes.push_back(static_cast<double>(point.items));
        }
        chart.series.push_back(std::move(series));
    }
    std::sort(sizes.begin(), sizes.end());
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    if (sizes.size() <= kMostTicks)
        chart.xTicks = std::move(sizes);
}

/// One of the figures over the rate. Without series where nobody knows it.
LineChart overRate(const Decision& decision, const Run& run, const DecisionSettings& settings,
    std::vector<std::pair<double, double>> ServingCurve::*figure)
{
    LineChart chart { .xLabel = "items a second, served by whole machines", .logX = true, .logY = true };
    for (const ServingCurve& curve : decision.serving.curves) {
        if ((curve.*figure).empty())
            continue;
        const CellKey& key = run.cells[curve.cell].key;
        LineChart::Series series = nextSeries(chart, curveAndBatch(key), kindOf(run, key));
        series.plain = true;
        series.points = curve.*figure;
        chart.series.push_back(std::move(series));
    }
    if (settings.rate)
        chart.vertical.push_back({ *settings.rate, "asked for" });
    return chart;
}

} // namespace

std::vector<LineChart> batchChartsOf(
    const Decision& decision, const Run& run, const DecisionSettings& settings)
{
    LineChart latency {
        .title = "Latency", .xLabel = "batch size", .yLabel = "median, ms", .logX = true, .logY = true
    };
    addCurves(latency, decision, run, [](const CurvePoint& point) { return point.seconds * 1e3; });
    for (const auto& [words, crossover] : decision.crossovers)
        if (crossover.kind == Crossover::Kind::At)
            latency.vertical.push_back(
                { crossover.items, fmt::format("crossing at {:.3g}", crossover.items) });
    if (settings.targets.latencySeconds)
        latency.horizontal.push_back({ *settings.targets.latencySeconds * 1e3, "target" });
    LineChart rate {
        .title = "Throughput", .xLabel = "batch size", .yLabel = "items a second", .logX = true, .logY = true
    };
    addCurves(rate, decision, run, [](const CurvePoint& point) { return point.rate(); });
    if (decision.best) {
        const Cell& cell = run.cells[decision.candidates[*decision.best].cell];
        const auto items = static_cast<double>(cell.key.items());
        latency.mark = { items, std::chrono::duration<double, std::milli>(*cell.summary.median).count() };
        rate.mark = { items, *cell.throughput() };
    }
    return { latency, rate };
}

std::vector<LineChart> rateChartsOf(
    const Decision& decision, const Run& run, const DecisionSettings& settings)
{
    std::vector<LineChart> charts;
    LineChart cost = overRate(decision, run, settings, &ServingCurve::cost);
    if (!cost.series.empty()) {
        cost.title = "Cost of a million";
        cost.yLabel = settings.prices.begin()->second.price.currency;
        for (const BreakEven& at : decision.serving.breakEvens)
            cost.vertical.push_back({ at.rate, fmt::format("break-even at {:.4g}", at.rate) });
        charts.push_back(std::move(cost));
    }
    LineChart energy = overRate(decision, run, settings, &ServingCurve::joules);
    if (!energy.series.empty()) {
        energy.title = "Energy of an inference";
        energy.yLabel = "J, rest included";
        charts.push_back(std::move(energy));
    }
    return charts;
}

std::vector<std::string> undrawn(const Decision& decision, const Run& run, const DecisionSettings& settings)
{
    std::vector<std::string> said;
    for (const ServingCurve& curve : decision.serving.curves) {
        const std::string name = curveAndBatch(run.cells[curve.cell].key);
        if (curve.cost.empty() && !settings.prices.empty())
            said.push_back(fmt::format("{} is in no chart of cost: {}", name, curve.costUnknown));
        if (curve.joules.empty())
            said.push_back(fmt::format("{} is in no chart of energy: {}", name, curve.joulesUnknown));
    }
    return said;
}

std::vector<LineChart> chartsOf(const Decision& decision, const Run& run, const DecisionSettings& settings)
{
    std::vector<LineChart> charts = batchChartsOf(decision, run, settings);
    std::ranges::move(rateChartsOf(decision, run, settings), std::back_inserter(charts));
    return charts;
}

TornadoChart tornadoOf(const Decision& decision, const DecisionSettings& settings, double width)
{
    TornadoChart chart { .objective = settings.objective,
        .title = "What the answer hangs on",
        .xLabel = std::string(unitOf(settings.objective)),
        .width = width };
    if (!decision.best)
        return chart;
    chart.swings = decision.swings;
    chart.loss = *decision.candidates[*decision.best].loss;
    if (settings.objective == Objective::Cost)
        chart.xLabel = fmt::format("{} {}", settings.prices.begin()->second.price.currency, chart.xLabel);
    return chart;
}

} // namespace core
