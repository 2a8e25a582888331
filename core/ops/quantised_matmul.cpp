// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_microsoft.h"
#include "core/ops/functions_quantise.h"
#include "core/ops/product.h"
#include "core/ops/quantise.h"
#include "core/ops/strides.h"

#include <algorithm>

/// MatMulInteger, QLinearMatMul, and com.microsoft's products that end in real numbers.
namespace core::ops {
namespace {

/// Scales and zero points are one, or for A one per row and for B one per column.
void requireParameter(const InferContext& context, std::size_t index, std::int64_t lines, const char* what)
{
    if (!context.has(index))
        return;
    const std::int64_t count = elementCount(context.inputs[index]);
    if (count != 1 && count != lines)
        throw Error("has {} of shape {}, expected one or {}.", what, toString(context.inputs[index]), lines);
}

void requireZeros(const InferContext& context, std::size_t index, std::size_t of, std::int64_t lines)
{
    requireParameter(context, index, lines, "zero points");
    if (context.has(index) && context.types[index] != context.types[of])
        throw Error("mixes {} and a zero point of {}.", elementName(context.types[of]),
            elementName(context.types[index]));
}

std::vector<std::int64_t> zerosOf(const LoopContext& context, std::size_t index)
{
    if (!hasInput(context, index))
        return { 0 };
    return quantisedIntegers(context.inputs[index]);
}

/// Products of whole rows of A with B; store(row counted over all matrices, row of its matrix, sums).
template <typename Store>
void multiply(const Product& product, const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b,
    Store&& store)
{
    std::vector<IntegerSum> sums(static_cast<std::size_t>(product.columns));
    const std::array strides { broadcastStrides(product.a, product.batch),
        broadcastStrides(product.b, product.batch) };
    walk(product.batch, strides, [&](std::int64_t matrix, const auto& offsets) {
        for (std::int64_t i = 0; i < product.rows; ++i) {
            std::ranges::fill(sums, IntegerSum { 0 });
            addProducts(sums, a.data() + (offsets[0] * product.rows + i) * product.inner, 1,
                b.data() + offsets[1] * product.inner * product.columns, product.inner);
            store(matrix * product.rows + i, i, sums);
        }
    });
}

} // namespace

void inferIntegerMatMul(InferContext& context)
{
    requireType(context, 0, kQuantised);
    requireType(context, 1, kQuantised);
    Product product = productOf(context.inputs[0], context.inputs[1]);
    requireZeros(context, 2, 0, product.rows);
    requireZeros(context, 3, 1, product.columns);
    setOutput(context, 0, std::move(product.output), ElementType::Int32);
}

void integerMatMulLoop(const LoopContext& context)
{
    const Product product = productOf(context.inputs[0].shape, context.inputs[1].shape);
    const auto a = centred(context.inputs[0], zerosOf(context, 2), product.inner);
    const auto b = centred(context.inputs[1], zerosOf(context, 3));
    std::int32_t* y = context.outputs[0].as<std::int32_t>().data();
    multiply(product, a, b, [&](std::int64_t row, std::int64_t, const std::vector<IntegerSum>& sums) {
        std::ranges::transform(
            sums, y + row * product.columns, [](IntegerSum sum) { return static_cast<std::int32_t>(sum); });
    });
}

namespace {

enum Input : std::size_t { kA, kAScale, kAZero, kB, kBScale, kBZero, kYScale, kYZero };

} // namespace

void inferQuantisedMatMul(InferContext& context)
{
    requireType(context, kA, kQuantised);
    requireType(context, kB, kQuantised);
    requireType(context, kYZero, kQuantised);
    Product product = productOf(context.inputs[kA], context.inputs[kB]);
    for (const std::size_t scale : { kAScale, kBScale, kYScale })
        requireType(context, scale, kFloats);
    requireParameter(context, kAScale, product.rows, "scales");
    requireParameter(context, kBScale, product.columns, "scales");
    requireParameter(context, kYScale, 1, "scales");
    requireZeros(context, kAZero, kA, product.rows);
    requireZeros(context, kBZero, kB, product.columns);
    requireParameter(context, kYZero, 1, "zero points");
    setOutput(context, 0, std::move(product.output), context.types[kYZero]);
}

void quantisedMatMulLoop(const LoopContext& context)
{
    const Product product = productOf(context.inputs[kA].shape, context.inputs[kB].shape);
    const auto a = centred(context.inputs[kA], zerosOf(context, kAZero), product.inner);
    const auto b = centred(context.inputs[kB], zerosOf(context, kBZero));
    const auto aScale = realsOf(context.inputs[kAScale]), bScale = realsOf(context.inputs[kBScale]);
    const double yScale = realsOf(context.inputs[kYScale])[0];
    const std::int64_t zero = zerosOf(context, kYZero)[0];
    dispatch(QuantisedTypes {}, context.outputs[0].type(), [&]<typename Y>() {
        Y* y = context.outputs[0].as<Y>().data();
        multiply(product, a, b, [&](std::int64_t row, std::int64_t i, const std::vector<IntegerSum>& sums) {
            const double rowScale = aScale[static_cast<std::size_t>(i) % aScale.size()] / yScale;
            for (std::size_t j = 0; j < sums.size(); ++j)
                y[row * product.columns + static_cast<std::int64_t>(j)] = quantised<Y>(
                    static_cast<std::int32_t>(sums[j]) * (rowScale * bScale[j % bScale.size()]), zero);
        });
    });
}

namespace {

/// Where MatMulIntegerToFloat and DynamicQuantizeMatMul have what comes with the matrices.
struct RealInputs {
    std::size_t bScale, bZero, bias;
};

constexpr RealInputs kToFloat { 3, 5, 6 }, kDynamic { 2, 3, 4 };
constexpr std::size_t kToFloatAScale = 2, kToFloatAZero = 4;

void requireRealInputs(const InferContext& context, const RealInputs& inputs, const Product& product)
{
    requireType(context, 1, kQuantised);
    requireType(context, inputs.bScale, kFloats);
    requireParameter(context, inputs.bScale, product.columns, "scales");
    requireZeros(context, inputs.bZero, 1, product.columns);
    if (context.has(inputs.bias)) {
        requireType(context, inputs.bias, kFloats);
        if (context.inputs[inputs.bias] != Shape { product.columns })
            throw Error("has a bias of shape {} for {} columns.", toString(context.inputs[inputs.bias]),
                product.columns);
    }
}

void multiplyToFloat(const LoopContext& context, const RealInputs& inputs, const std::vector<std::int32_t>& a,
    const std::vector<double>& aScale)
{
    const Product product = productOf(context.inputs[0].shape, context.inputs[1].shape);
    const auto b = centred(context.inputs[1], zerosOf(context, inputs.bZero));
    const auto bScale = realsOf(context.inputs[inputs.bScale]);
    std::vector<double> bias(static_cast<std::size_t>(product.columns), 0.0);
    if (hasInput(context, inputs.bias))
        bias = realsOf(context.inputs[inputs.bias]);
    dispatch(FloatTypes {}, context.outputs[0].type(), [&]<typename Y>() {
        Y* y = context.outputs[0].as<Y>().data();
        multiply(product, a, b, [&](std::int64_t row, std::int64_t i, const std::vector<IntegerSum>& sums) {
            const double scale = aScale[static_cast<std::size_t>(i) % aScale.size()];
            for (std::size_t j = 0; j < sums.size(); ++j)
                y[row * product.columns + static_cast<std::int64_t>(j)] = static_cast<Y>(
                    static_cast<std::int32_t>(sums[j]) * (scale * bScale[j % bScale.size()]) + bias[j]);
        });
    });
}

} // namespace

void inferMatMulToFloat(InferContext& context)
{
    requireType(context, 0, kQuantised);
    Product product = productOf(context.inputs[0], context.inputs[1]);
    requireType(context, kToFloatAScale, kFloats);
    requireParameter(context, kToFloatAScale, product.rows, "scales");
    requireZeros(context, kToFloatAZero, 0, product.rows);
    requireRealInputs(context, kToFloat, product);
    setOutput(context, 0, std::move(product.output), context.types[kToFloatAScale]);
}

void matMulToFloatLoop(const LoopContext& context)
{
    const Product product = productOf(context.inputs[0].shape, context.inputs[1].shape);
    multiplyToFloat(context, kToFloat,
        centred(context.inputs[0], zerosOf(context, kToFloatAZero), product.inner),
        realsOf(context.inputs[kToFloatAScale]));
}

void inferDynamicMatMul(InferContext& context)
{
    requireType(context, 0, kFloat32);
    Product product = productOf(context.inputs[0], context.inputs[1]);
    requireRealInputs(context, kDynamic, product);
    setOutput(context, 0, std::move(product.output), context.types[0]);
}

void dynamicMatMulLoop(const LoopContext& context)
{
    const auto x = context.inputs[0].as<float>();
    const auto [scale, zero] = dynamicScale(x);
    std::vector<std::int32_t> a;
    a.reserve(x.size());
    for (const float value : x)
        a.push_back(quantised<std::uint8_t>(value / scale, zero) - zero);
    multiplyToFloat(context, kDynamic, a, { scale });
}

} // namespace core::ops
