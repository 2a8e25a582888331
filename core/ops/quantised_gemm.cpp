// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_microsoft.h"
#include "core/ops/functions_sequence.h"
#include "core/ops/quantise.h"
#include "core/ops/strides.h"

#include <array>

/// com.microsoft's QGemm, and DynamicQuantizeLSTM.
namespace core::ops {
namespace {

enum Input : std::size_t { kA, kAScale, kAZero, kB, kBScale, kBZero, kC, kYScale, kYZero };

Shape turnedIf(bool turned, const Shape& shape)
{
    return turned ? Shape { shape[1], shape[0] } : shape;
}

} // namespace

void inferQuantisedGemm(InferContext& context)
{
    const auto& gemm = std::get<GemmAttributes>(context.node.attributes);
    const Shape &a = context.inputs[kA], &b = context.inputs[kB];
    requireType(context, kA, kQuantised);
    requireType(context, kB, kQuantised);
    if (a.size() != 2 || b.size() != 2 || a[gemm.transA ? 0 : 1] != b[gemm.transB ? 1 : 0])
        throw Error("multiplies {}{} by {}{}.", toString(a), gemm.transA ? " transposed" : "", toString(b),
            gemm.transB ? " transposed" : "");
    Shape output { a[gemm.transA ? 1 : 0], b[gemm.transB ? 0 : 1] };
    requireScale(context, kAScale);
    requireZeroPoint(context, kAZero, context.types[kA]);
    requireScale(context, kBScale, output[1]);
    requireZeroPoint(context, kBZero, context.types[kB], output[1]);
    if (context.has(kC)
        && (context.types[kC] != ElementType::Int32 || !broadcastsTo(context.inputs[kC], output)))
        throw Error("adds {} {} to a product of shape {}.", elementName(context.types[kC]),
            toString(context.inputs[kC]), toString(output));
    ElementType type = ElementType::Float32;
    if (context.has(kYScale)) {
        requireScale(context, kYScale);
        if (!context.has(kYZero))
            throw Error("has a scale for its output, but no zero point.");
        requireType(context, kYZero, kQuantised);
        type = context.types[kYZero];
        requireZeroPoint(context, kYZero, type);
    }
    setOutput(context, 0, std::move(output), type);
}

namespace {

std::vector<std::int32_t> turned(const std::vector<std::int32_t>& from, const Shape& shape)
{
    std::vector<std::int32_t> to(from.size());
    for (std::int64_t i = 0; i < shape[0]; ++i)
        for (std::int64_t j = 0; j < shape[1]; ++j)
            to[static_cast<std::size_t>(j * shape[0] + i)] = from[static_cast<std::size_t>(i * shape[1] + j)];
    return to;
}

/// B - zero as [depth][columns], with zero points per column wherever B has its columns.
std::vector<std::int32_t> centredColumns(const LoopContext& context, bool transB)
{
    const auto zeros = quantisedIntegers(context.inputs[kBZero]);
    const TensorView& b = context.inputs[kB];
    return transB ? turned(centred(b, zeros, b.shape[1]), b.shape) : centred(b, zeros);
}

} // namespace

void quantisedGemmLoop(const LoopContext& context)
{
    const auto& gemm = std::get<GemmAttributes>(context.node.attributes);
    const Shape& shape = context.outputs[0].shape();
    auto a = centred(context.inputs[kA], quantisedIntegers(context.inputs[kAZero]));
    if (gemm.transA)
        a = turned(a, context.inputs[kA].shape);
    const auto b = centredColumns(context, gemm.transB);
    const std::int64_t depth = turnedIf(gemm.transA, context.inputs[kA].shape)[1];
    const double aScale = gemm.alpha * realsOf(context.inputs[kAScale])[0];
    const auto bScale = realsOf(context.inputs[kBScale]);
    const std::int32_t* c = hasInput(context, kC) ? context.inputs[kC].as<std::int32_t>().data() : nullptr;
    const Strides strides = c ? broadcastStrides(context.inputs[kC].shape, shape) : Strides { 0, 0 };
    const bool real = context.outputs[0].type() == ElementType::Float32;
    const double yScale = real ? 1 : realsOf(context.inputs[kYScale])[0];
    const std::int64_t yZero = real ? 0 : quantisedIntegers(context.inputs[kYZero])[0];
    std::vector<IntegerSum> sums(static_cast<std::size_t>(shape[1]));
    dispatch(Types<float, std::int8_t, std::uint8_t> {}, context.outputs[0].type(), [&]<typename Y>() {
        Y* y = context.outputs[0].as<Y>().data();
        for (std::int64_t i = 0; i < shape[0]; ++i) {
            for (std::size_t j = 0; j < sums.size(); ++j)
                sums[j] = c
                    ? static_cast<IntegerSum>(c[i * strides[0] + static_cast<std::int64_t>(j) * strides[1]])
                    : 0;
            addProducts(sums, a.data() + i * depth, 1, b.data(), depth);
            for (std::size_t j = 0; j < sums.size(); ++j) {
                const double value = static_cast<std::int32_t>(sums[j]) * aScale * bScale[j % bScale.size()];
                if constexpr (std::is_same_v<Y, float>)
                    *y++ = static_cast<float>(value);
                else
                    *y++ = quantised<Y>(value / yScale, yZero);
            }
        }
    });
}

Attributes parseDynamicLstm(const OnnxAttributes& from)
{
    return parseLstm(from);
}

namespace {

constexpr std::size_t kLstmW = 1, kLstmR = 2, kLstmInputs = 8,
                      kLstmScales = 8; // W_scale, W_zero, R_scale, R_zero

/// Quantised weights [directions][depth][gates * hidden] as those of LSTM, [directions][gates *
/// hidden][depth].
Tensor expandedWeights(const TensorView& view, const TensorView& scales, const TensorView& zeroPoints)
{
    const std::int64_t depth = view.shape[1], rows = view.shape[2];
    Tensor result(ElementType::Float32, { view.shape[0], rows, depth });
    const auto factors = realsOf(scales);
    const auto zeros = quantisedIntegers(zeroPoints);
    const auto perDirection
        = [&](std::size_t count) { return static_cast<std::int64_t>(count) / view.shape[0]; };
    const std::int64_t factorsEach = perDirection(factors.size()), zerosEach = perDirection(zeros.size());
    float* to = result.as<float>().data();
    dispatch(QuantisedTypes {}, view.type, [&]<typename T>() {
        const T* from = view.as<T>().data();
        for (std::int64_t d = 0; d < view.shape[0]; ++d)
            for (std::int64_t row = 0; row < rows; ++row) {
                const auto factor = factors[static_cast<std::size_t>(d * factorsEach + row % factorsEach)];
                const auto zero = zeros[static_cast<std::size_t>(d * zerosEach + row % zerosEach)];
                for (std::int64_t k = 0; k < depth; ++k)
                    to[(d * rows + row) * depth + k] = static_cast<float>(
                        factor * static_cast<double>(from[(d * depth + k) * rows + row] - zero));
            }
    });
    return result;
}

void requireWeightScales(const InferContext& context, std::size_t weights, std::size_t scales)
{
    const Shape& shape = context.inputs[weights];
    const auto fits = [&](std::size_t index) {
        const std::int64_t count = elementCount(context.inputs[index]);
        return count > 0 && (count == shape[0] || count == shape[0] * shape[2]);
    };
    requireInput(context, scales);
    requireInput(context, scales + 1);
    requireType(context, scales, kFloats);
    if (!fits(scales) || !fits(scales + 1) || context.types[scales + 1] != context.types[weights])
        throw Error("has weights of shape {} with scales {} and zero points {}.", toString(shape),
            toString(context.inputs[scales]), toString(context.inputs[scales + 1]));
}

} // namespace

/// The rule of LSTM, asked with the weights' dimensions in LSTM's order.
void inferDynamicLstm(InferContext& context)
{
    requireInput(context, kLstmScales + 3);
    std::vector<Shape> shapes(context.inputs.begin(), context.inputs.begin() + kLstmInputs);
    std::vector<ElementType> types(context.types.begin(), context.types.begin() + kLstmInputs);
    for (const std::size_t weights : { kLstmW, kLstmR }) {
        requireType(context, weights, kQuantised);
        if (shapes[weights].size() != 3)
            throw Error("has weights of shape {}.", toString(shapes[weights]));
        requireWeightScales(context, weights, kLstmScales + 2 * (weights - kLstmW));
        std::swap(shapes[weights][1], shapes[weights][2]);
        types[weights] = types[0];
    }
    const std::vector<std::optional<TensorView>> known(kLstmInputs);
    InferContext asked { context.node, shapes, types, known, context.outputs, context.outputTypes };
    inferRecurrent(asked);
}

/// Computed with the weights' real values: more exact than quantising the states of every step, which is how
/// an engine may hurry, not what the operator means.
void dynamicLstmLoop(const LoopContext& context)
{
    std::vector<TensorView> inputs(context.inputs.begin(), context.inputs.begin() + kLstmInputs);
    std::array<Tensor, 2> weights;
    for (const std::size_t index : { kLstmW, kLstmR }) {
        const std::size_t scales = kLstmScales + 2 * (index - kLstmW);
        weights[index - kLstmW]
            = expandedWeights(context.inputs[index], context.inputs[scales], context.inputs[scales + 1]);
        inputs[index] = weights[index - kLstmW].view();
    }
    recurrentLoop({ context.node, inputs, context.outputs });
}

} // namespace core::ops
