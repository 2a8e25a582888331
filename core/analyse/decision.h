// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/cost.h"
#include "core/analyse/crossover.h"
#include "core/analyse/latency_fit.h"
#include "core/analyse/limits.h"
#include "core/analyse/price_table.h"
#include "core/analyse/targets.h"

#include <map>

/// From a run to a recommendation: which device, which batch, at what cost, how sure.
namespace core {

struct DecisionSettings {
    Targets targets;
    Objective objective = Objective::Latency;
    std::optional<double> rate; // items a second that have to be served; by as many machines as it takes
    double most = 0.7; // share of a machine's throughput that is used at most where there is a rate
    std::map<std::string, Price> prices; // by engine; engines without one cost nobody knows what
    double gramsPerKwh = 0; // carbon of the power; 0: not asked for
    std::uint64_t seed = 1; // of resampling
};

/// A cell as a candidate.
struct Candidate {
    std::size_t cell = 0; // index into the run
    CellVerdict verdict;
    std::optional<double> loss; // of the objective; less is better
    std::optional<double> costPerMillion; // at the rate, in whole machines; without one at full use
    std::optional<int> machines; // that serve the rate
    bool onFront = false;
};

/// A curve with what it says by itself.
struct CurveFacts {
    BatchCurve curve;
    std::optional<LatencyFit> fit;
    std::optional<CurveLimits> limits; // of curves with a point
    std::string name; // "cpu x2 bf16"
};

struct Decision {
    std::vector<CurveFacts> curves;
    std::vector<std::pair<std::string, Crossover>> crossovers; // a sentence each
    std::vector<Candidate> candidates; // one a cell of the run, in its order
    std::optional<std::size_t> best; // index into candidates
    std::optional<std::size_t> runnerUp; // of another curve; how near it is decides how sure the answer is
    std::string recommendation; // one sentence
    std::vector<std::string> reasons, assumptions, warnings, wouldChange; // sentences
};

/// The run outlives the decision.
Decision decide(const Run& run, const DecisionSettings& settings);

/// "cpu x2 bf16 at batch 8".
std::string curveAndBatch(const CellKey& key);

} // namespace core
