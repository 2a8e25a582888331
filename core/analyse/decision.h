// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analyse/crossover.h"
#include "core/analyse/decision_settings.h"
#include "core/analyse/latency_fit.h"
#include "core/analyse/limits.h"
#include "core/analyse/sensitivity.h"
#include "core/analyse/serving.h"
#include "core/analyse/serving_curves.h"

/// From a run to a recommendation: which device, which batch, at what cost, how sure.
namespace core {

/// A cell as a candidate.
struct Candidate {
    std::size_t cell = 0; // index into the run
    CellVerdict verdict;
    std::optional<double> loss; // of the objective; less is better
    Serving serving; // of the rate, in whole machines; without one at full use
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
    ServingCurves serving; // over the rate, of the best cell of each device
    std::vector<Swing> swings; // of the recommended cell's loss, the widest first; empty without one
};

/// The run outlives the decision.
Decision decide(const Run& run, const DecisionSettings& settings);

/// "cpu x2 bf16 at batch 8".
std::string curveAndBatch(const CellKey& key);

} // namespace core
