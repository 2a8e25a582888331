// SPDX-License-Identifier: GPL-3.0-or-later
// Speed of the CPU engine's kernels one by one, by Google Benchmark: every operator case that the tests
// check, and the layers that the built-in models spend their time in. Names tell the case, its shapes and the
// threads:
//   op-bench --benchmark_filter='layer/resnet50.*Conv.*/2$' --benchmark_repetitions=5
#include "core/engine/inputs.h"
#include "core/model/cost.h"
#include "core/model/passes.h"
#include "core/model/shape_inference.h"
#include "core/model/zoo.h"
#include "cpu/cpu_engine.h"
#include "tests/support/op_cases.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

namespace {

struct Case {
    std::string name;
    std::shared_ptr<const core::Graph> graph;
    core::DimBindings dims;
    std::vector<core::Tensor> inputs;
};

core::Engine& engine()
{
    static const std::unique_ptr<core::Engine> made = cpu::makeEngine();
    return *made;
}

void run(benchmark::State& state, const Case& one)
{
    const auto program
        = engine().compile(one.graph, { .dims = one.dims, .threads = static_cast<int>(state.range(0)) });
    for (std::size_t i = 0; i < one.inputs.size(); ++i)
        program->write(static_cast<int>(i), one.inputs[i].bytes());
    program->run();
    for (auto _ : state)
        state.SetIterationTime(std::chrono::duration<double>(program->run().host).count());
    const core::Shapes shapes = core::inferShapes(*one.graph, one.dims);
    core::NodeCost sum {};
    for (const core::NodeCost& cost : core::nodeCosts(*one.graph, shapes)) {
        sum.flop += cost.flop;
        sum.weightBytes += cost.weightBytes;
        sum.activationBytes += cost.activationBytes;
    }
    using benchmark::Counter;
    const auto perRun = Counter::kIsIterationInvariantRate;
    if (sum.flop > 0)
        state.counters["FLOP/s"] = Counter(static_cast<double>(sum.flop), perRun);
    state.counters["bytes/s"] = Counter(static_cast<double>(sum.weightBytes + sum.activationBytes), perRun);
}

/// The node by itself: what is no weight becomes an input of the shape it has in the model.
Case alone(
    const core::Graph& graph, const core::Shapes& shapes, const core::Node& node, const std::string& name)
{
    core::Graph one;
    one.storage = graph.storage;
    core::Node copy = node;
    std::map<core::ValueId, core::ValueId> ids;
    const auto idOf = [&](core::ValueId value, bool isInput) {
        if (value == core::kNoValue || ids.contains(value))
            return value == core::kNoValue ? value : ids[value];
        core::Value added = graph.value(value);
        added.type = shapes.typeOf(value);
        added.shape.emplace();
        for (const std::int64_t size : shapes.of(value))
            added.shape->push_back({ size, {} });
        const auto id = static_cast<core::ValueId>(one.values.size());
        if (isInput && !added.constant)
            one.inputs.push_back(id);
        one.values.push_back(std::move(added));
        return ids[value] = id;
    };
    for (core::ValueId& value : copy.inputs)
        value = idOf(value, true);
    for (core::ValueId& value : copy.outputs) {
        value = idOf(value, false);
        if (value != core::kNoValue)
            one.outputs.push_back(value);
    }
    one.nodes.push_back(std::move(copy));
    Case made { name, std::make_shared<const core::Graph>(std::move(one)), {}, {} };
    if (!made.graph->inputs.empty() && !shapes.of(node.inputs[0]).empty())
        made.dims.batch = shapes.of(node.inputs[0])[0];
    made.inputs = core::synthesiseInputs(*made.graph, core::inferShapes(*made.graph, made.dims), 1);
    return made;
}

/// Nodes of a built-in model that do at least a million operations, each shape once.
std::vector<Case> layersOf(const std::string& model)
{
    constexpr std::int64_t kWorthIt = 1'000'000;
    const auto graph = core::optimise(*core::openZoo(model).graph);
    const core::Shapes shapes = core::inferShapes(*graph, {});
    std::set<std::string> seen;
    std::vector<Case> cases;
    for (const core::Node& node : graph->nodes) {
        if (core::costOf(*graph, node, shapes).flop < kWorthIt)
            continue;
        std::string name = fmt::format("layer/{}/{}", model, core::opName(node.kind));
        for (const auto& list : { node.inputs, node.outputs })
            for (const core::ValueId value : list)
                if (value != core::kNoValue)
                    name += fmt::format("/{}", fmt::join(shapes.of(value), "x"));
        if (seen.insert(name).second)
            cases.push_back(alone(*graph, shapes, node, name));
    }
    return cases;
}

} // namespace

int main(int argc, char** argv)
{
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    std::vector<Case> cases;
    for (support::OpCase& each : support::opCases())
        cases.push_back({ "case/" + each.name, each.graph, each.dims, std::move(each.inputs) });
    for (const char* model : { "resnet50", "mobilenetv2", "bert-base" })
        for (Case& layer : layersOf(model))
            cases.push_back(std::move(layer));
    for (const Case& one : cases)
        benchmark::RegisterBenchmark(one.name.c_str(), [&one](benchmark::State& state) { run(state, one); })
            ->Arg(1)
            ->Arg(2)
            ->UseManualTime()
            ->Unit(benchmark::kMicrosecond);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
