// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quantise/quantise.h"

#include "core/error.h"
#include "core/measure/compare.h"
#include "core/measure/reference_outputs.h"
#include "core/model/passes.h"
#include "core/quantise/quantisable.h"

#include <algorithm>

namespace core {
namespace {

using Layers = std::vector<Quantisable>;
using Ranges = std::map<ValueId, Quantisation>;

void say(const QuantiseOptions& options, const QuantiseProgress& progress)
{
    if (options.progress)
        options.progress(progress);
}

void checkStop(const std::stop_token& stop)
{
    if (stop.stop_requested())
        throw Error("Cannot quantise: it was stopped.");
}

/// Folding would turn int8 weights into fp32 ones, and their rounding would pass for what they were.
void checkFloat(const Graph& graph)
{
    for (const Node& node : graph.nodes)
        if (node.kind == OpKind::QuantizeLinear || node.kind == OpKind::DequantizeLinear)
            throw Error("Cannot quantise: the model is quantised already, by node \"{}\" ({}).", node.name,
                node.type);
}

/// What files may have and quantising wants: constants folded, normalisation inside convolutions.
Graph prepared(const Graph& graph)
{
    return removeDeadNodes(foldAffine(removeIdentities(foldConstants(removeDeadNodes(graph)))));
}

/// Runs graphs on one engine, with one set of inputs after the other.
class Runner {
public:
    Runner(Engine& engine, const CompileOptions& options, std::stop_token stop)
        : m_engine(engine)
        , m_options(options)
        , m_stop(std::move(stop))
    {
    }

    /// take(outputs of the graph) for each set.
    template <typename Take> void run(const Graph& graph, std::span<const InputSet> sets, Take take)
    {
        const auto optimised = optimise(graph);
        if (const auto refusals = m_engine.refusals(*optimised); !refusals.empty())
            throw Error(
                "Cannot quantise: engine \"{}\" refuses {}", m_engine.device().id, summarise(refusals));
        const auto program = m_engine.compile(optimised, m_options);
        for (const InputSet& inputs : sets) {
            checkStop(m_stop);
            writeInputs(*program, inputs);
            program->run();
            take(readOutputs(*program, *optimised));
        }
    }

private:
    Engine& m_engine;
    const CompileOptions& m_options;
    std::stop_token m_stop;
};

/// The quantisation of every value that quantising `layers` rounds.
Ranges rangesOf(const Graph& graph, const Layers& layers, Runner& runner,
    std::span<const InputSet> calibration, const QuantiseOptions& options)
{
    Graph watched = graph;
    std::map<ValueId, Calibration> calibrations;
    for (const auto& [id, range] : roundedValues(graph, layers))
        calibrations[range];
    watched.outputs.clear();
    for (const auto& [id, seen] : calibrations)
        watched.outputs.push_back(id);
    const bool twice = options.method != CalibrationMethod::MinMax;
    std::size_t seenSets = 0;
    const auto each = [&](auto look) {
        runner.run(watched, calibration, [&](const std::vector<Tensor>& values) {
            say(options, { QuantisePhase::Ranges, ++seenSets, calibration.size() * (twice ? 2 : 1) });
            for (std::size_t i = 0; i < values.size(); ++i)
                look(calibrations.at(watched.outputs[i]), values[i].as<float>());
        });
    };
    each([](Calibration& seen, std::span<const float> x) { seen.count(x); });
    if (twice)
        each([](Calibration& seen, std::span<const float> x) { seen.distribute(x); });
    Ranges ranges;
    for (const auto& [id, seen] : calibrations)
        ranges[id] = seen.quantisation(options.method, options.percentile);
    return ranges;
}

std::size_t largest(std::span<const float> row)
{
    return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

/// Rows of a tensor are its last dimension; one of a single element has no largest.
void countSameTop(const Tensor& actual, const Tensor& expected, Accuracy& accuracy)
{
    if (actual.type() != ElementType::Float32 || actual.shape().empty() || actual.shape().back() < 2)
        return;
    const auto length = static_cast<std::size_t>(actual.shape().back());
    const auto a = actual.as<float>(), e = expected.as<float>();
    for (std::size_t at = 0; at < a.size(); at += length) {
        ++accuracy.rows;
        accuracy.sameTop += largest(a.subspan(at, length)) == largest(e.subspan(at, length));
    }
}

Accuracy accuracyOf(const Graph& graph, Runner& runner, std::span<const InputSet> evaluation,
    const std::vector<std::vector<Tensor>>& expected)
{
    Accuracy accuracy;
    runner.run(graph, evaluation, [&](const std::vector<Tensor>& actual) {
        const std::vector<Tensor>& wanted = expected[accuracy.inputs++];
        for (std::size_t i = 0; i < actual.size(); ++i) {
            if (actual[i].type() != ElementType::Float32)
                continue;
            const Difference off = compare(actual[i].view(), wanted[i].view());
            accuracy.cosine = std::min(accuracy.cosine, off.cosine);
            accuracy.maxAbs = std::max(accuracy.maxAbs, off.maxAbs);
        }
        if (!actual.empty())
            countSameTop(actual[0], wanted[0], accuracy);
    });
    return accuracy;
}

/// The search for layers that have to stay fp32.
class Search {
public:
    Search(const Graph& graph, Layers layers, Ranges ranges, Runner& runner,
        std::span<const InputSet> evaluation)
        : m_graph(graph)
        , m_layers(std::move(layers))
        , m_ranges(std::move(ranges))
        , m_runner(runner)
        , m_evaluation(evaluation)
    {
        runner.run(graph, evaluation,
            [&](std::vector<Tensor> outputs) { m_expected.push_back(std::move(outputs)); });
    }

    Graph graphOf(const Layers& layers) const { return withQuantised(m_graph, layers, m_ranges); }
    Accuracy accuracy(const Layers& layers) const
    {
        return accuracyOf(graphOf(layers), m_runner, m_evaluation, m_expected);
    }

    /// The most layers, those that cost least alone first, with which the outputs are near enough; with the
    /// cosine that each has alone, by node.
    Layers nearEnough(const QuantiseOptions& options)
    {
        const double leastCosine = options.leastCosine;
        say(options, { QuantisePhase::Accuracy, 0, 1 });
        if (leastCosine <= 0 || accuracy(m_layers).cosine >= leastCosine)
            return m_layers;
        for (const Quantisable& layer : m_layers) {
            say(options, { QuantisePhase::Layers, m_alone.size(), m_layers.size() });
            m_alone[layer.node] = accuracy({ layer }).cosine;
        }
        Layers byCost = m_layers;
        std::stable_sort(byCost.begin(), byCost.end(), [&](const Quantisable& a, const Quantisable& b) {
            return m_alone.at(a.node) > m_alone.at(b.node);
        });
        std::size_t good = 0, bad = byCost.size(); // the accuracy is taken to fall with every layer
        while (bad - good > 1) {
            const std::size_t count = (good + bad) / 2;
            (accuracy(firstOf(byCost, count)).cosine >= leastCosine ? good : bad) = count;
        }
        return firstOf(byCost, good);
    }

    /// Why a layer is not among the chosen ones.
    std::string reason(const Quantisable& layer, double leastCosine) const
    {
        return fmt::format(
            "outputs' cosine under {:g} with it; {:.6f} with it alone", leastCosine, m_alone.at(layer.node));
    }

private:
    /// In the graph's order.
    static Layers firstOf(const Layers& byCost, std::size_t count)
    {
        Layers layers(byCost.begin(), byCost.begin() + static_cast<std::ptrdiff_t>(count));
        std::sort(layers.begin(), layers.end(),
            [](const Quantisable& a, const Quantisable& b) { return a.node < b.node; });
        return layers;
    }

    const Graph& m_graph;
    Layers m_layers;
    Ranges m_ranges;
    Runner& m_runner;
    std::span<const InputSet> m_evaluation;
    std::vector<std::vector<Tensor>> m_expected; // of fp32, by set
    std::map<std::size_t, double> m_alone; // by node
};

Layers withoutKept(const Graph& graph, const Layers& all, std::set<std::string> keep)
{
    Layers layers;
    for (const Quantisable& layer : all)
        if (keep.erase(graph.nodes[layer.node].name) == 0)
            layers.push_back(layer);
    if (!keep.empty())
        throw Error("Cannot quantise: there is no convolution or product with weights named \"{}\" to keep.",
            *keep.begin());
    if (layers.empty())
        throw Error("Cannot quantise: the model has no convolution or product with constant fp32 weights{}.",
            all.empty() ? "" : " that is not to be kept");
    return layers;
}

} // namespace

QuantisedModel quantise(const Graph& graph, Engine& engine, const CompileOptions& compiling,
    std::span<const InputSet> calibration, std::span<const InputSet> evaluation,
    const QuantiseOptions& options, std::stop_token stop)
{
    checkFloat(graph);
    const Graph base = prepared(graph);
    const Layers all = quantisables(base), layers = withoutKept(base, all, options.keep);
    Runner runner(engine, compiling, std::move(stop));
    Search search(base, layers, rangesOf(base, layers, runner, calibration, options), runner, evaluation);
    const Layers chosen = search.nearEnough(options);
    if (chosen.empty())
        throw Error(
            "Cannot quantise: with any layer the outputs' cosine is under {:g}.", options.leastCosine);
    QuantisedModel model {
        .graph = removeDeadNodes(search.graphOf(chosen)), .layers = {}, .accuracy = search.accuracy(chosen)
    };
    const auto among = [](const Layers& list, const Quantisable& layer) {
        return std::any_of(
            list.begin(), list.end(), [&](const auto& each) { return each.node == layer.node; });
    };
    for (const Quantisable& layer : all) {
        const Node& node = base.nodes[layer.node];
        model.layers.push_back({ node.name, node.type, {} });
        if (!among(layers, layer))
            model.layers.back().kept = "as asked";
        else if (!among(chosen, layer))
            model.layers.back().kept = search.reason(layer, options.leastCosine);
    }
    model.weightBytesBefore = weightBytes(graph);
    model.weightBytesAfter = weightBytes(model.graph);
    return model;
}

} // namespace core
