// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/simulation_text.h"

#include "app/cli/summary_table.h"
#include "app/cli/table.h"

#include <fmt/format.h>

#include <cmath>

namespace app {

namespace {

constexpr std::size_t kWidth = 10; // of the labels
constexpr double kMostLittle = 0.02; // of Little's law, as of measured runs

std::string optionalMs(const std::optional<core::Nanoseconds>& time)
{
    return time ? milliseconds(*time) : "";
}

std::string meanMs(double seconds)
{
    return figure(seconds * 1e3);
}

std::string percent(double part, double whole)
{
    return whole > 0 ? fmt::format("{:.3g} %", 100 * part / whole) : "";
}

/// "80/20 %", in the order of the devices.
std::string shares(const core::SimulationResult& result, double core::DeviceFigures::*field)
{
    std::string text;
    for (const core::DeviceFigures& device : result.devices)
        text += (text.empty() ? "" : "/") + fmt::format("{:.0f}", 100 * (device.*field));
    return text + " %";
}

void addRows(Table& table, const Simulations& simulations, const RateSimulation& each)
{
    const core::PolicyComparison& found = each.comparison;
    const bool several = simulations.swept.has_value();
    const auto row = [&](std::vector<std::string> fields) {
        if (several)
            fields.insert(fields.begin(), fmt::format("{:.4g}", each.value));
        table.add(std::move(fields));
    };
    for (std::size_t i = 0; i < found.runs.size(); ++i) {
        const core::SimulationResult& result = found.runs[i].result;
        const auto arrived = static_cast<double>(result.arrived);
        std::vector<std::string> fields { found.runs[i].policy, meanMs(result.latency.meanSeconds),
            optionalMs(result.latency.p50), optionalMs(result.latency.p99), figure(result.throughput),
            shares(result, &core::DeviceFigures::share), shares(result, &core::DeviceFigures::utilisation) };
        if (simulations.slo) {
            fields.push_back(percent(static_cast<double>(result.missed), arrived));
            fields.push_back(percent(static_cast<double>(result.dropped), arrived));
        }
        fields.push_back(found.oracle.meanSeconds > 0 && found.runs[i].keepsUp
                ? fmt::format("x{:.3g}", result.latency.meanSeconds / found.oracle.meanSeconds)
                : "");
        fields.push_back(found.best == i ? "BEST" : found.runs[i].keepsUp ? " " : "behind");
        row(std::move(fields));
    }
    const core::OracleBound& oracle = found.oracle;
    std::vector<std::string> fields { "oracle", meanMs(oracle.meanSeconds), optionalMs(oracle.p50),
        optionalMs(oracle.p99), figure(oracle.throughput), "", "" };
    if (simulations.slo) {
        fields.push_back(
            percent(static_cast<double>(oracle.missed), static_cast<double>(simulations.requests)));
        fields.push_back("");
    }
    fields.insert(fields.end(), { "x1", " " });
    row(std::move(fields));
}

std::string list(const char* label, const std::vector<std::string>& sentences)
{
    std::string text;
    for (std::size_t i = 0; i < sentences.size(); ++i)
        text += labelled(i == 0 ? label : "", sentences[i], kWidth);
    return text;
}

const char* columnName(core::PolicySweep::Parameter parameter)
{
    switch (parameter) {
    case core::PolicySweep::Parameter::Rate:
        return "RATE";
    case core::PolicySweep::Parameter::Variation:
        return "CV";
    case core::PolicySweep::Parameter::Threshold:
        return "T";
    }
    return "";
}

/// "200.0/s:", "cv 1.5:", "T 8:".
std::string labelOf(const Simulations& simulations, const RateSimulation& each)
{
    if (!simulations.swept || *simulations.swept == core::PolicySweep::Parameter::Rate)
        return fmt::format("{}/s:", figure(each.rate));
    return fmt::format("{} {:.4g}:", core::parameterName(*simulations.swept), each.value);
}

/// What a closed-loop client would have made of the best one.
std::string omission(const RateSimulation& each)
{
    const core::SimulationResult& best = each.comparison.runs[*each.comparison.best].result;
    if (!best.latency.p99 || !best.closedLoop.p99)
        return {};
    return fmt::format(
        "A client that waits for each answer would have sent {} of {} requests and seen a p99 of "
        "{} ms instead of {} ms; the service alone has {} ms.",
        best.closedLoop.samples, best.arrived, milliseconds(*best.closedLoop.p99),
        milliseconds(*best.latency.p99), milliseconds(*best.service.p99));
}

core::Json timesJson(const core::TimeFigures& times)
{
    core::Json json { { "samples", times.samples }, { "mean_ms", times.meanSeconds * 1e3 } };
    const auto add = [&](const char* name, const std::optional<core::Nanoseconds>& time) {
        json[name] = time ? core::Json(static_cast<double>(time->count()) * 1e-6) : core::Json();
    };
    add("p50_ms", times.p50);
    add("p90_ms", times.p90);
    add("p95_ms", times.p95);
    add("p99_ms", times.p99);
    add("max_ms", times.largest);
    return json;
}

core::Json runJson(const core::PolicyRun& run, const Simulations& simulations, double bound)
{
    const core::SimulationResult& result = run.result;
    core::Json devices = core::Json::array(), lengths = core::Json::array(), largest = core::Json::array();
    for (std::size_t i = 0; i < result.devices.size(); ++i) {
        const core::DeviceFigures& device = result.devices[i];
        devices.push_back({ { "name", simulations.devices[i].name }, { "share", device.share },
            { "utilisation", device.utilisation }, { "batches", device.batches },
            { "requests", device.requests }, { "items", device.items } });
    }
    for (const core::QueueOverTime::Stretch& stretch : result.queue.stretches) {
        lengths.push_back(stretch.mean);
        largest.push_back(stretch.largest);
    }
    return { { "policy", run.policy }, { "keeps_up", run.keepsUp }, { "latency", timesJson(result.latency) },
        { "service", timesJson(result.service) }, { "closed_loop", timesJson(result.closedLoop) },
        { "throughput_per_s", result.throughput }, { "arrived", result.arrived },
        { "completed", result.completed }, { "dropped", result.dropped }, { "missed", result.missed },
        { "mean_over_oracle", bound > 0 ? core::Json(result.latency.meanSeconds / bound) : core::Json() },
        { "devices", std::move(devices) },
        { "little",
            { { "in_system", result.inSystem }, { "rate_times_time", result.rateTimesTime },
                { "error", result.littleError() } } },
        { "queue",
            { { "stretch_s", std::chrono::duration<double>(result.queue.width).count() },
                { "mean", std::move(lengths) }, { "max", std::move(largest) } } } };
}

core::Json oracleJson(const core::OracleBound& oracle)
{
    const core::TimeFigures times { .meanSeconds = oracle.meanSeconds,
        .p50 = oracle.p50,
        .p90 = oracle.p90,
        .p95 = oracle.p95,
        .p99 = oracle.p99 };
    core::Json json = timesJson(times);
    json.erase("samples");
    json.erase("max_ms");
    json["missed"] = oracle.missed;
    json["throughput_per_s"] = oracle.throughput;
    return json;
}

} // namespace

std::string textOf(const Simulations& simulations)
{
    std::string devices;
    for (const core::Device& device : simulations.devices)
        devices += fmt::format("{}{} ({} items/s at best, batches to {})", devices.empty() ? "" : ", ",
            device.name, figure(device.bestRate()), device.most);
    std::string text = labelled("devices:", devices, kWidth);
    text += labelled("requests:",
        fmt::format("{}, {}, of {} items, seed {}", simulations.requests, simulations.arrivals,
            simulations.sizes, simulations.seed),
        kWidth);
    std::vector<Table::Column> columns { { "POLICY", Align::Left }, { "MEAN ms" }, { "P50 ms" }, { "P99 ms" },
        { "REQ/s" }, { "SHARE" }, { "BUSY" } };
    if (simulations.slo)
        columns.insert(columns.end(), { { "LATE" }, { "DROPPED" } });
    columns.insert(columns.end(), { { "ORACLE" }, { "", Align::Left } });
    if (simulations.swept)
        columns.insert(columns.begin(), { columnName(*simulations.swept) });
    Table table(columns, Overflow::Elide);
    for (const RateSimulation& each : simulations.rates)
        addRows(table, simulations, each);
    text += "\n" + table.text() + "\n";
    for (const RateSimulation& each : simulations.rates) {
        std::vector<std::string> said;
        if (!each.comparison.conclusion.empty())
            said.push_back(each.comparison.conclusion);
        if (each.comparison.best && !simulations.swept && !omission(each).empty())
            said.push_back(omission(each));
        said.insert(said.end(), each.comparison.warnings.begin(), each.comparison.warnings.end());
        for (const core::PolicyRun& run : each.comparison.runs) {
            if (run.result.littleError() > kMostLittle)
                said.push_back(fmt::format("Little's law is off by {:.2g} % for {}: do not trust it.",
                    100 * run.result.littleError(), run.policy));
        }
        text += list(labelOf(simulations, each).c_str(), said);
    }
    if (!simulations.bestByValue.empty())
        text += labelled("best:", simulations.bestByValue, kWidth);
    return text + list("assumed:", simulations.notes);
}

core::Json jsonOf(const Simulations& simulations)
{
    core::Json devices = core::Json::array(), rates = core::Json::array();
    for (const core::Device& device : simulations.devices)
        devices.push_back(
            { { "name", device.name }, { "accelerator", device.accelerator }, { "servers", device.servers },
                { "max_batch", device.most }, { "best_items_per_s", device.bestRate() } });
    for (const RateSimulation& each : simulations.rates) {
        const core::PolicyComparison& found = each.comparison;
        core::Json policies = core::Json::array();
        for (const core::PolicyRun& run : found.runs)
            policies.push_back(runJson(run, simulations, found.oracle.meanSeconds));
        rates.push_back({ { "rate_per_s", each.rate },
            { "value", simulations.swept ? core::Json(each.value) : core::Json() },
            { "policies", std::move(policies) }, { "oracle", oracleJson(found.oracle) },
            { "best", found.best ? core::Json(found.runs[*found.best].policy) : core::Json() },
            { "conclusion", found.conclusion }, { "warnings", found.warnings } });
    }
    return { { "devices", std::move(devices) }, { "arrivals", simulations.arrivals },
        { "sizes", simulations.sizes }, { "requests", simulations.requests }, { "seed", simulations.seed },
        { "slo_ms",
            simulations.slo ? core::Json(static_cast<double>(simulations.slo->count()) * 1e-6)
                            : core::Json() },
        { "notes", simulations.notes },
        { "sweep", simulations.swept ? core::Json(core::parameterName(*simulations.swept)) : core::Json() },
        { "best_by_value", simulations.bestByValue }, { "rates", std::move(rates) } };
}

} // namespace app
