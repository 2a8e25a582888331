// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/compare_policies.h"

#include <fmt/format.h>

#include <cmath>
#include <tuple>

namespace core {

namespace {

/// A queue that is stable has emptied soon after the last arrival; this much of the run's length later it had
/// grown while requests came in.
constexpr double kSlack = 0.02;
/// Differences below them are not worth a warning: of the tail, and of the share of requests lost.
constexpr double kWorse = 1.02;
constexpr double kLost = 1e-3;

double tailSeconds(const SimulationResult& result)
{
    return result.latency.p99 ? std::chrono::duration<double>(*result.latency.p99).count()
                              : result.latency.meanSeconds;
}

double lostShare(const SimulationResult& result)
{
    return result.arrived == 0
        ? 0
        : static_cast<double>(result.missed + result.dropped) / static_cast<double>(result.arrived);
}

std::string milliseconds(double seconds)
{
    return seconds < 1 ? fmt::format("{:.4g} ms", seconds * 1e3) : fmt::format("{:.0f} ms", seconds * 1e3);
}

/// "p99 12.3 ms", with deadlines "p99 12.3 ms, 0.2 % lost".
std::string outcomeOf(const SimulationResult& result, bool slo)
{
    std::string text
        = fmt::format("{} {}", result.latency.p99 ? "p99" : "mean", milliseconds(tailSeconds(result)));
    return slo ? text + fmt::format(", {:.3g} % lost", 100 * lostShare(result)) : text;
}

auto rankOf(const PolicyRun& run)
{
    return std::tuple(!run.keepsUp, lostShare(run.result), tailSeconds(run.result));
}

bool isWorse(const PolicyRun& run, const PolicyRun& reference)
{
    if (run.keepsUp != reference.keepsUp)
        return !run.keepsUp;
    const double lost = lostShare(run.result) - lostShare(reference.result);
    if (std::abs(lost) > kLost)
        return lost > 0;
    return tailSeconds(run.result) > tailSeconds(reference.result) * kWorse;
}

/// Who adds the CPU and loses by it.
std::string worseThanReference(const PolicyComparison& comparison, const PolicyRun& reference, bool slo)
{
    std::string worse;
    for (const PolicyRun& run : comparison.runs) {
        if (run.hybrid && isWorse(run, reference))
            worse += fmt::format(
                "{}{} ({})", worse.empty() ? "" : ", ", run.policy, outcomeOf(run.result, slo));
    }
    return worse;
}

const PolicyRun* referenceOf(const PolicyComparison& comparison)
{
    const auto found = std::ranges::find(comparison.runs, kReferencePolicy, &PolicyRun::policy);
    return found == comparison.runs.end() ? nullptr : &*found;
}

void warn(PolicyComparison& comparison, const PolicyRun* reference, bool slo)
{
    std::string behind;
    for (const PolicyRun& run : comparison.runs) {
        if (!run.keepsUp)
            behind += (behind.empty() ? "" : ", ") + run.policy;
    }
    if (!behind.empty())
        comparison.warnings.push_back(fmt::format(
            "Cannot keep up: {}. The queue grows as long as requests come in, and so do these figures.",
            behind));
    if (!reference)
        return;
    const std::string worse = worseThanReference(comparison, *reference, slo);
    if (!worse.empty())
        comparison.warnings.push_back(fmt::format("Adding the CPU makes things worse than {} ({}): {}.",
            kReferencePolicy, outcomeOf(reference->result, slo), worse));
}

} // namespace

PolicyRun policyRun(std::string policy, SimulationResult result, std::span<const Request> requests,
    std::span<const Device> devices)
{
    PolicyRun run { .policy = std::move(policy), .result = std::move(result) };
    run.result.latencies = {};
    if (!requests.empty()) {
        const double last = std::chrono::duration<double>(requests.back().at).count();
        const double end = std::chrono::duration<double>(run.result.duration).count();
        const double longest
            = std::chrono::duration<double>(run.result.service.largest.value_or(Nanoseconds(0))).count();
        run.keepsUp = end <= last * (1 + kSlack) + 10 * longest;
    }
    bool cpu = false, gpu = false;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        if (run.result.devices[i].requests > 0)
            (devices[i].accelerator ? gpu : cpu) = true;
    }
    run.hybrid = cpu && gpu;
    return run;
}

bool canMix(std::span<const Device> devices)
{
    return std::ranges::any_of(devices, &Device::accelerator)
        && !std::ranges::all_of(devices, &Device::accelerator);
}

void conclude(PolicyComparison& comparison, std::span<const Device> devices, bool slo)
{
    if (comparison.runs.empty())
        return;
    const auto best = std::ranges::min_element(comparison.runs, {}, rankOf);
    comparison.best = static_cast<std::size_t>(best - comparison.runs.begin());
    comparison.conclusion = fmt::format("Best of these: {} ({}){}", best->policy,
        outcomeOf(best->result, slo), best->keepsUp ? "." : ", though none keeps up with the requests.");
    warn(comparison, canMix(devices) ? referenceOf(comparison) : nullptr, slo);
}

std::optional<double> gainOfMix(const PolicyComparison& comparison, const PolicyRun& run)
{
    const PolicyRun* reference = referenceOf(comparison);
    if (!reference || !run.hybrid)
        return {};
    const bool tails = reference->result.latency.p99 && run.result.latency.p99;
    const auto figure = [&](const SimulationResult& result) {
        return tails ? std::chrono::duration<double>(*result.latency.p99).count()
                     : result.latency.meanSeconds;
    };
    const double mixed = figure(run.result);
    return mixed > 0 ? std::optional(figure(reference->result) / mixed) : std::nullopt;
}

PolicyComparison comparePolicies(std::span<const Request> requests, std::span<const Device> devices,
    const std::vector<std::string>& policies, const SimulationSettings& settings)
{
    PolicyComparison comparison { .oracle = oracleBound(requests, devices, settings.slo, settings.seed) };
    std::vector<std::string> names;
    for (const std::string& policy : policies) {
        if (policy != "oracle" && std::ranges::find(names, policy) == names.end())
            names.push_back(policy);
    }
    if (canMix(devices) && std::ranges::find(names, kReferencePolicy) == names.end())
        names.emplace_back(kReferencePolicy);
    for (const std::string& name : names) {
        const auto made = makePolicy(name, { devices, settings.slo });
        comparison.runs.push_back(
            policyRun(name, simulate(requests, devices, *made, settings), requests, devices));
        if (settings.stop.stop_requested())
            return comparison;
    }
    conclude(comparison, devices, settings.slo.has_value());
    return comparison;
}

} // namespace core
