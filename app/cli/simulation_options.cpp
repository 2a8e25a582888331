// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/simulation_options.h"

#include "core/error.h"
#include "core/schedule/call.h"
#include "core/schedule/run_devices.h"

#include <fmt/format.h>

#include <algorithm>

namespace app {

namespace {

/// More is no table for people, and takes minutes.
constexpr std::size_t kMostRates = 100;
constexpr std::uint64_t kMostRequests = 10'000'000;

/// All that can be made of these devices.
std::vector<std::string> policiesFor(
    const std::vector<core::Device>& devices, const std::optional<core::Nanoseconds>& slo)
{
    std::vector<std::string> names;
    for (const core::PolicyInfo& info : core::policyList()) {
        try {
            core::makePolicy(info.name, { devices, slo });
            names.push_back(info.name);
        } catch (const core::Error&) {
            continue; // it needs a device or an SLO that is not there
        }
    }
    return names;
}

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
    command.add_option("--sweep", sweep, "Several rates, as rate=50-500+50")->type_name("rate=LIST");
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

std::vector<double> SimulationOptions::rates(const core::ArrivalProcess& process) const
{
    if (process.kind == core::ArrivalProcess::Kind::Trace) {
        if (rate || !sweep.empty())
            throw UsageError("Cannot simulate: a trace has its own rate, so no --rate and no --sweep.");
        return { 0 };
    }
    if (rate && !sweep.empty())
        throw UsageError("Cannot simulate: it is either --rate or --sweep.");
    if (rate)
        return { *rate };
    if (sweep.empty())
        throw UsageError("Cannot simulate: it needs --rate R or --sweep rate=LIST.");
    const auto pair = split(sweep);
    if (!pair || pair->first != "rate")
        throw UsageError(fmt::format("Cannot read --sweep: \"{}\" is not rate=LIST.", sweep));
    const auto list = asUsage([&] { return core::parseBatches(pair->second); });
    if (list.size() > kMostRates)
        throw UsageError(fmt::format(
            "Cannot read --sweep: these are {} rates, at most {} can be.", list.size(), kMostRates));
    return { list.begin(), list.end() };
}

Simulations SimulationOptions::run(const core::Run& run) const
{
    const core::ArrivalProcess process = asUsage([&] { return core::arrivalsFromText(arrivals); });
    const core::RequestSizes sizesOf = asUsage([&] { return core::sizesFromText(sizes); });
    Simulations result { .arrivals = arrivals, .sizes = sizes, .requests = requests, .seed = seed };
    if (!slo.empty()) {
        result.slo = core::timeFromText(slo);
        if (!result.slo || result.slo->count() <= 0)
            throw UsageError(fmt::format("Cannot read --slo: \"{}\" is no time as 20ms.", slo));
    }
    const std::vector<double> all = rates(process);
    std::vector<core::DeviceChoice> choices;
    for (const std::string& device : devices)
        choices.push_back(asUsage([&] { return core::deviceChoiceFromText(device); }));
    core::RunDevices found = core::devicesOf(run, choices);
    result.devices = std::move(found.devices);
    result.notes = std::move(found.notes);
    const std::vector<std::string> names
        = policies.empty() ? policiesFor(result.devices, result.slo) : policies;
    for (const std::string& name : names) {
        if (name != "oracle")
            asUsage([&] { return core::makePolicy(name, { result.devices, result.slo }); });
    }
    const core::SimulationSettings settings { .slo = result.slo, .seed = seed, .watch = {} };
    for (const double each : all) {
        const bool trace = process.kind == core::ArrivalProcess::Kind::Trace;
        const std::vector<core::Request> in = trace
            ? core::readTrace(process.file)
            : core::arrivals(process, each, static_cast<std::size_t>(requests), seed, sizesOf);
        result.requests = in.size();
        result.rates.push_back(
            { trace ? meanRate(in) : each, core::comparePolicies(in, result.devices, names, settings) });
    }
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
