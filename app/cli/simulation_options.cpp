// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/simulation_options.h"

#include "core/call.h"
#include "core/error.h"
#include "core/schedule/run_devices.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

namespace {

constexpr std::uint64_t kMostRequests = 10'000'000;

double meanRate(const std::vector<core::Request>& requests)
{
    const double seconds = std::chrono::duration<double>(requests.back().at).count();
    return seconds > 0 ? static_cast<double>(requests.size()) / seconds : 0;
}

} // namespace

void SimulationOptions::addTo(CLI::App& command)
{
    command.add_option("--rate", rate, "Requests a second")
        ->type_name("R")
        ->check(silent(CLI::PositiveNumber));
    command.add_option("--sweep", sweep, "rate=50-500+50, cv=1,2,4 of gamma arrivals, or T=1-64x2")
        ->type_name("WORD=LIST");
    command.add_option("--arrivals", arrivals, "How they come in")->type_name("WORD")->capture_default_str();
    command.add_option("--sizes", sizes, "Items of a request: 4, 1-64 or geometric(mean=8)")
        ->type_name("SIZES")
        ->capture_default_str();
    command.add_option("--policy", policies, "A policy to try; may be repeated; default: all")
        ->type_name("POLICY")
        ->allow_extra_args(false);
    command.add_option("--device", devices, "A curve of the run, \"cpu x2\", or four of it: \"cpu x2=4\"")
        ->type_name("NAME[=N]")
        ->allow_extra_args(false);
    command.add_option("--slo", slo, "From arrival to answer at most, as 20ms")->type_name("TIME");
    command.add_option("--requests", requests, "How many; a trace has its own")
        ->type_name("N")
        ->check(silent(CLI::Range(std::uint64_t { 1 }, kMostRequests)))
        ->capture_default_str();
    command.add_option("--seed", seed, "Of all that is drawn")->type_name("N")->capture_default_str();
}

std::optional<core::PolicySweep> SimulationOptions::asked(const core::ArrivalProcess& process) const
{
    std::optional<core::PolicySweep> found;
    if (!sweep.empty())
        found = asUsage([&] { return core::policySweepFromText(sweep); });
    const bool rates = found && found->parameter == core::PolicySweep::Parameter::Rate;
    if (process.kind == core::ArrivalProcess::Kind::Trace) {
        if (rate || rates)
            throw UsageError("Cannot simulate: a trace has its own rate, so no --rate and no --sweep of it.");
        return found;
    }
    if (rate && rates)
        throw UsageError("Cannot simulate: it is either --rate or --sweep rate.");
    if (!rate && !rates)
        throw UsageError("Cannot simulate: it needs --rate R or --sweep rate=LIST.");
    return found;
}

core::SimulationPlan SimulationOptions::plan() const
{
    core::SimulationPlan plan { .arrivals = asUsage([&] { return core::arrivalsFromText(arrivals); }),
        .sizes = asUsage([&] { return core::sizesFromText(sizes); }),
        .rate = rate.value_or(1),
        .requests = static_cast<std::size_t>(requests),
        .seed = seed };
    if (!slo.empty()) {
        plan.slo = core::timeFromText(slo);
        if (!plan.slo || plan.slo->count() <= 0)
            throw UsageError(fmt::format("Cannot read --slo: \"{}\" is no time as 20ms.", slo));
    }
    return plan;
}

Simulations SimulationOptions::run(const core::Run& run) const
{
    core::SimulationPlan plan = this->plan();
    const std::optional<core::PolicySweep> sweeping = asked(plan.arrivals);
    std::vector<core::DeviceChoice> choices;
    for (const std::string& device : devices)
        choices.push_back(asUsage([&] { return core::deviceChoiceFromText(device); }));
    core::RunDevices found = core::devicesOf(run, choices);
    plan.devices = std::move(found.devices);
    plan.policies = policies.empty() ? core::fittingPolicies({ plan.devices, plan.slo }) : policies;
    for (const std::string& name : plan.policies) {
        if (name != "oracle")
            asUsage([&] { return core::makePolicy(name, { plan.devices, plan.slo }); });
    }
    Simulations result { .devices = plan.devices,
        .notes = std::move(found.notes),
        .arrivals = arrivals,
        .sizes = sizes,
        .requests = plan.requests,
        .seed = seed,
        .slo = plan.slo };
    double ownRate = plan.rate;
    if (plan.arrivals.kind == core::ArrivalProcess::Kind::Trace) {
        const std::vector<core::Request> in = core::requestsOf(plan);
        result.requests = in.size();
        ownRate = meanRate(in);
    }
    if (!sweeping) {
        result.rates.push_back({ .rate = ownRate, .comparison = core::compared(plan) });
        return result;
    }
    result.swept = sweeping->parameter;
    if (sweeping->parameter == core::PolicySweep::Parameter::Variation)
        result.arrivals = "gamma"; // whatever they were
    for (const double value : sweeping->values)
        asUsage([&] { return core::planAt(plan, sweeping->parameter, value); });
    const std::vector<core::SweptComparison> swept = core::sweepPolicies(plan, *sweeping);
    result.bestByValue = core::bestByValue(sweeping->parameter, swept);
    const bool rates = sweeping->parameter == core::PolicySweep::Parameter::Rate;
    for (const core::SweptComparison& each : swept)
        result.rates.push_back({ rates ? each.value : ownRate, each.value, each.comparison });
    return result;
}

std::string policyHelp()
{
    std::string text = "Policies, with their parameters in brackets, as timeout-batch(max=16,delay=5ms):\n";
    for (const core::PolicyInfo& info : core::policyList())
        text += fmt::format("  {:<15}{}\n{:17}{}\n", info.name, info.about, "", info.parameters);
    return text + "  oracle         what no schedule can beat; always shown\n";
}

} // namespace app
