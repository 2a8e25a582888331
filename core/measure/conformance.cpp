// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/conformance.h"

#include "core/error.h"
#include "core/measure/compare.h"
#include "core/measure/reference_outputs.h"
#include "core/ops/random.h"

#include <algorithm>
#include <cmath>

namespace core {

namespace {

/// Room for roundings on the way: each moves a float16 by up to 0.05 % and a bfloat16, of 8 significant bits,
/// by 0.4 %.
double leastRelative(ElementType type)
{
    return type == ElementType::BFloat16 ? 2e-2 : type == ElementType::Float16 ? 1e-2 : 0;
}

bool close(double actual, double expected, double relative, double absolute)
{
    if (actual == expected || (std::isnan(actual) && std::isnan(expected)))
        return true;
    // An infinite bound would let any number pass for infinity.
    return std::isfinite(expected) && std::abs(actual - expected) <= absolute + relative * std::abs(expected);
}

void requireFit(const Value& declared, const Tensor& given)
{
    if (given.type() != declared.type)
        throw Error("Cannot use the data: input \"{}\" is {}, the model wants {}.", declared.name,
            elementName(given.type()), elementName(declared.type));
    if (declared.shape && declared.shape->size() != given.shape().size())
        throw Error("Cannot use the data: input \"{}\" has {} dimensions, the model wants {}.", declared.name,
            given.shape().size(), declared.shape->size());
}

std::string formMismatch(const Tensor& actual, const Tensor& expected)
{
    if (actual.type() == expected.type() && actual.shape() == expected.shape())
        return {};
    return fmt::format("{} {}, expected {} {}", elementName(actual.type()), toString(actual.shape()),
        elementName(expected.type()), toString(expected.shape()));
}

} // namespace

std::string mismatch(const Tensor& actual, const Tensor& expected, const Tolerance& tolerance)
{
    if (std::string wrong = formMismatch(actual, expected); !wrong.empty())
        return wrong;
    const double relative = std::max(tolerance.relative, leastRelative(expected.type()));
    const TensorView a = actual.view(), e = expected.view();
    for (std::size_t i = 0; i < static_cast<std::size_t>(expected.count()); ++i) {
        const double x = numberAt(a, i), y = numberAt(e, i);
        if (!close(x, y, relative, tolerance.absolute))
            return fmt::format("element {} is {:g}, expected {:g}", i, x, y);
    }
    return {};
}

DimBindings dimsOf(const Graph& graph, const std::vector<Tensor>& inputs)
{
    if (inputs.size() != graph.inputs.size())
        throw Error(
            "Cannot use the data: it has {} inputs, the model {}.", inputs.size(), graph.inputs.size());
    DimBindings dims;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const Value& declared = graph.value(graph.inputs[i]);
        requireFit(declared, inputs[i]);
        const Shape& shape = inputs[i].shape();
        if (i == 0 && !shape.empty())
            dims.batch = shape[0];
        for (std::size_t d = 0; declared.shape && d < shape.size(); ++d)
            if (const Dim& dim = (*declared.shape)[d]; !dim.fixed() && dim.symbol != graph.batchSymbol)
                dims.named.emplace(dim.symbol, shape[d]);
    }
    return dims;
}

std::string disagreement(Engine& engine, std::shared_ptr<const Graph> graph, const DataSet& data,
    const Tolerance& tolerance, int threads)
{
    const DimBindings dims = dimsOf(*graph, data.inputs);
    const auto program = engine.compile(graph, { .dims = dims, .threads = threads });
    writeInputs(*program, data.inputs);
    program->run();
    const std::vector<Tensor> outputs = readOutputs(*program, *graph);
    if (outputs.size() != data.outputs.size())
        return fmt::format("{} outputs, expected {}", outputs.size(), data.outputs.size());
    const bool random = std::any_of(
        graph->nodes.begin(), graph->nodes.end(), [](const Node& node) { return ops::isRandom(node.kind); });
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const std::string difference = random ? formMismatch(outputs[i], data.outputs[i])
                                              : mismatch(outputs[i], data.outputs[i], tolerance);
        if (!difference.empty())
            return fmt::format("output {}: {}", i, difference);
    }
    return {};
}

} // namespace core
