// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_cases.h"

#include "core/model/zoo/random_weights.h"
#include "core/ops/half.h"
#include "core/ops/op_table.h"
#include "core/ops/types.h"
#include "tests/support/op_case_builder.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace support {

using core::ElementType;
using core::Shape;
using core::Tensor;

Operand input(Shape shape)
{
    return { .shape = std::move(shape) };
}

Operand positive(Shape shape)
{
    return { .shape = std::move(shape), .mean = 3, .deviation = 0.5 };
}

Operand weight(Shape shape)
{
    const auto fanIn = core::elementCount(Shape(shape.begin() + (shape.size() > 1 ? 1 : 0), shape.end()));
    const double deviation = shape.size() > 1 ? 1 / std::sqrt(static_cast<double>(fanIn)) : 1;
    return { .shape = std::move(shape), .constant = true, .deviation = deviation };
}

Operand matrix(Shape shape)
{
    const double deviation = 1 / std::sqrt(static_cast<double>(shape[shape.size() - 2]));
    return { .shape = std::move(shape), .constant = true, .deviation = deviation };
}

Operand integers(Shape shape, std::int64_t below, ElementType type)
{
    return { .shape = std::move(shape), .type = type, .below = below };
}

Operand given(Shape shape, std::vector<double> values, ElementType type)
{
    return { .shape = std::move(shape), .type = type, .values = std::move(values) };
}

Operand constants(std::vector<double> values)
{
    return {
        .shape = { std::ssize(values) }, .type = ElementType::Int64, .constant = true, .values = values
    };
}

Operand flags(Shape shape)
{
    return { .shape = std::move(shape), .type = ElementType::Bool, .below = 2 };
}

Operand absent()
{
    return { .absent = true };
}

namespace {

Tensor makeTensor(const Operand& operand, std::uint64_t stream)
{
    if (core::ops::isHalf(operand.type)) {
        Operand wide = operand;
        wide.type = ElementType::Float32;
        Tensor half(operand.type, operand.shape);
        core::ops::narrow(makeTensor(wide, stream).view(), half);
        return half;
    }
    Tensor tensor(operand.type, operand.shape);
    std::vector<float> random(static_cast<std::size_t>(tensor.count()));
    core::zoo::fillRandom(random, stream, operand.deviation, operand.mean);
    const bool real = operand.type == ElementType::Float32 || operand.type == ElementType::Double;
    core::ops::dispatch(core::ops::AllTypes {}, operand.type, [&]<typename T>() {
        const auto elements = tensor.as<T>();
        for (std::size_t i = 0; i < elements.size(); ++i)
            if (!operand.values.empty())
                elements[i] = static_cast<T>(operand.values[i % operand.values.size()]);
            else if (real)
                elements[i] = static_cast<T>(random[i]);
            else
                elements[i]
                    = static_cast<T>(static_cast<std::int64_t>(std::abs(random[i]) * 1e4F) % operand.below);
    });
    return tensor;
}

/// As declared by a file: every dimension fixed.
std::vector<core::Dim> fixedDims(const Shape& shape)
{
    std::vector<core::Dim> dims;
    for (const std::int64_t dim : shape)
        dims.push_back({ .value = dim });
    return dims;
}

core::ValueId addInput(core::Graph& graph, OpCase& made, Tensor tensor, std::string name)
{
    if (graph.inputs.empty() && !tensor.shape().empty())
        made.dims.batch = tensor.shape()[0];
    graph.values.push_back(
        { .name = std::move(name), .type = tensor.type(), .shape = fixedDims(tensor.shape()) });
    made.inputs.push_back(std::move(tensor));
    graph.inputs.push_back(static_cast<core::ValueId>(graph.values.size() - 1));
    return graph.inputs.back();
}

} // namespace

OpCase opCase(std::string name, core::OpKind kind, std::vector<Operand> operands, core::Attributes attributes,
    CaseOptions options)
{
    OpCase made { .name = name, .tolerance = options.tolerance };
    core::Graph graph { .name = name };
    core::Node node { .name = "node",
        .kind = kind,
        .type = std::string(core::opName(kind)),
        .version = options.version,
        .attributes = std::move(attributes),
        .epilogue = std::move(options.epilogue),
        .quantised = std::move(options.quantised) };
    for (std::size_t i = 0; i < operands.size(); ++i) {
        if (operands[i].absent) {
            node.inputs.push_back(core::kNoValue);
            continue;
        }
        const std::string valueName = "in" + std::to_string(i);
        Tensor tensor = makeTensor(operands[i], core::zoo::streamOf(1, name + "/" + valueName));
        node.inputs.push_back(operands[i].constant ? graph.addConstant(valueName, std::move(tensor))
                                                   : addInput(graph, made, std::move(tensor), valueName));
    }
    for (int i = 0; i < options.outputs; ++i) {
        graph.values.push_back({ .name = "out" + std::to_string(i) });
        node.outputs.push_back(static_cast<core::ValueId>(graph.values.size() - 1));
    }
    graph.outputs = node.outputs;
    graph.nodes.push_back(std::move(node));
    made.graph = std::make_shared<const core::Graph>(std::move(graph));
    return made;
}

std::vector<OpCase> opCases()
{
    std::vector<OpCase> cases;
    addDenseCases(cases);
    addEpilogueCases(cases);
    addNormalisationCases(cases);
    addElementwiseCases(cases);
    addReductionCases(cases);
    addBitCases(cases);
    addLineCases(cases);
    addSelectionCases(cases);
    addFindingCases(cases);
    addGeneratingCases(cases);
    addEinsumCases(cases);
    addMovementCases(cases);
    addResampleCases(cases);
    addSequenceCases(cases);
    addWindowCases(cases);
    addQuantisedCases(cases);
    addIntegerCases(cases);
    addMicrosoftCases(cases);
    return cases;
}

namespace {

template <typename T>
std::string firstDifference(std::span<const T> actual, std::span<const T> expected, double tolerance)
{
    double scale = 1;
    if constexpr (std::is_floating_point_v<T>)
        for (const T element : expected)
            if (std::isfinite(element))
                scale = std::max<double>(scale, std::abs(element));
    const double allowed = std::is_floating_point_v<T> ? tolerance * scale
        : sizeof(T) == 1                               ? std::floor(tolerance)
                                                       : 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double a = static_cast<double>(actual[i]), e = static_cast<double>(expected[i]);
        const bool same = actual[i] == expected[i] || (a != a && e != e) || std::abs(a - e) <= allowed;
        if (!same)
            return fmt::format("element {} is {}, expected {}", i, a, e);
    }
    return {};
}

} // namespace

std::string differenceOf(const core::TensorView& actual, const core::TensorView& expected, double tolerance)
{
    if (actual.type != expected.type || actual.shape != expected.shape)
        return fmt::format("is {} {}, expected {} {}", core::elementName(actual.type),
            core::toString(actual.shape), core::elementName(expected.type), core::toString(expected.shape));
    if (core::ops::isHalf(expected.type))
        return differenceOf(
            core::ops::widened(actual).view(), core::ops::widened(expected).view(), tolerance);
    std::string difference;
    core::ops::dispatch(core::ops::AllTypes {}, expected.type,
        [&]<typename T>() { difference = firstDifference(actual.as<T>(), expected.as<T>(), tolerance); });
    return difference;
}

} // namespace support
