// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schedule/simulation.h"

#include <string>

/// Random small schedules with a record of what was decided, to check what holds for all of them.
namespace support {

struct Scenario {
    std::vector<core::Device> devices; // a GPU first, then CPUs
    std::vector<core::Request> requests;
    std::string policy; // with parameters
    std::optional<core::Nanoseconds> slo;
    core::Nanoseconds until = core::Nanoseconds::max();
    std::uint64_t seed = 1;
    bool spread = false; // a device's times vary
    // What the policy was told, for who checks it:
    int most = core::kUnlimited; // its max
    core::Nanoseconds delay {}; // of timeout-batch
    bool splits = false; // a request over several servers
};
Scenario randomScenario(std::uint64_t seed);

struct Dispatched {
    core::Nanoseconds now {};
    core::Action action;
    std::vector<core::Waiting> requests;
};

struct Recorded {
    std::vector<Dispatched> decisions; // drops, too
    core::SimulationResult result;
    std::string mistake; // in what was decided; empty: none
};
Recorded record(const Scenario& scenario);

/// Of every byte of the result that means something.
std::uint64_t digestOf(const core::SimulationResult& result);

} // namespace support
