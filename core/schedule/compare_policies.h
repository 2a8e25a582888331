// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/oracle.h"

namespace core {

struct PolicyRun {
    std::string policy; // as it was typed
    SimulationResult result; // less the latencies of single requests
    bool keepsUp = true; // else its queue grew as long as requests came in
    bool hybrid = false; // accelerators and others answered requests
};

/// How a run of `policy` went, simulated or live: whether it kept up, and who answered. Single requests'
/// latencies are dropped. `requests` are those that came in.
PolicyRun policyRun(std::string policy, SimulationResult result, std::span<const Request> requests,
    std::span<const Device> devices);

/// Policies on the same requests with the same seed.
struct PolicyComparison {
    std::vector<PolicyRun> runs;
    OracleBound oracle;
    std::optional<std::size_t> best; // index into runs
    std::string conclusion; // one sentence
    std::vector<std::string> warnings; // sentences
};

/// `policies`: words for makePolicy(); "oracle" is the bound, which is always there. Where there are CPUs and
/// GPUs, gpu-only runs in any case, at the end, as what the others are held to. Throws Error for a policy
/// that cannot be made.
///
/// The best keeps up with the requests, then drops and misses least, then has the lowest p99 (the mean where
/// there are too few requests for one). Where it was stopped there is neither best nor conclusion.
PolicyComparison comparePolicies(std::span<const Request> requests, std::span<const Device> devices,
    const std::vector<std::string>& policies, const SimulationSettings& settings);

/// Where there are CPUs and GPUs: the policy that the others are held to.
inline constexpr const char* kReferencePolicy = "gpu-only";
/// Whether there are both, and so a reference.
bool canMix(std::span<const Device> devices);

/// The best of the runs, the conclusion, and the warnings.
void conclude(PolicyComparison& comparison, std::span<const Device> devices, bool slo);

/// By what a mix is better than gpu-only: the reference's tail (its p99, the mean where either has too few
/// requests for one) over the run's. Over 1: better. nullopt for runs that mix nothing, and without a
/// reference.
std::optional<double> gainOfMix(const PolicyComparison& comparison, const PolicyRun& run);

} // namespace core
