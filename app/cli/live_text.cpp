// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/live_text.h"

#include "app/cli/context.h"
#include "app/cli/summary_table.h"
#include "app/cli/table.h"

#include <fmt/format.h>

namespace app {

namespace {

/// CPU time of other programs above which a policy's figures are said to be disturbed, in per cent.
constexpr double kMuchOfOthers = 5;
constexpr std::size_t kIndent = 10;

std::string time(const std::optional<core::Nanoseconds>& value)
{
    return value ? milliseconds(*value) : "";
}

std::string off(
    const std::optional<core::Nanoseconds>& live, const std::optional<core::Nanoseconds>& simulated)
{
    if (!live || !simulated || simulated->count() <= 0)
        return "";
    return fmt::format(
        "{:+.0f}%", 100 * (static_cast<double>(live->count()) / static_cast<double>(simulated->count()) - 1));
}

std::string times(const std::optional<double>& gain)
{
    return gain ? fmt::format("{:.2f}", *gain) : "";
}

std::string microseconds(const std::optional<core::Nanoseconds>& value)
{
    return value ? fmt::format("{:.0f}", static_cast<double>(value->count()) / 1e3) : "";
}

std::string shares(const core::SimulationResult& live)
{
    std::string text;
    for (const core::DeviceFigures& device : live.devices)
        text += fmt::format("{}{:.0f}", text.empty() ? "" : "/", device.share * 100);
    return text + " %";
}

std::string policyTable(const core::LiveComparison& comparison)
{
    Table table(
        { { "POLICY", Align::Left }, { "P50 ms" }, { "SIM" }, { "OFF" }, { "P99 ms" }, { "SIM" }, { "OFF" },
            { "GAIN" }, { "SIM" }, { "SHARE", Align::Left }, { "J/ITEM" }, { "DROPPED" }, { "LATE us" } },
        Overflow::Elide);
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const core::PolicyRun &live = comparison.live.runs[i], &simulated = comparison.simulated.runs[i];
        const core::TimeFigures &is = live.result.latency, &said = simulated.result.latency;
        const core::LiveRun& run = comparison.runs[i];
        table.add({ live.policy, time(is.p50), time(said.p50), off(is.p50, said.p50), time(is.p99),
            time(said.p99), off(is.p99, said.p99), times(core::gainOfMix(comparison.live, live)),
            times(core::gainOfMix(comparison.simulated, simulated)), shares(live.result),
            run.joulesPerItem ? figure(*run.joulesPerItem.value) : "", std::to_string(live.result.dropped),
            microseconds(run.late.p99) });
    }
    return table.text();
}

std::string energyText(const core::LiveComparison& comparison)
{
    std::string text;
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        for (const core::LiveEnergy& part : comparison.runs[i].energy) {
            if (!part.watts) { // for the same reason each time
                if (i == 0)
                    text += labelled("unknown:",
                        fmt::format("what {} uses, and so what a mix with it does: {}", part.name,
                            part.watts.unknown),
                        kIndent);
                continue;
            }
            text += labelled("energy:",
                fmt::format("{}: {} {:.4g} W{}", comparison.live.runs[i].policy, part.name, *part.watts.value,
                    part.joulesPerItem ? fmt::format(", {:.4g} J an item", *part.joulesPerItem.value)
                                       : ", and answered nothing"),
                kIndent);
        }
    }
    return text;
}

std::string remarks(const core::LiveComparison& comparison)
{
    std::string text;
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const core::PolicyRun& live = comparison.live.runs[i];
        if (const double error = live.result.littleError(); error > 0.02)
            text += labelled("note:",
                fmt::format("{}: Little's law is off by {:.1f} %.", live.policy, error * 100), kIndent);
        const core::Figure& others = comparison.runs[i].others;
        if (others && *others.value > kMuchOfOthers)
            text += labelled("note:",
                fmt::format("{} was disturbed: other programs had {:.0f} % of the CPUs' time.", live.policy,
                    *others.value),
                kIndent);
    }
    return text;
}

core::Json jsonOf(const core::SimulationResult& result)
{
    core::Json json { { "arrived", result.arrived }, { "completed", result.completed },
        { "dropped", result.dropped }, { "missed", result.missed }, { "throughput", result.throughput },
        { "mean_s", result.latency.meanSeconds }, { "little_error", result.littleError() } };
    const auto add = [&](const char* name, const std::optional<core::Nanoseconds>& value) {
        if (value)
            json[name] = value->count();
    };
    add("p50_ns", result.latency.p50);
    add("p90_ns", result.latency.p90);
    add("p99_ns", result.latency.p99);
    add("service_p50_ns", result.service.p50);
    add("closed_loop_p99_ns", result.closedLoop.p99);
    json["queue"] = { { "width_ns", result.queue.width.count() }, { "mean", core::Json::array() },
        { "largest", core::Json::array() } };
    for (const core::QueueOverTime::Stretch& stretch : result.queue.stretches) {
        json["queue"]["mean"].push_back(stretch.mean);
        json["queue"]["largest"].push_back(stretch.largest);
    }
    for (const core::DeviceFigures& device : result.devices)
        json["devices"].push_back({ { "share", device.share }, { "utilisation", device.utilisation },
            { "batches", device.batches }, { "requests", device.requests }, { "items", device.items } });
    return json;
}

/// Unknown figures are left out, and their reason stands in their place.
void add(core::Json& json, const char* name, const core::Figure& value)
{
    if (value)
        json[name] = *value.value;
    else
        json[name + std::string("_unknown")] = value.unknown;
}

core::Json jsonOf(const core::LiveRun& run)
{
    core::Json json { { "energy", core::Json::array() } };
    if (run.late.p99)
        json["late_p99_ns"] = run.late.p99->count();
    for (const core::LiveEnergy& part : run.energy) {
        core::Json each { { "meter", part.name }, { "devices", part.devices } };
        add(each, "watts", part.watts);
        add(each, "joules_per_item", part.joulesPerItem);
        json["energy"].push_back(std::move(each));
    }
    add(json, "joules_per_item", run.joulesPerItem);
    add(json, "other_load_percent", run.others);
    return json;
}

} // namespace

std::string textOf(const core::LiveComparison& comparison, const core::LiveBench& bench)
{
    std::string text = policyTable(comparison);
    bool first = true;
    for (const core::Device& device : bench.devices()) {
        text += labelled(std::exchange(first, false) ? "devices:" : "",
            fmt::format(
                "{}: {:.4g} items/s at best, up to {} at once", device.name, device.bestRate(), device.most),
            kIndent);
    }
    text += labelled("load:",
        fmt::format("{} requests at {:.4g} a second, latencies from the scheduled time", comparison.requests,
            comparison.rate),
        kIndent);
    text += energyText(comparison);
    for (const std::string& note : bench.notes())
        text += labelled("note:", note, kIndent);
    text += remarks(comparison);
    for (const std::string& warning : comparison.live.warnings)
        text += labelled("warning:", warning, kIndent);
    return text + labelled("", comparison.live.conclusion, 0);
}

core::Json jsonOf(const core::LiveComparison& comparison, const core::LiveBench& bench)
{
    core::Json json { { "rate", comparison.rate }, { "requests", comparison.requests },
        { "stopped", comparison.stopped }, { "notes", bench.notes() }, { "devices", core::Json::array() },
        { "policies", core::Json::array() }, { "conclusion", comparison.live.conclusion },
        { "warnings", comparison.live.warnings },
        { "simulated_conclusion", comparison.simulated.conclusion } };
    for (const core::Device& device : bench.devices())
        json["devices"].push_back({ { "name", device.name }, { "accelerator", device.accelerator },
            { "most", device.most }, { "best_items_per_second", device.bestRate() } });
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const core::PolicyRun &live = comparison.live.runs[i], &simulated = comparison.simulated.runs[i];
        core::Json each = jsonOf(comparison.runs[i]);
        each["policy"] = live.policy;
        each["keeps_up"] = live.keepsUp;
        each["live"] = jsonOf(live.result);
        each["simulated"] = jsonOf(simulated.result);
        if (const auto gain = core::gainOfMix(comparison.live, live))
            each["gain"] = *gain;
        if (const auto gain = core::gainOfMix(comparison.simulated, simulated))
            each["predicted_gain"] = *gain;
        json["policies"].push_back(std::move(each));
    }
    return json;
}

} // namespace app
