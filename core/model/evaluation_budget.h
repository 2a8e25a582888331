// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/limits.h"
#include "core/model/shape_inference.h"

namespace core {

/// What evaluating nodes before anything runs may still cost, in all. Small files can ask for much work: a
/// chain of nodes that each fill a large constant. A node that is not evaluated is the engine's work, so
/// nothing but speed depends on the numbers.
class EvaluationBudget {
public:
    /// `work` in elements read, written or multiplied; `kept` in whatever unit the caller keeps results.
    EvaluationBudget(std::int64_t work, std::int64_t kept)
        : m_work(work)
        , m_kept(kept)
    {
    }

    /// Takes both; false, and nothing taken, when there is not so much left.
    bool take(std::int64_t work, std::int64_t kept);

private:
    std::int64_t m_work, m_kept;
};

/// Operators whose work may be far more than their elements: searches, general contractions, those whose
/// attributes say how much there is to do for one element (samples of a region, neighbours of a channel).
/// Neither shapes nor weights are made by these: engines run them, and reading a model does not wait for it.
bool isEnginesWork(const Node& node);

/// The work of evaluating a node that is not the engines', and whose inputs and outputs have their shapes in
/// `shapes`.
std::int64_t evaluationWork(const Graph& graph, const Node& node, const Shapes& shapes);

/// The same where only the data decides the outputs' shapes.
std::int64_t openEvaluationWork(const Node& node, const Shapes& shapes);

} // namespace core
