// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/decision.h"

#include "core/analyse/cost_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

/// The words and the figure of an objective.
std::string figureOf(
    const Candidate& candidate, Objective objective, const DecisionSettings& settings, const Run& run)
{
    const double loss = *candidate.loss;
    switch (objective) {
    case Objective::Latency:
        return fmt::format("a median latency of {:.4g} ms", loss * 1e3);
    case Objective::Throughput:
        return fmt::format("{:.4g} items/s", 1 / loss);
    case Objective::Energy:
        return fmt::format("{:.4g} J an inference", loss);
    case Objective::Cost:
        break;
    }
    const auto& price = settings.prices.at(run.cells[candidate.cell].key.engine);
    return fmt::format("{:.4g} {} a million inferences", loss, price.price.currency);
}

/// One decision while it is made.
class Deciding {
public:
    Deciding(const Run& run, const DecisionSettings& settings)
        : m_run(run)
        , m_settings(settings)
    {
    }

    Decision made()
    {
        findCurves();
        findCrossovers();
        judgeCells();
        choose();
        m_decision.warnings = warningsOf(m_run, curves());
        append(m_decision.warnings, unknownCosts(m_run, m_settings));
        weigh();
        say();
        return std::move(m_decision);
    }

private:
    std::vector<BatchCurve> curves() const
    {
        std::vector<BatchCurve> all;
        for (const CurveFacts& facts : m_decision.curves)
            all.push_back(facts.curve);
        return all;
    }

    void findCurves()
    {
        for (BatchCurve& curve : curvesOf(m_run)) {
            CurveFacts facts { .name = curveName(curve.key) };
            facts.fit = fitLatency(curve, m_settings.seed);
            if (!curve.points.empty())
                facts.limits = limitsOf(
                    curve, m_settings.targets.percentile, m_settings.targets.latencySeconds.value_or(0));
            facts.curve = std::move(curve);
            m_decision.curves.push_back(std::move(facts));
        }
    }

    DeviceKind kindOf(const BatchCurve& curve) const
    {
        const DeviceInfo* device = deviceOf(m_run, curve.key.engine);
        return device ? device->kind : DeviceKind::Cpu;
    }

    /// Each GPU against the best CPU there is; where there is no GPU, each way to run against the first.
    void findCrossovers()
    {
        const auto bestOf = [&](DeviceKind kind) -> const CurveFacts* {
            const CurveFacts* best = nullptr;
            for (const CurveFacts& facts : m_decision.curves)
                if (facts.limits && kindOf(facts.curve) == kind
                    && (!best || facts.limits->bestRate > best->limits->bestRate))
                    best = &facts;
            return best;
        };
        const bool gpus = bestOf(DeviceKind::Gpu) != nullptr;
        const CurveFacts* first = bestOf(DeviceKind::Cpu);
        if (!gpus)
            for (const CurveFacts& facts : m_decision.curves)
                if (facts.limits) {
                    first = &facts;
                    break;
                }
        if (!first)
            return;
        for (const CurveFacts& second : m_decision.curves) {
            if (&second == first || !second.limits || (gpus && kindOf(second.curve) != DeviceKind::Gpu))
                continue;
            const Crossover crossover = crossoverOf(first->curve, second.curve, m_settings.seed);
            m_decision.crossovers.emplace_back(sentence(crossover, first->name, second.name), crossover);
        }
    }

    void judgeCells()
    {
        std::vector<std::optional<double>> costs;
        for (std::size_t index = 0; index < m_run.cells.size(); ++index) {
            const Cell& cell = m_run.cells[index];
            Candidate candidate { .cell = index };
            if (const auto server = serverOf(cell, m_settings))
                candidate.serving = served(*server, m_settings.rate, m_settings);
            const auto cost = candidate.serving.costPerMillion;
            // A fleet serves any rate; one machine is asked for its own throughput.
            candidate.verdict = judge(cell, m_settings.targets, cost);
            candidate.loss = lossOf(cell, m_settings.objective, cost);
            costs.push_back(cost);
            m_decision.candidates.push_back(std::move(candidate));
        }
        for (const std::size_t cell : paretoFront(m_run, costs))
            m_decision.candidates[cell].onFront = true;
    }

    /// Disturbed and unstable cells may win: their figures are what there is, and it is said.
    void choose()
    {
        auto& all = m_decision.candidates;
        const auto better = [&](std::size_t a, const std::optional<std::size_t>& b) {
            return !b || *all[a].loss < *all[*b].loss;
        };
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].verdict.feasible == Answer::Yes && all[i].loss && better(i, m_decision.best))
                m_decision.best = i;
        }
        if (!m_decision.best)
            return;
        const std::string& engine = keyOf(*m_decision.best).engine;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].verdict.feasible == Answer::Yes && all[i].loss && keyOf(i).engine != engine
                && better(i, m_decision.runnerUp))
                m_decision.runnerUp = i;
        }
    }

    /// What prices and measured figures do to the answer, and what each device costs over the rate.
    void weigh()
    {
        const auto cellOf = [&](const std::optional<std::size_t>& candidate) {
            return candidate ? std::optional(m_decision.candidates[*candidate].cell) : std::nullopt;
        };
        m_decision.serving = servingCurves(m_run, representatives(), m_settings);
        if (!m_decision.best)
            return;
        Targets others = m_settings.targets;
        others.costPerMillion.reset();
        std::vector<std::size_t> cells;
        for (const Candidate& candidate : m_decision.candidates)
            if (judge(m_run.cells[candidate.cell], others, {}).feasible == Answer::Yes)
                cells.push_back(candidate.cell);
        m_decision.swings
            = swingsOf(m_run, m_settings, cells, *cellOf(m_decision.best), cellOf(m_decision.runnerUp));
    }

    /// A cell of each engine: the best and the runner-up, of others the one with the highest throughput that
    /// misses no target.
    std::vector<std::size_t> representatives() const
    {
        std::vector<std::size_t> cells;
        for (const auto& chosen : { m_decision.best, m_decision.runnerUp })
            if (chosen)
                cells.push_back(m_decision.candidates[*chosen].cell);
        for (const Candidate& candidate : m_decision.candidates) {
            const Cell& cell = m_run.cells[candidate.cell];
            if (!cell.finished || !cell.throughput() || candidate.verdict.feasible == Answer::No)
                continue;
            const auto same = std::ranges::find(
                cells, cell.key.engine, [&](std::size_t other) { return m_run.cells[other].key.engine; });
            const auto chosen
                = same - cells.begin() < (m_decision.best.has_value() + m_decision.runnerUp.has_value());
            if (same == cells.end())
                cells.push_back(candidate.cell);
            else if (!chosen && *cell.throughput() > *m_run.cells[*same].throughput())
                *same = candidate.cell;
        }
        return cells;
    }

    static void append(std::vector<std::string>& all, std::vector<std::string> more)
    {
        std::ranges::move(more, std::back_inserter(all));
    }

    const CellKey& keyOf(std::size_t candidate) const
    {
        return m_run.cells[m_decision.candidates[candidate].cell].key;
    }

    void say()
    {
        if (!m_decision.best)
            return sayNone();
        const Candidate& best = m_decision.candidates[*m_decision.best];
        m_decision.recommendation = fmt::format("{}: {}{}.", curveAndBatch(keyOf(*m_decision.best)),
            figureOf(best, m_settings.objective, m_settings, m_run),
            best.serving.machines ? fmt::format(", {} {} for {:g} items/s", *best.serving.machines,
                *best.serving.machines == 1 ? "machine" : "machines", *m_settings.rate)
                                  : "");
        for (const Check& check : best.verdict.checks)
            m_decision.reasons.push_back("Its " + check.words + ".");
        sayRunnerUp(best);
        for (const auto& [words, crossover] : m_decision.crossovers)
            m_decision.reasons.push_back(words);
        sayAssumptions();
        sayWhatWouldChange();
    }

    void sayNone()
    {
        int unknown = 0, measured = 0;
        for (const Candidate& candidate : m_decision.candidates) {
            measured += m_run.cells[candidate.cell].finished.has_value();
            unknown += candidate.verdict.feasible == Answer::Unknown
                || (candidate.verdict.feasible == Answer::Yes && !candidate.loss);
        }
        m_decision.recommendation = measured == 0 ? "No recommendation: nothing was measured."
            : unknown > 0
            ? fmt::format("No recommendation: of {} measured cells none surely meets the targets; of {} a "
                          "figure is unknown.",
                measured, unknown)
            : fmt::format("No recommendation: none of the {} measured cells meets the targets.", measured);
        sayWhatIsMissed();
        sayAssumptions();
    }

    /// For each target how many of the measured cells miss it, with the first as an example.
    void sayWhatIsMissed()
    {
        std::vector<const Candidate*> measured;
        for (const Candidate& candidate : m_decision.candidates)
            if (m_run.cells[candidate.cell].finished)
                measured.push_back(&candidate);
        const std::size_t targets = measured.empty() ? 0 : measured.front()->verdict.checks.size();
        for (std::size_t target = 0; target < targets; ++target) {
            for (const Answer answer : { Answer::No, Answer::Unknown }) {
                const auto misses
                    = [&](const Candidate* c) { return c->verdict.checks[target].met == answer; };
                const auto first = std::ranges::find_if(measured, misses);
                if (first != measured.end())
                    m_decision.reasons.push_back(
                        fmt::format("{} of {} cells: {} ({}).", std::ranges::count_if(measured, misses),
                            measured.size(), (*first)->verdict.checks[target].words,
                            curveAndBatch(m_run.cells[(*first)->cell].key)));
            }
        }
    }

    void sayRunnerUp(const Candidate& best)
    {
        if (!m_decision.runnerUp) {
            m_decision.reasons.push_back("No cell of another device meets the targets.");
            return;
        }
        const Candidate& second = m_decision.candidates[*m_decision.runnerUp];
        const double times = *second.loss / *best.loss;
        const std::string name = curveAndBatch(keyOf(*m_decision.runnerUp));
        m_decision.reasons.push_back(
            fmt::format("The best of another device is {}, with {}: {:.3g} times as much{}.", name,
                figureOf(second, m_settings.objective, m_settings, m_run),
                m_settings.objective == Objective::Throughput ? 1 / times : times, howSure(best, second)));
    }

    /// Whether the intervals of both latencies keep the answer.
    std::string howSure(const Candidate& best, const Candidate& second) const
    {
        const Cell &a = m_run.cells[best.cell], &b = m_run.cells[second.cell];
        if (m_settings.objective == Objective::Energy || !a.summary.interval || !b.summary.interval)
            return "";
        const auto relative = [](const Cell& cell, Nanoseconds end) {
            return static_cast<double>(end.count()) / static_cast<double>(cell.summary.median->count());
        };
        // All other objectives are in proportion to the latency.
        const double worst = *best.loss * relative(a, a.summary.interval->high);
        const double least = *second.loss * relative(b, b.summary.interval->low);
        return worst < least
            ? ", which the 95 % intervals of both confirm"
            : ", but the 95 % intervals of both overlap: it may as well be the other way round";
    }

    void sayAssumptions()
    {
        auto& said = m_decision.assumptions;
        said.push_back(
            fmt::format("Measured on {} at {}.", m_run.header.environment.host, m_run.header.startedAt));
        for (const DeviceInfo& device : m_run.header.devices)
            said.push_back(fmt::format("{} is {}{}.", device.id, device.name,
                device.recordedOn ? ", recorded on " + device.recordedOn->machine : ""));
        append(said,
            costAssumptions(m_run, m_settings,
                m_decision.best ? std::optional(m_decision.candidates[*m_decision.best].cell)
                                : std::nullopt));
        if (m_decision.best) {
            const Cell& best = m_run.cells[m_decision.candidates[*m_decision.best].cell];
            if (best.status != CellStatus::Ok)
                said.push_back(
                    fmt::format("The recommended cell is {}: {}", cellStatusName(best.status), best.reason));
        }
    }

    void sayWhatWouldChange()
    {
        auto& said = m_decision.wouldChange;
        for (const CurveFacts& facts : m_decision.curves) {
            if (!facts.limits)
                continue;
            if (facts.limits->withinLatency && !facts.limits->latencyAll)
                said.push_back(fmt::format("{} keeps the latency target up to batch {:.0f}.", facts.name,
                    std::floor(*facts.limits->withinLatency)));
            if (facts.limits->memoryWall)
                said.push_back(
                    fmt::format("{} has no memory for batch {}.", facts.name, *facts.limits->memoryWall));
        }
        append(said, flipSentences(m_decision.swings, m_run, m_settings));
        append(said,
            breakEvenSentences(m_run, m_settings, m_decision.candidates[*m_decision.best].cell,
                m_decision.runnerUp ? std::optional(m_decision.candidates[*m_decision.runnerUp].cell)
                                    : std::nullopt));
    }

    const Run& m_run;
    const DecisionSettings& m_settings;
    Decision m_decision;
};

} // namespace

std::string curveAndBatch(const CellKey& key)
{
    return fmt::format("{} at batch {}", curveName(key), key.batch);
}

Decision decide(const Run& run, const DecisionSettings& settings)
{
    return Deciding(run, settings).made();
}

} // namespace core
