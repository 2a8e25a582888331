// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quantise/quantise_file.h"

#include "core/engine/inputs.h"
#include "core/measure/model_summary.h"
#include "core/model/upgrade.h"
#include "core/model/writer.h"

#include <algorithm>

namespace core {
namespace {

/// The opset of the default domain that the file is written for.
int opsetOf(const Graph& graph)
{
    int opset = 13;
    for (const Node& node : graph.nodes)
        if (node.domain.empty() || node.domain == "ai.onnx")
            opset = std::max(opset, node.version);
    return opset;
}

/// What `given` makes as the only set; without it `count` sets made from seeds from `seed` on.
std::vector<InputSet> inputSets(
    const Graph& graph, const DimBindings& dims, const InputMaker& given, std::uint64_t seed, int count)
{
    const Shapes shapes = inferShapes(graph, dims);
    std::vector<InputSet> sets;
    if (given) {
        sets.push_back(given(graph, shapes));
        return sets;
    }
    for (int i = 0; i < count; ++i)
        sets.push_back(synthesiseInputs(graph, shapes, seed + static_cast<std::uint64_t>(i)));
    return sets;
}

} // namespace

QuantisedModel quantiseFile(const Model& model, Engine& engine, const CompileOptions& compiling,
    const QuantiseFile& file, std::stop_token stop)
{
    const DimBindings& dims = compiling.dims;
    checkDims(*model.graph, dims.named, "quantise");
    // DequantizeLinear has scales for channels since opset 13.
    const Graph graph = upgradedTo13(*model.graph, inferShapes(*model.graph, dims));
    const auto calibration = inputSets(graph, dims, file.given, file.seed, file.samples);
    const auto evaluation = inputSets(
        graph, dims, file.given, file.seed + static_cast<std::uint64_t>(file.samples), file.evaluated);
    QuantisedModel quantised
        = quantise(graph, engine, compiling, calibration, evaluation, file.how, std::move(stop));
    writeOnnx(quantised.graph, file.output, opsetOf(graph));
    return quantised;
}

} // namespace core
