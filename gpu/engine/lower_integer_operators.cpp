// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "core/ops/quantise.h"
#include "core/ops/strides.h"
#include "gpu/engine/integer_sums.h"
#include "gpu/engine/lower_table.h"

/// Operators that say themselves that they multiply integers: MatMulInteger, QLinearConv and their kin. What
/// the passes can, they write as operators on real numbers, which are faster (lower_integers.cpp); these are
/// the others, whose scales only a run tells. Sums of 32 bits come first, then what is made of them.
namespace gpu {

using core::ElementType;

namespace {

/// A scale, or one for each line.
struct ScaleTensor {
    TensorId id = -1;
    ElementType type = ElementType::Float32;
    std::int64_t step = 0;

    ScaleSumsBody::Scales at(const Addresses& at) const { return { at.bytes(id), type, step }; }
};

ScaleTensor scaleAt(Lowering& lowering, const core::Node& node, std::size_t input)
{
    const ElementType type = lowering.typeOf(node.inputs[input]);
    if (type == ElementType::Double)
        throw core::Error("has scales of {}, and has no kernel for that.", core::elementName(type));
    return { lowering.in(node.inputs[input]), type, countOf(lowering, node, input) == 1 ? 0 : 1 };
}

/// What becomes of sums: where the parts lie, of which -1 is none.
struct Scaling {
    ScaleTensor rows, columns, result;
    TensorId bias = -1, zero = -1, addends = -1;
    std::int64_t addendRow = 0, addendColumn = 0; // steps
    double alpha = 1;
    bool dividesLast = false;
};

void addScaling(Lowering& lowering, const core::Node& node, const Scaling& scaling, TensorId sums,
    Layout layout, std::int64_t rows, std::int64_t columns)
{
    const ElementType type = lowering.typeOf(node.outputs[0]);
    if (type != ElementType::Float32 && !core::ops::isQuantised(type))
        throw core::Error("makes {} of integers, and has no kernel for that.", core::elementName(type));
    const TensorId result = lowering.define(node.outputs[0], layout);
    lowering.add("own:scale",
        present({ sums, scaling.rows.id, scaling.columns.id, scaling.result.id, scaling.bias, scaling.zero,
            scaling.addends }),
        { result },
        [=, count = core::elementCount(lowering.shapeOf(node.outputs[0]))](
            Device& device, const Addresses& at) {
            device.run(ScaleSumsBody { .sums = at.as<const std::int32_t>(sums),
                           .addends = at.as<const std::int32_t>(scaling.addends),
                           .addendRow = scaling.addendRow,
                           .addendColumn = scaling.addendColumn,
                           .rowScales = scaling.rows.at(at),
                           .columnScales = scaling.columns.at(at),
                           .resultScale = scaling.result.at(at),
                           .bias = at.as<const float>(scaling.bias),
                           .zero = at.as<const std::uint8_t>(scaling.zero),
                           .result = at.bytes(result),
                           .type = type,
                           .alpha = scaling.alpha,
                           .dividesLast = scaling.dividesLast,
                           .rows = rows,
                           .columns = columns },
                count);
        });
}

TensorId sumsFor(Lowering& lowering, const core::Node& node)
{
    const auto count = static_cast<std::size_t>(core::elementCount(lowering.shapeOf(node.outputs[0])));
    return lowering.temporary(count * sizeof(std::int32_t));
}

/// Inputs of the operators that round, in this order.
enum Input : std::size_t { kA, kAScale, kAZero, kB, kBScale, kBZero, kYScale, kYZero, kBias };

/// The scales of both factors and the result.
Scaling scalingOf(Lowering& lowering, const core::Node& node, std::size_t resultScale)
{
    Scaling scaling;
    scaling.rows = scaleAt(lowering, node, kAScale);
    scaling.columns = scaleAt(lowering, node, kBScale);
    if (hasInput(node, resultScale)) {
        scaling.result = scaleAt(lowering, node, resultScale);
        scaling.zero = lowering.in(node.inputs[resultScale + 1]);
    }
    return scaling;
}

} // namespace

void lowerMatMulInteger(Lowering& lowering, const core::Node& node)
{
    const Matrices matrices = matricesOf(lowering, node, 0, 1);
    const Left left = leftOf(lowering, node, 0, 2, Layout::Dense);
    addMatrixSums(lowering, node, matrices, left, { 1, 3 }, lowering.define(node.outputs[0]));
}

void lowerConvInteger(Lowering& lowering, const core::Node& node)
{
    const Convolution conv = convolutionOf(lowering, node, node.inputs[0], node.inputs[1]);
    const Left left = leftOf(lowering, node, 0, 2, Layout::ChannelsLast);
    addWindowSums(
        lowering, node, conv, left, { 1, 3 }, lowering.define(node.outputs[0], Layout::ChannelsLast));
}

void lowerQLinearMatMul(Lowering& lowering, const core::Node& node)
{
    const Matrices matrices = matricesOf(lowering, node, kA, kB);
    const Left left = leftOf(lowering, node, kA, kAZero, Layout::Dense);
    const TensorId sums = sumsFor(lowering, node);
    addMatrixSums(lowering, node, matrices, left, { kB, kBZero }, sums);
    addScaling(
        lowering, node, scalingOf(lowering, node, kYScale), sums, Layout::Dense, matrices.m, matrices.n);
}

void lowerQLinearConv(Lowering& lowering, const core::Node& node)
{
    const Convolution conv = convolutionOf(lowering, node, node.inputs[kA], node.inputs[kB]);
    const Left left = leftOf(lowering, node, kA, kAZero, Layout::ChannelsLast);
    const TensorId sums = sumsFor(lowering, node);
    addWindowSums(lowering, node, conv, left, { kB, kBZero }, sums);
    Scaling scaling = scalingOf(lowering, node, kYScale);
    if (hasInput(node, kBias)) {
        scaling.addends = lowering.in(node.inputs[kBias]);
        scaling.addendColumn = 1;
    }
    addScaling(lowering, node, scaling, sums, Layout::ChannelsLast, 1, conv.weights[0]);
}

void lowerQGemm(Lowering& lowering, const core::Node& node)
{
    constexpr std::size_t kC = 6, kScale = 7;
    const Matrices matrices = matricesOf(lowering, node, kA, kB);
    const Left left = leftOf(lowering, node, kA, kAZero, Layout::Dense);
    const TensorId sums = sumsFor(lowering, node);
    addMatrixSums(lowering, node, matrices, left, { kB, kBZero }, sums);
    Scaling scaling = scalingOf(lowering, node, kScale);
    scaling.alpha = std::get<core::GemmAttributes>(node.attributes).alpha;
    scaling.dividesLast = true;
    if (hasInput(node, kC)) {
        const auto steps
            = core::ops::broadcastStrides(lowering.shapeOf(node.inputs[kC]), { matrices.m, matrices.n });
        scaling.addends = lowering.in(node.inputs[kC]);
        scaling.addendRow = steps[0];
        scaling.addendColumn = steps[1];
    }
    addScaling(lowering, node, scaling, sums, Layout::Dense, matrices.m, matrices.n);
}

namespace {

/// Where MatMulIntegerToFloat and DynamicQuantizeMatMul have what comes with the right matrix.
struct RealInputs {
    std::size_t scale, zero, bias;
};

void lowerToFloat(Lowering& lowering, const core::Node& node, const Left& left, const ScaleTensor& leftScale,
    const RealInputs& inputs)
{
    const Matrices matrices = matricesOf(lowering, node, 0, 1);
    const TensorId sums = sumsFor(lowering, node);
    addMatrixSums(lowering, node, matrices, left, { 1, inputs.zero }, sums);
    Scaling scaling;
    scaling.rows = leftScale;
    scaling.columns = scaleAt(lowering, node, inputs.scale);
    if (hasInput(node, inputs.bias)) {
        if (lowering.typeOf(node.inputs[inputs.bias]) != ElementType::Float32)
            throw core::Error("adds a bias of another type than float32, and has no kernel for that.");
        scaling.bias = lowering.in(node.inputs[inputs.bias]);
    }
    addScaling(lowering, node, scaling, sums, Layout::Dense, matrices.m, matrices.n);
}

} // namespace

void lowerMatMulToFloat(Lowering& lowering, const core::Node& node)
{
    lowerToFloat(
        lowering, node, leftOf(lowering, node, 0, 4, Layout::Dense), scaleAt(lowering, node, 2), { 3, 5, 6 });
}

void lowerDynamicMatMul(Lowering& lowering, const core::Node& node)
{
    const std::int64_t count = countOf(lowering, node, 0);
    const TensorId x = lowering.in(node.inputs[0]);
    const TensorId integers = lowering.temporary(static_cast<std::size_t>(count)),
                   scale = lowering.temporary(sizeof(float)), zero = lowering.temporary(1);
    addDynamicQuantise(lowering, x, count, integers, scale, zero);
    const Left left { integers, ElementType::UInt8, { zero, 0, false },
        InputZero { ElementType::UInt8, 0, zero } };
    lowerToFloat(lowering, node, left, { .id = scale }, { 2, 3, 4 });
}

} // namespace gpu
