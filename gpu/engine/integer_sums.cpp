// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/integer_sums.h"

#include "core/ops/op_table.h"
#include "core/ops/quantise.h"
#include "core/ops/strides.h"
#include "core/ops/walk.h"

#include <algorithm>

namespace gpu {

using core::ElementType;

namespace {

ZeroTensor zerosOf(Lowering& lowering, const core::Node& node, std::size_t zero, ElementType type)
{
    const bool isSigned = type == ElementType::Int8;
    if (!hasInput(node, zero))
        return { -1, 0, isSigned };
    return { lowering.in(node.inputs[zero]), countOf(lowering, node, zero) == 1 ? 0 : 1, isSigned };
}

/// Nothing where a run tells the weights or their zero points.
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

} // namespace

std::vector<TensorId> present(std::vector<TensorId> tensors)
{
    std::erase_if(tensors, [](TensorId id) { return id < 0; });
    return tensors;
}

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

} // namespace gpu
