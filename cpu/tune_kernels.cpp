// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/tune_kernels.h"

#include "core/engine/inputs.h"
#include "core/error.h"
#include "core/measure/placement.h"
#include "core/measure/statistics.h"
#include "cpu/kernel_book.h"

#include <algorithm>

namespace cpu {

namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kFewestRounds = 7, kMostTraces = 25, kMostRounds = 61;
constexpr auto kTraceTime = std::chrono::seconds(2), kCompareTime = std::chrono::seconds(3);
constexpr double kMargin = 0.98; // what is hardly faster in a trace stays as it is: rules do not vary
constexpr std::uint64_t kSeed = 1;

/// A program with its choices, and the time of each node with the layout changes in front of it.
struct Candidate {
    KernelChoices choices;
    std::unique_ptr<core::Program> program;
    std::vector<core::Trace> traces;
    std::vector<nanoseconds> times; // per node; 0: folded, or nothing to do
    std::vector<std::string> kernels; // per node
};

class Tuner {
public:
    Tuner(const core::BoundGraph& bound, const dnnl::engine& engine, const Settings& settings,
        std::stop_token stop)
        : m_bound(bound)
        , m_engine(engine)
        , m_settings(settings)
        , m_stop(std::move(stop))
        , m_inputs(core::synthesiseInputs(*bound.graph, *bound.shapes, kSeed))
    {
    }

    /// Programs of one kind each: by rule first.
    std::vector<Candidate> uniform() const
    {
        std::vector<Candidate> found;
        for (const KernelChoice choice : { KernelChoice {}, KernelChoice { KernelFamily::Library, {} },
                 KernelChoice { KernelFamily::Own, {} },
                 KernelChoice { KernelFamily::Library, ImageLayout::ChannelsLast } })
            found.push_back(assembled(KernelChoices(m_bound.graph->nodes.size(), choice)));
        return found;
    }

    Candidate assembled(KernelChoices choices) const
    {
        checkStop();
        Candidate candidate { choices, assemble(m_bound, m_engine, m_settings, choices), {}, {}, {} };
        for (std::size_t i = 0; i < m_inputs.size(); ++i)
            candidate.program->write(static_cast<int>(i), m_inputs[i].bytes());
        candidate.program->run(); // warm
        return candidate;
    }

    void trace(std::vector<Candidate>& candidates) const
    {
        const auto end = Clock::now() + kTraceTime * candidates.size();
        for (std::size_t round = 0; round < kMostTraces && (round < kFewestRounds || Clock::now() < end);
             ++round)
            for (Candidate& candidate : candidates) {
                checkStop();
                candidate.program->run(&candidate.traces.emplace_back());
            }
        for (Candidate& candidate : candidates)
            sumUp(candidate);
    }

    /// Whole runs of both in turn: how many times faster `other` is, in each round.
    std::vector<double> ratios(Candidate& base, Candidate& other) const
    {
        std::vector<double> found;
        const auto end = Clock::now() + kCompareTime;
        while (found.size() < kMostRounds && (found.size() < kFewestRounds || Clock::now() < end)) {
            checkStop();
            // Whoever runs second finds the caches as the first left them: they take turns.
            const bool turn = found.size() % 2 == 1;
            Candidate &first = turn ? other : base, &second = turn ? base : other;
            const auto one = first.program->run().host, two = second.program->run().host;
            found.push_back(static_cast<double>((turn ? two : one).count())
                / static_cast<double>(std::max<std::int64_t>(1, (turn ? one : two).count())));
        }
        return found;
    }

private:
    void checkStop() const
    {
        if (m_stop.stop_requested())
            throw core::Error("Cannot tune the kernels: it was stopped before its end.");
    }

    void sumUp(Candidate& candidate) const
    {
        candidate.times.assign(m_bound.graph->nodes.size(), {});
        candidate.kernels.assign(m_bound.graph->nodes.size(), {});
        nanoseconds inserted {};
        for (const core::PlacedNode& row : core::placementOf(candidate.traces).nodes) {
            inserted += row.time;
            if (row.node < 0)
                continue;
            candidate.times[static_cast<std::size_t>(row.node)] = std::exchange(inserted, {});
            candidate.kernels[static_cast<std::size_t>(row.node)] = row.kernel;
        }
    }

    const core::BoundGraph& m_bound;
    const dnnl::engine& m_engine;
    const Settings& m_settings;
    std::stop_token m_stop;
    std::vector<core::Tensor> m_inputs;
};

bool isFaster(nanoseconds time, nanoseconds than)
{
    return static_cast<double>(time.count()) < kMargin * static_cast<double>(than.count());
}

/// Node by node the fastest of the candidates that keep the rules' layout.
KernelChoices fastestFamilies(const std::vector<Candidate>& candidates)
{
    KernelChoices choices = candidates.front().choices;
    std::vector<nanoseconds> times = candidates.front().times;
    for (const Candidate& candidate : candidates)
        for (std::size_t node = 0; node < choices.size(); ++node)
            if (candidate.choices[node].layout == ImageLayout::Blocked
                && candidate.kernels[node] != candidates.front().kernels[node]
                && isFaster(candidate.times[node], times[node])) {
                choices[node] = candidate.choices[node];
                times[node] = candidate.times[node];
            }
    return choices;
}

/// Runs of nodes whose outputs have the same height and width: within one, a layout need not change.
std::vector<std::pair<std::size_t, std::size_t>> segments(const core::BoundGraph& bound)
{
    std::vector<std::pair<std::size_t, std::size_t>> found;
    core::Shape last;
    for (std::size_t node = 0; node < bound.graph->nodes.size(); ++node) {
        const core::Shape& shape = bound.shapes->of(bound.graph->nodes[node].outputs.front());
        const core::Shape size(shape.begin() + std::min<std::ptrdiff_t>(2, std::ssize(shape)), shape.end());
        if (found.empty() || size != last)
            found.emplace_back(node, node);
        found.back().second = node + 1;
        last = size;
    }
    return found;
}

/// The same with the channels last in every segment that this makes faster by the traces.
KernelChoices withLayouts(
    const core::BoundGraph& bound, const std::vector<Candidate>& candidates, KernelChoices choices)
{
    const Candidate& last = candidates.back();
    for (const auto& [begin, end] : segments(bound)) {
        nanoseconds before {}, after {};
        for (std::size_t node = begin; node < end; ++node) {
            nanoseconds best = candidates.front().times[node];
            for (const Candidate& each : candidates)
                if (each.choices[node] == choices[node])
                    best = each.times[node];
            before += best;
            after += last.times[node];
        }
        if (isFaster(after, before))
            std::copy(last.choices.begin() + static_cast<std::ptrdiff_t>(begin),
                last.choices.begin() + static_cast<std::ptrdiff_t>(end),
                choices.begin() + static_cast<std::ptrdiff_t>(begin));
    }
    return choices;
}

std::vector<core::KernelSwap> swapsOf(
    const core::BoundGraph& bound, const Candidate& before, const Candidate& after)
{
    std::vector<core::KernelSwap> swaps;
    for (std::size_t node = 0; node < before.times.size(); ++node)
        if (before.kernels[node] != after.kernels[node])
            swaps.push_back(
                { bound.graph->nodes[node].name, std::string(core::opName(bound.graph->nodes[node].kind)),
                    before.kernels[node], after.kernels[node], before.times[node], after.times[node] });
    return swaps;
}

/// The median of ratios and its interval into `tuning`.
void setRatio(core::KernelTuning& tuning, std::vector<double> ratios)
{
    std::sort(ratios.begin(), ratios.end());
    const std::size_t count = ratios.size(), rank = core::medianIntervalRank(count).value();
    tuning.rounds = count;
    tuning.ratio = ratios[(count - 1) / 2];
    tuning.low = ratios[rank - 1];
    tuning.high = ratios[count - rank];
}

} // namespace

std::optional<core::KernelTuning> tuneKernels(const std::shared_ptr<const core::Graph>& graph,
    std::span<const core::InputFact> inputs, const dnnl::engine& engine, const Settings& settings,
    const std::stop_token& stop)
{
    const core::BoundGraph bound = core::bindGraph(graph, inputs, settings.tuning.fuse);
    if (bound.open())
        return {};
    const Tuner tuner(bound, engine, settings, stop);
    std::vector<Candidate> candidates = tuner.uniform();
    tuner.trace(candidates);
    const KernelChoices families = fastestFamilies(candidates);
    std::vector<KernelChoices> wanted { families };
    if (const KernelChoices layouts = withLayouts(bound, candidates, families); layouts != families)
        wanted.push_back(layouts);

    core::KernelTuning tuning { .programs = candidates.size() };
    Candidate rules = std::move(candidates.front());
    candidates.clear(); // their memory, before more is taken
    KernelChoices best = rules.choices;
    for (const KernelChoices& choices : wanted) {
        if (choices == rules.choices)
            continue;
        ++tuning.programs;
        std::vector<Candidate> next;
        next.push_back(tuner.assembled(choices));
        core::KernelTuning now = tuning;
        setRatio(now, tuner.ratios(rules, next.front()));
        if (now.low <= 1 || now.ratio <= tuning.ratio)
            continue;
        tuner.trace(next);
        tuning = now;
        tuning.kept = true;
        tuning.swaps = swapsOf(bound, rules, next.front());
        best = choices;
    }
    try {
        rememberChoices(programKey(*bound.graph, *bound.shapes, settings), best, settings.cache);
    } catch (const core::Error& error) {
        tuning.notWritten = error.what();
    }
    return tuning;
}

} // namespace cpu
