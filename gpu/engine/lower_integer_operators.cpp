// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "core/ops/quantise.h"
#include "core/ops/strides.h"
#include "core/ops/walk.h"
#include "gpu/engine/integer_steps.h"
#include "gpu/engine/lower_table.h"

#include <algorithm>
#include <tuple>
#include <utility>

/// Operators that say themselves that they multiply integers: MatMulInteger, QLinearConv and their kin. What
/// the passes can, they write as operators on real numbers, which are faster (lower_integers.cpp); these are
/// the others, whose scales only a run tells. Sums of 32 bits come first, then what is made of them.
namespace gpu {

using core::ElementType;

namespace {

std::int64_t countOf(const Lowering& lowering, const core::Node& node, std::size_t input)
{
    return core::elementCount(lowering.shapeOf(node.inputs[input]));
}

/// A zero point for each of many lines, or one for all.
struct ZeroTensor {
    TensorId id = -1;
    std::int64_t step = 0;
    bool isSigned = false;

    IntegerZeros at(const Addresses& at) const { return { at.as<const std::uint8_t>(id), step, isSigned }; }
};

ZeroTensor zerosOf(Lowering& lowering, const core::Node& node, std::size_t zero, ElementType type)
{
    const bool isSigned = type == ElementType::Int8;
    if (!hasInput(node, zero))
        return { -1, 0, isSigned };
    return { lowering.in(node.inputs[zero]), countOf(lowering, node, zero) == 1 ? 0 : 1, isSigned };
}

/// An input with its zero points, as any kernel takes it.
struct Left {
    TensorId tensor = -1;
    ElementType type = ElementType::UInt8;
    ZeroTensor zeros {};
    std::optional<InputZero> zero {}; // as the tiles take it: nothing where there are several
};

Left leftOf(Lowering& lowering, const core::Node& node, std::size_t input, std::size_t zero, Layout layout)
{
    const ElementType type = lowering.typeOf(node.inputs[input]);
    Left left { lowering.in(node.inputs[input], layout), type, zerosOf(lowering, node, zero, type) };
    if (!hasInput(node, zero))
        left.zero = InputZero { .type = type };
    else if (const auto known = lowering.constant(node.inputs[zero]); known && left.zeros.step == 0)
        left.zero = InputZero { .type = type, .known = core::ops::quantisedIntegers(*known)[0] };
    else if (left.zeros.step == 0)
        left.zero = InputZero { .type = type, .given = left.zeros.id };
    return left;
}

/// Weights and what is known of their zero points: nothing where a run tells one or the other.
struct Right {
    std::size_t input, zero;
};

std::optional<PackedIntegers> packed(
    Lowering& lowering, const core::Node& node, const Right& right, const WeightPlaces& places)
{
    const auto weights = lowering.constant(node.inputs[right.input]);
    if (!weights)
        return std::nullopt;
    if (!hasInput(node, right.zero))
        return packIntegers(lowering, *weights, { 0 }, places);
    const auto zeros = lowering.constant(node.inputs[right.zero]);
    return zeros ? packIntegers(lowering, *weights, core::ops::quantisedIntegers(*zeros), places)
                 : std::nullopt;
}

IntegerSteps sumsInto(TensorId sums)
{
    IntegerSteps steps;
    steps.ending.type = ElementType::Int32;
    steps.result = sums;
    return steps;
}

std::vector<TensorId> present(std::vector<TensorId> tensors)
{
    std::erase_if(tensors, [](TensorId id) { return id < 0; });
    return tensors;
}

struct Matrices {
    std::int64_t m = 0, n = 0, k = 0, rowA = 0, columnA = 1, rowB = 0, columnB = 1;
    bool oneRight = false; // for all the left ones
    SpreadDims batches {};
    SpreadDims::Operand a {}, b {};
    std::int64_t count = 0; // of sums
};

void spreadBatches(Matrices& matrices, const core::Shape& a, const core::Shape& b, const core::Shape& output)
{
    const core::Shape batch(output.begin(), output.end() - 2);
    const auto steps = [&](const core::Shape& shape) {
        return core::ops::broadcastStrides(core::Shape(shape.begin(), shape.end() - 2), batch);
    };
    const core::ops::Walk walk = core::ops::merged({ batch, { steps(a), steps(b) } });
    if (walk.dims.size() > SpreadDims::kMostDims)
        throw core::Error("spreads its factors along {} dimensions, and {} are the most.", walk.dims.size(),
            static_cast<int>(SpreadDims::kMostDims));
    matrices.batches.dims = static_cast<int>(walk.dims.size());
    std::copy(walk.dims.begin(), walk.dims.end(), matrices.batches.shape);
    std::copy(walk.strides[0].begin(), walk.strides[0].end(), matrices.a.strides);
    std::copy(walk.strides[1].begin(), walk.strides[1].end(), matrices.b.strides);
}

Matrices matricesOf(const Lowering& lowering, const core::Node& node, std::size_t left, std::size_t right)
{
    core::Shape a = lowering.shapeOf(node.inputs[left]), b = lowering.shapeOf(node.inputs[right]);
    core::Shape output = lowering.shapeOf(node.outputs[0]);
    if (a.size() == 1) {
        a.insert(a.begin(), 1);
        output.insert(output.end() - (b.size() == 1 ? 0 : 1), 1);
    }
    if (b.size() == 1) {
        b.push_back(1);
        output.push_back(1);
    }
    const auto* gemm = std::get_if<core::GemmAttributes>(&node.attributes);
    const bool turnA = gemm && gemm->transA, turnB = gemm && gemm->transB;
    const std::int64_t rowA = a.back(), rowB = b.back();
    Matrices matrices { .m = output[output.size() - 2],
        .n = output.back(),
        .k = turnA ? a[0] : a.back(),
        .rowA = turnA ? 1 : rowA,
        .columnA = turnA ? rowA : 1,
        .rowB = turnB ? 1 : rowB,
        .columnB = turnB ? rowB : 1 };
    matrices.count = core::elementCount(output);
    if (matrices.count == 0 || matrices.k == 0)
        throw core::Error("multiplies empty matrices, and has no kernel for that.");
    matrices.oneRight = core::elementCount(b) == matrices.k * matrices.n;
    spreadBatches(matrices, a, b, output);
    return matrices;
}

/// The step that makes sums of products of matrices.
void addMatrixSums(Lowering& lowering, const core::Node& node, const Matrices& matrices, const Left& left,
    const Right& right, TensorId sums)
{
    if (left.zero && matrices.oneRight && matrices.columnA == 1)
        if (const auto weights = packed(lowering, node, right,
                { .features = matrices.n,
                    .channels = matrices.k,
                    .feature = matrices.columnB,
                    .channel = matrices.rowB }))
            return addIntegerProduct(lowering,
                matrixPlaces(matrices.count / matrices.n, matrices.k, matrices.n), left.tensor, *left.zero,
                *weights, sumsInto(sums));
    const TensorId b = lowering.in(node.inputs[right.input]);
    const ZeroTensor zeros = zerosOf(lowering, node, right.zero, lowering.typeOf(node.inputs[right.input]));
    lowering.add("own:plain integers", present({ left.tensor, b, left.zeros.id, zeros.id }), { sums },
        [=](Device& device, const Addresses& at) {
            device.run(AnyIntegerProduct { .a = at.as<const std::uint8_t>(left.tensor),
                           .b = at.as<const std::uint8_t>(b),
                           .zerosA = left.zeros.at(at),
                           .zerosB = zeros.at(at),
                           .sums = at.as<std::int32_t>(sums),
                           .m = matrices.m,
                           .n = matrices.n,
                           .k = matrices.k,
                           .rowA = matrices.rowA,
                           .columnA = matrices.columnA,
                           .rowB = matrices.rowB,
                           .columnB = matrices.columnB,
                           .batches = matrices.batches,
                           .matricesA = matrices.a,
                           .matricesB = matrices.b },
                matrices.count);
        });
}

/// The step that makes sums of windows, with channels last.
void addWindowSums(Lowering& lowering, const core::Node& node, const Convolution& conv, const Left& left,
    const Right& right, TensorId sums)
{
    if (left.zero)
        if (const auto weights = packed(lowering, node, right, weightPlaces(conv)))
            return addIntegerProduct(
                lowering, placesOf(conv), left.tensor, *left.zero, *weights, sumsInto(sums));
    const TensorId w = lowering.in(node.inputs[right.input]);
    const ZeroTensor zeros = zerosOf(lowering, node, right.zero, lowering.typeOf(node.inputs[right.input]));
    lowering.add("own:plain integers", present({ left.tensor, w, left.zeros.id, zeros.id }), { sums },
        [=, places = placesOf(conv), count = core::elementCount(conv.output)](
            Device& device, const Addresses& at) {
            AnyIntegerConvolution body { places };
            body.input = at.as<const std::uint8_t>(left.tensor);
            body.weights = at.as<const std::uint8_t>(w);
            body.zeros = left.zeros.at(at);
            body.weightZeros = zeros.at(at);
            body.sums = at.as<std::int32_t>(sums);
            device.run(body, count);
        });
}

/// What becomes of sums: where the parts lie, of which -1 is none.
struct Scaling {
    TensorId rowScales = -1, columnScales = -1, resultScale = -1, bias = -1, zero = -1, addends = -1;
    std::int64_t rowStep = 0, columnStep = 0, addendRow = 0, addendColumn = 0;
    double alpha = 1;
    bool dividesLast = false;
};

/// A scale of float32 that is one, or one a line; its step.
std::pair<TensorId, std::int64_t> scaleAt(Lowering& lowering, const core::Node& node, std::size_t input)
{
    const ElementType type = lowering.typeOf(node.inputs[input]);
    if (type != ElementType::Float32)
        throw core::Error("has scales of {}, and has no kernel for that.", core::elementName(type));
    return { lowering.in(node.inputs[input]), countOf(lowering, node, input) == 1 ? 0 : 1 };
}

void addScaling(Lowering& lowering, const core::Node& node, const Scaling& scaling, TensorId sums,
    Layout layout, std::int64_t rows, std::int64_t columns)
{
    const ElementType type = lowering.typeOf(node.outputs[0]);
    if (type != ElementType::Float32 && !core::ops::isQuantised(type))
        throw core::Error("makes {} of integers, and has no kernel for that.", core::elementName(type));
    const TensorId result = lowering.define(node.outputs[0], layout);
    lowering.add("own:scale",
        present({ sums, scaling.rowScales, scaling.columnScales, scaling.resultScale, scaling.bias,
            scaling.zero, scaling.addends }),
        { result },
        [=, count = core::elementCount(lowering.shapeOf(node.outputs[0]))](
            Device& device, const Addresses& at) {
            device.run(ScaleSumsBody { .sums = at.as<const std::int32_t>(sums),
                           .addends = at.as<const std::int32_t>(scaling.addends),
                           .addendRow = scaling.addendRow,
                           .addendColumn = scaling.addendColumn,
                           .rowScales = { at.as<const float>(scaling.rowScales), scaling.rowStep },
                           .columnScales = { at.as<const float>(scaling.columnScales), scaling.columnStep },
                           .resultScale = { at.as<const float>(scaling.resultScale), 0 },
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
    std::tie(scaling.rowScales, scaling.rowStep) = scaleAt(lowering, node, kAScale);
    std::tie(scaling.columnScales, scaling.columnStep) = scaleAt(lowering, node, kBScale);
    if (hasInput(node, resultScale)) {
        scaling.resultScale = scaleAt(lowering, node, resultScale).first;
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

void lowerToFloat(Lowering& lowering, const core::Node& node, const Left& left,
    std::pair<TensorId, std::int64_t> leftScale, const RealInputs& inputs)
{
    const Matrices matrices = matricesOf(lowering, node, 0, 1);
    const TensorId sums = sumsFor(lowering, node);
    addMatrixSums(lowering, node, matrices, left, { 1, inputs.zero }, sums);
    Scaling scaling;
    std::tie(scaling.rowScales, scaling.rowStep) = leftScale;
    std::tie(scaling.columnScales, scaling.columnStep) = scaleAt(lowering, node, inputs.scale);
    if (hasInput(node, inputs.bias))
        scaling.bias = scaleAt(lowering, node, inputs.bias).first;
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
    lowerToFloat(lowering, node, left, { scale, 0 }, { 2, 3, 4 });
}

} // namespace gpu
