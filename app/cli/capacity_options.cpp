// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/capacity_options.h"

#include "core/analyse/batch_curve.h"
#include "core/analyse/serving.h"
#include "core/call.h"
#include "core/error.h"
#include "core/schedule/result_cache.h"
#include "core/schedule/run_devices.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

namespace {

constexpr int kMostInstances = 10'000;

core::Nanoseconds timeOf(const char* option, const std::string& text, bool zero)
{
    const auto time = core::timeFromText(text);
    if (!time || time->count() < 0 || (!zero && time->count() == 0))
        throw UsageError(fmt::format("Cannot read {}: \"{}\" is no time as 60s.", option, text));
    return *time;
}

double secondsOf(core::Nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

/// The cell of a curve that does the most items a second.
const core::Cell& bestCell(const core::BatchCurve& curve)
{
    return *std::ranges::max_element(curve.points, {}, &core::CurvePoint::rate)->cell;
}

/// "gpu=0-4", "cpu x2=3".
core::Group boundsOf(const std::string& text, const std::vector<core::InstanceKind>& kinds)
{
    const auto pair = split(text);
    const auto kind = pair ? std::ranges::find(kinds, pair->first, &core::InstanceKind::name) : kinds.end();
    if (kind == kinds.end())
        throw UsageError(fmt::format("Cannot read --instances: \"{}\" names no device of the plan.", text));
    const std::size_t dash = pair->second.find('-');
    const auto low = core::numberFromText(pair->second.substr(0, dash));
    const auto high = dash == std::string::npos ? low : core::numberFromText(pair->second.substr(dash + 1));
    const auto whole = [](double value) { return value == static_cast<int>(value); };
    if (!low || !high || *low < 0 || *high < 1 || *high > kMostInstances || *low > *high || !whole(*low)
        || !whole(*high))
        throw UsageError(fmt::format("Cannot read --instances: \"{}\" is neither 3 nor 0-4, of at most {}.",
            pair->second, kMostInstances));
    return { static_cast<std::size_t>(kind - kinds.begin()), static_cast<int>(*low),
        static_cast<int>(*high) };
}

} // namespace

void CapacityOptions::addTo(CLI::App& command)
{
    command.add_option("--rate", rate, "Items a second on average; a trace has its own")
        ->type_name("R")
        ->check(silent(CLI::PositiveNumber));
    command.add_option("--arrivals", arrivals, "How the rate changes")
        ->type_name("WORD")
        ->capture_default_str();
    command.add_option("--slo", slo, "From arrival to answer at most, as 50ms")
        ->type_name("TIME")
        ->required();
    command.add_option("--late", latePercent, "Share of the items that may be later, in per cent")
        ->type_name("P")
        ->check(silent(CLI::Range(0.0, 100.0)))
        ->capture_default_str();
    command
        .add_option("--device", devices, "A curve of the run, \"cpu x2 int8\"; default: each engine's best")
        ->type_name("NAME")
        ->allow_extra_args(false);
    command.add_option("--instances", instances, "How many of a device there may be, as gpu=0-4")
        ->type_name("NAME=N-M")
        ->allow_extra_args(false);
    prices.addTo(command);
    command
        .add_option("--cache", cache, "Results that are kept: hit=0.3 or lru(size=1000,keys=1e5,zipf=0.9)")
        ->type_name("WORD");
    command.add_option("--startup", startup, "Until an instance works")
        ->type_name("TIME")
        ->capture_default_str();
    command.add_option("--cooldown", cooldown, "From a change to the next shrinking")
        ->type_name("TIME")
        ->capture_default_str();
    command
        .add_option("--up", upPercent, "Load beyond which a group grows, in per cent; default: it is sought")
        ->type_name("P")
        ->check(silent(CLI::Range(1.0, 99.0)));
    command.add_option("--down", downPercent, "Load below which it shrinks; default: half of --up")
        ->type_name("P")
        ->check(silent(CLI::Range(0.0, 99.0)));
    command.add_option("--duration", duration, "What is planned; a trace has its own")
        ->type_name("TIME")
        ->capture_default_str();
    command.add_option("--interval", interval, "In which the rate is steady, and after which groups change")
        ->type_name("TIME")
        ->capture_default_str();
    command.add_option("--seed", seed, "Of all that is drawn")->type_name("N")->capture_default_str();
}

core::RateOverTime CapacityOptions::ratesBehind(double hits) const
{
    const core::ArrivalProcess process = asUsage([&] { return core::arrivalsFromText(arrivals); });
    const bool trace = process.kind == core::ArrivalProcess::Kind::Trace;
    if (trace && rate)
        throw UsageError("Cannot plan capacity: a trace has its own rate, so no --rate.");
    if (!trace && !rate)
        throw UsageError("Cannot plan capacity: it needs --rate R.");
    const double width = secondsOf(timeOf("--interval", interval, false));
    core::RateOverTime rates = core::rateOverTime(
        process, rate.value_or(0), secondsOf(timeOf("--duration", duration, false)), width, seed);
    for (double& each : rates.rates)
        each *= 1 - hits;
    return rates;
}

void CapacityOptions::addKinds(CapacityPlan& plan, const core::Run& run) const
{
    core::DecisionSettings settings;
    prices.addTo(settings, run);
    if (settings.prices.empty())
        throw UsageError(
            "Cannot plan capacity: no machine has a price (--price cpu=0.68 --price gpu=1.006).");
    plan.currency = settings.prices.begin()->second.price.currency;
    std::vector<core::DeviceChoice> choices;
    for (const std::string& device : devices)
        choices.push_back({ .name = device });
    core::RunDevices found = core::devicesOf(run, choices);
    plan.notes = std::move(found.notes);
    const std::vector<core::BatchCurve> curves = core::curvesOf(run);
    for (const core::Device& device : found.devices) {
        const auto curve = std::ranges::find_if(
            curves, [&](const core::BatchCurve& each) { return core::curveName(each.key) == device.name; });
        const auto server = core::serverOf(bestCell(*curve), settings);
        core::InstanceKind kind { .name = device.name,
            .load = core::LoadCurve::of(device, plan.slo, seed),
            .price = server->fleet,
            .idleWatts = server->idleWatts.value,
            .busyWatts = server->busyWatts.value };
        const auto price = settings.prices.find(curve->key.engine);
        if (price != settings.prices.end())
            kind.load.lose(price->second.interrupted);
        if (!kind.price)
            plan.notes.push_back(
                fmt::format("{} is left out, as its cost is unknown: {}", kind.name, server->unpriced));
        else if (!kind.idleWatts || !kind.busyWatts)
            plan.notes.push_back(fmt::format("The energy of {} is unknown: {}", kind.name,
                kind.busyWatts ? server->idleWatts.unknown : server->busyWatts.unknown));
        plan.kinds.push_back(std::move(kind));
    }
}

core::CapacitySearch CapacityOptions::search(const CapacityPlan& plan) const
{
    core::CapacitySearch search { .allowedLate = plan.allowedLate };
    search.scaling.startSeconds = secondsOf(timeOf("--startup", startup, true));
    search.scaling.coolSeconds = secondsOf(timeOf("--cooldown", cooldown, true));
    search.tryUp = !upPercent;
    search.scaling.up = upPercent.value_or(70) / 100;
    if (downPercent && *downPercent >= upPercent.value_or(100))
        throw UsageError("Cannot plan capacity: --down is not below --up.");
    if (downPercent)
        search.scaling.down = *downPercent / 100;
    else
        search.downShare = 0.5;
    for (const std::string& text : instances)
        search.bounds.push_back(boundsOf(text, plan.kinds));
    return search;
}

CapacityPlan CapacityOptions::plan(const core::Run& run) const
{
    CapacityPlan plan {
        .arrivals = arrivals, .slo = timeOf("--slo", slo, false), .allowedLate = latePercent / 100
    };
    if (!cache.empty())
        plan.hits = asUsage([&] { return core::cacheFromText(cache); }).hits;
    plan.rates = ratesBehind(plan.hits);
    addKinds(plan, run);
    plan.answer = core::searchMixes(plan.rates, plan.kinds, search(plan));
    return plan;
}

} // namespace app
