// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/arrivals.h"
#include "core/schedule/compare_policies.h"

/// Policies compared again and again while one thing changes.
namespace core {

/// Who comes in, and what they come to.
struct SimulationPlan {
    std::vector<Device> devices;
    ArrivalProcess arrivals;
    RequestSizes sizes;
    double rate = 1; // requests a second; a trace has its own
    std::size_t requests = 100'000; // the same
    std::uint64_t seed = 1; // of arrivals and of service times
    std::optional<Nanoseconds> slo;
    std::vector<std::string> policies; // words for makePolicy()
};

/// Draws them, or reads the trace. Throws Error.
std::vector<Request> requestsOf(const SimulationPlan& plan);

/// requestsOf() under all policies. Ends early, with what there is, once `stop` is asked for. Throws Error.
PolicyComparison compared(const SimulationPlan& plan, std::stop_token stop = {});

struct PolicySweep {
    enum class Parameter {
        Rate, // requests a second
        Variation, // cv of gamma arrivals, in the place of constant or Poisson ones
        Threshold // T of each size-threshold; the other policies do not change
    };
    Parameter parameter = Parameter::Rate;
    std::vector<double> values; // rising
};

/// "rate=50-500+50", "cv=0.5,1,2", "T=1-64x2", with valuesFromText(). Throws Error: `Cannot read sweep: "x"
/// is none of rate=LIST, cv=LIST and T=LIST.`
PolicySweep policySweepFromText(std::string_view text);
/// "rate", "cv", "T".
const char* parameterName(PolicySweep::Parameter parameter);

/// The plan with that value. Throws Error where it has no such thing: `Cannot sweep rate: a trace has its
/// own.`
SimulationPlan planAt(SimulationPlan plan, PolicySweep::Parameter parameter, double value);

/// The policies at one value. All comparisons of a sweep have the same runs in the same places.
struct SweptComparison {
    double value = 0;
    PolicyComparison comparison;
};

/// The policy's text less what the sweep changes in it: "size-threshold(split=2)".
std::string sweptPolicy(PolicySweep::Parameter parameter, const std::string& policy);

/// Each value in turn; checks them all before the first is simulated, and hands over each when it is done.
/// Ends early once `stop` is asked for. Throws Error.
std::vector<SweptComparison> sweepPolicies(const SimulationPlan& plan, const PolicySweep& sweep,
    std::stop_token stop = {}, const std::function<void(const SweptComparison&)>& done = {});

/// "Best by rate: gpu-only at 50 to 300, eft-deadline at 350." Empty without a comparison.
std::string bestByValue(PolicySweep::Parameter parameter, const std::vector<SweptComparison>& swept);

} // namespace core
