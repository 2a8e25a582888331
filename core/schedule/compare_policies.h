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
/// there are too few requests for one).
PolicyComparison comparePolicies(std::span<const Request> requests, std::span<const Device> devices,
    const std::vector<std::string>& policies, const SimulationSettings& settings);

} // namespace core
