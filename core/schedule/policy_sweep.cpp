// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schedule/policy_sweep.h"

#include "core/call.h"
#include "core/error.h"
#include "core/schedule/value_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core {

namespace {

using Parameter = PolicySweep::Parameter;

constexpr std::array kParameters { Parameter::Rate, Parameter::Variation, Parameter::Threshold };
constexpr const char* kThreshold = "size-threshold";

bool isThreshold(const std::string& policy)
{
    return policy != "oracle" && Call(policy, "policy").name() == kThreshold;
}

void setVariation(ArrivalProcess& arrivals, double value)
{
    using Kind = ArrivalProcess::Kind;
    if (arrivals.kind != Kind::Constant && arrivals.kind != Kind::Poisson && arrivals.kind != Kind::Gamma)
        throw Error("Cannot sweep cv: it is of gamma arrivals, which bursts, days and traces are not.");
    arrivals = arrivalsFromText(fmt::format("gamma(cv={:.10g})", value));
}

void setThreshold(std::vector<std::string>& policies, double value)
{
    if (std::ranges::none_of(policies, isThreshold))
        throw Error("Cannot sweep T: size-threshold is not among the policies.");
    for (std::string& policy : policies) {
        if (isThreshold(policy))
            policy = Call(policy, "policy").with("T", fmt::format("{:.10g}", value));
    }
}

/// Who is best there, as one word; a best that falls behind is none.
std::string bestAt(Parameter parameter, const PolicyComparison& comparison)
{
    if (!comparison.best)
        return {};
    const PolicyRun& best = comparison.runs[*comparison.best];
    return best.keepsUp ? sweptPolicy(parameter, best.policy) : "none keeps up";
}

} // namespace

std::vector<Request> requestsOf(const SimulationPlan& plan)
{
    return plan.arrivals.kind == ArrivalProcess::Kind::Trace
        ? readTrace(plan.arrivals.file)
        : arrivals(plan.arrivals, plan.rate, plan.requests, plan.seed, plan.sizes);
}

PolicyComparison compared(const SimulationPlan& plan, std::stop_token stop)
{
    return comparePolicies(requestsOf(plan), plan.devices, plan.policies,
        { .slo = plan.slo, .seed = plan.seed, .watch = {}, .stop = std::move(stop) });
}

const char* parameterName(Parameter parameter)
{
    switch (parameter) {
    case Parameter::Rate:
        return "rate";
    case Parameter::Variation:
        return "cv";
    case Parameter::Threshold:
        return "T";
    }
    return "";
}

PolicySweep policySweepFromText(std::string_view text)
{
    const std::size_t equals = text.find('=');
    for (const Parameter parameter : kParameters) {
        if (equals != text.npos && text.substr(0, equals) == parameterName(parameter))
            return { parameter, valuesFromText(text.substr(equals + 1)) };
    }
    throw Error("Cannot read sweep: \"{}\" is none of rate=LIST, cv=LIST and T=LIST.", text);
}

SimulationPlan planAt(SimulationPlan plan, Parameter parameter, double value)
{
    switch (parameter) {
    case Parameter::Rate:
        if (plan.arrivals.kind == ArrivalProcess::Kind::Trace)
            throw Error("Cannot sweep rate: a trace has its own.");
        plan.rate = value;
        break;
    case Parameter::Variation:
        setVariation(plan.arrivals, value);
        break;
    case Parameter::Threshold:
        setThreshold(plan.policies, value);
        break;
    }
    return plan;
}

std::string sweptPolicy(Parameter parameter, const std::string& policy)
{
    return parameter == Parameter::Threshold && isThreshold(policy) ? Call(policy, "policy").without("T")
                                                                    : policy;
}

std::vector<SweptComparison> sweepPolicies(const SimulationPlan& plan, const PolicySweep& sweep,
    std::stop_token stop, const std::function<void(const SweptComparison&)>& done)
{
    for (const double value : sweep.values) {
        const SimulationPlan at = planAt(plan, sweep.parameter, value);
        for (const std::string& policy : at.policies) {
            if (policy != "oracle")
                makePolicy(policy, { at.devices, at.slo });
        }
    }
    std::vector<SweptComparison> swept;
    for (const double value : sweep.values) {
        SweptComparison each { value, compared(planAt(plan, sweep.parameter, value), stop) };
        if (stop.stop_requested())
            break;
        swept.push_back(std::move(each));
        if (done)
            done(swept.back());
    }
    return swept;
}

std::string bestByValue(Parameter parameter, const std::vector<SweptComparison>& swept)
{
    std::string text;
    for (std::size_t first = 0; first < swept.size();) {
        const std::string best = bestAt(parameter, swept[first].comparison);
        std::size_t last = first;
        while (last + 1 < swept.size() && bestAt(parameter, swept[last + 1].comparison) == best)
            ++last;
        if (!best.empty()) {
            text += fmt::format("{}{} at {:.6g}", text.empty() ? "" : ", ", best, swept[first].value);
            if (last > first)
                text += fmt::format(" to {:.6g}", swept[last].value);
        }
        first = last + 1;
    }
    return text.empty() ? text : fmt::format("Best by {}: {}.", parameterName(parameter), text);
}

} // namespace core
