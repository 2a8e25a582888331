// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/context.h"
#include "core/record/run.h"
#include "core/schedule/policy_sweep.h"

namespace app {

/// The policies at one rate, and one value of what was swept.
struct RateSimulation {
    double rate = 0; // requests a second
    double value = 0; // 0 without a sweep
    core::PolicyComparison comparison;
};

/// What `simulate` found, with all it was asked.
struct Simulations {
    std::vector<core::Device> devices;
    std::vector<std::string> notes; // sentences
    std::string arrivals, sizes; // as typed
    std::size_t requests = 0;
    std::uint64_t seed = 1;
    std::optional<core::Nanoseconds> slo;
    std::optional<core::PolicySweep::Parameter> swept;
    std::vector<RateSimulation> rates;
    std::string bestByValue; // a sentence, of a sweep
};

/// What a simulation is asked for, as it was typed.
struct SimulationOptions {
    std::optional<double> rate;
    std::string sweep, slo, arrivals = "poisson", sizes = "1";
    std::vector<std::string> policies, devices;
    std::uint64_t requests = 100'000, seed = 1;

    void addTo(CLI::App& command);
    /// Throws UsageError, or core::Error for a trace and a run that cannot be used.
    Simulations run(const core::Run& run) const;

private:
    /// What is swept; nullopt: one rate, or a trace.
    std::optional<core::PolicySweep> asked(const core::ArrivalProcess& process) const;
    core::SimulationPlan plan() const; // less devices and policies
};

/// The policies with their parameters, a line each, for the help.
std::string policyHelp();

} // namespace app
