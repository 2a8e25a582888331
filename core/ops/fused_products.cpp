// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/functions_microsoft.h"
#include "core/ops/parse.h"
#include "core/ops/product.h"
#include "core/ops/recurrent_cell.h"
#include "core/ops/rules.h"
#include "core/ops/strided_copy.h"
#include "core/ops/types.h"

#include <algorithm>

/// com.microsoft's FusedMatMul and FusedConv: products with what graphs have before or behind them.
namespace core::ops {

Attributes parseFusedMatMul(const OnnxAttributes& from)
{
    return FusedMatMulAttributes { .alpha = from.real("alpha", 1),
        .transA = from.integer("transA", 0) != 0,
        .transB = from.integer("transB", 0) != 0,
        .transBatchA = from.integer("transBatchA", 0) != 0,
        .transBatchB = from.integer("transBatchB", 0) != 0 };
}

namespace {

/// Which dimension of the tensor each dimension of the matrices comes from.
std::vector<std::size_t> orderOf(std::size_t rank, bool turned, bool turnedBatch)
{
    std::vector<std::size_t> order;
    for (std::size_t d = 0; d < rank; ++d)
        order.push_back(d);
    if (rank > 2 && turnedBatch) // [M, batches, K] becomes [batches, M, K]
        std::rotate(order.begin(), order.begin() + 1, order.end() - 1);
    if (rank > 1 && turned)
        std::swap(order[rank - 2], order[rank - 1]);
    return order;
}

Shape ordered(const Shape& shape, const std::vector<std::size_t>& order)
{
    Shape result;
    for (const std::size_t d : order)
        result.push_back(shape[d]);
    return result;
}

std::vector<std::size_t> orderOfA(const FusedMatMulAttributes& fused, const Shape& shape)
{
    return orderOf(shape.size(), fused.transA, fused.transBatchA);
}

std::vector<std::size_t> orderOfB(const FusedMatMulAttributes& fused, const Shape& shape)
{
    return orderOf(shape.size(), fused.transB, fused.transBatchB);
}

Tensor reordered(const TensorView& view, const std::vector<std::size_t>& order)
{
    const Strides dense = denseStrides(view.shape);
    Strides strides;
    for (const std::size_t d : order)
        strides.push_back(dense[d]);
    Tensor result(view.type, ordered(view.shape, order));
    stridedCopy(view, 0, strides, result);
    return result;
}

} // namespace

void inferFusedMatMul(InferContext& context)
{
    const auto& fused = std::get<FusedMatMulAttributes>(context.node.attributes);
    requireOneType(context, kFloats);
    const Shape &a = context.inputs[0], &b = context.inputs[1];
    Product product = productOf(ordered(a, orderOfA(fused, a)), ordered(b, orderOfB(fused, b)));
    setOutput(context, 0, std::move(product.output), context.types[0]);
}

void fusedMatMulLoop(const LoopContext& context)
{
    const auto& fused = std::get<FusedMatMulAttributes>(context.node.attributes);
    const Tensor a = reordered(context.inputs[0], orderOfA(fused, context.inputs[0].shape));
    const Tensor b = reordered(context.inputs[1], orderOfB(fused, context.inputs[1].shape));
    multiplyMatrices(a.view(), b.view(), nullptr, fused.alpha, context.outputs[0]);
}

Attributes parseFusedConv(const OnnxAttributes& from)
{
    FusedConvAttributes fused { .conv = std::get<ConvAttributes>(parseConv(from)), .activation = {} };
    const std::string name = from.text("activation", "");
    if (!name.empty())
        fused.activation = namedActivation(name, from.reals("activation_params"));
    return fused;
}

namespace {

constexpr std::size_t kAdded = 3;

} // namespace

void inferFusedConv(InferContext& context)
{
    inferConv(context);
    if (context.has(kAdded) && context.inputs[kAdded] != context.outputs[0])
        throw Error("adds {} to its output of shape {}.", toString(context.inputs[kAdded]),
            toString(context.outputs[0]));
}

void fusedConvLoop(const LoopContext& context)
{
    convLoop(context);
    const auto& activation = std::get<FusedConvAttributes>(context.node.attributes).activation;
    dispatch(FloatTypes {}, context.outputs[0].type(), [&]<typename T>() {
        const auto y = context.outputs[0].as<T>();
        if (hasInput(context, kAdded))
            std::ranges::transform(y, context.inputs[kAdded].as<T>(), y.begin(), std::plus<T>());
        if (!activation)
            return;
        std::vector<double> values(y.begin(), y.end());
        activate(*activation, values.data(), std::ssize(values));
        std::ranges::transform(values, y.begin(), [](double value) { return static_cast<T>(value); });
    });
}

} // namespace core::ops
