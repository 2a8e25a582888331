// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/quantise.h"

#include "core/ops/for_range.h"
#include "core/ops/functions_quantise.h"
#include "core/ops/strides.h"

#include <algorithm>

/// QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear.
namespace core::ops {

bool isQuantised(ElementType type)
{
    return type == ElementType::Int8 || type == ElementType::UInt8;
}

const TypeSet kQuantised { "int8 or uint8", isQuantised };
const TypeSet kFloat32 { "float32", [](ElementType type) { return type == ElementType::Float32; } };

std::vector<std::int64_t> quantisedIntegers(const TensorView& view)
{
    std::vector<std::int64_t> integers;
    dispatch(AnyQuantisedTypes {}, view.type,
        [&]<typename T>() { integers.assign(view.as<T>().begin(), view.as<T>().end()); });
    return integers;
}

std::vector<std::int32_t> centred(
    const TensorView& x, const std::vector<std::int64_t>& zeros, std::int64_t period)
{
    std::vector<std::int32_t> result(static_cast<std::size_t>(elementCount(x.shape)));
    dispatch(QuantisedTypes {}, x.type, [&]<typename T>() {
        const T* from = x.as<T>().data();
        const auto length = static_cast<std::size_t>(period);
        for (std::size_t at = 0, run = 0; at < result.size(); at += length, ++run) {
            const auto zero = static_cast<std::int32_t>(zeros.empty() ? 0 : zeros[run % zeros.size()]);
            const std::size_t end = std::min(at + length, result.size());
            for (std::size_t i = at; i < end; ++i)
                result[i] = from[i] - zero;
        }
    });
    return result;
}

void requireScale(const InferContext& context, std::size_t index, std::int64_t channels)
{
    requireType(context, index, kFloats);
    const std::int64_t count = elementCount(context.inputs[index]);
    if (context.inputs[index].size() > 1 || (count != 1 && (count != channels || count == 0)))
        throw Error("has a scale of shape {}.", toString(context.inputs[index]));
}

void requireZeroPoint(const InferContext& context, std::size_t index, ElementType type, std::int64_t channels)
{
    if (!context.has(index))
        return;
    if (context.types[index] != type)
        throw Error("mixes {} and a zero point of {}.", elementName(type), elementName(context.types[index]));
    const std::int64_t count = elementCount(context.inputs[index]);
    if (context.inputs[index].size() > 1 || (count != 1 && (count != channels || count == 0)))
        throw Error("has a zero point of shape {}.", toString(context.inputs[index]));
}

namespace {

/// A type that the table has no word for becomes String, which the shape rules refuse: the rest of the model
/// can be looked at.
ElementType outputType(const OnnxAttributes& from)
{
    const std::int64_t code = from.integer("output_dtype", 0);
    const auto type = code >= 0 && code <= 16 ? static_cast<ElementType>(code) : ElementType::String;
    return type == ElementType::Undefined || elementSize(type) > 0 ? type : ElementType::String;
}

} // namespace

Attributes parseQuantise(const OnnxAttributes& from)
{
    const QuantiseAttributes quantise { .axis = from.integer("axis", 1),
        .blockSize = from.integer("block_size", 0),
        .output = outputType(from) };
    if (quantise.blockSize < 0)
        throw Error("has block_size {}, expected 0 or more.", quantise.blockSize);
    return quantise;
}

namespace {

const TypeSet kAnyQuantised { "int8, uint8, int16 or uint16", [](ElementType type) {
                                 return isQuantised(type) || type == ElementType::Int16
                                     || type == ElementType::UInt16;
                             } };
const TypeSet kDequantisable { "int8, uint8, int16, uint16 or int32",
    [](ElementType type) { return kAnyQuantised.contains(type) || type == ElementType::Int32; } };
const TypeSet kQuantisable { "floating-point numbers or int32",
    [](ElementType type) { return isFloat(type) || type == ElementType::Int32; } };

/// How scales lie along a tensor, which is seen as [outer, length, inner] around the axis.
struct Granularity {
    std::int64_t outer = 1, length = 1, inner = 1;
    std::int64_t block = 0; // 0: the scales are one, or one per index of the axis
    std::int64_t blocks = 1;
    bool perAxis = false;

    /// The first of `inner` elements' scales, and how far apart those are.
    std::size_t scaleAt(std::int64_t o, std::int64_t a) const
    {
        if (block > 0)
            return static_cast<std::size_t>((o * blocks + a / block) * inner);
        return static_cast<std::size_t>(perAxis ? a : 0);
    }
    std::size_t step() const { return block > 0 ? 1 : 0; }
};

/// Throws Error when the scales' shape fits the tensor's in none of the three ways.
Granularity granularityOf(const QuantiseAttributes& quantise, const Shape& x, const Shape& scale)
{
    Granularity result;
    if (scale.size() <= 1 && elementCount(scale) == 1) {
        result.inner = elementCount(x);
        return result;
    }
    const std::size_t axis = normaliseAxis(quantise.axis, x.size());
    const auto at = x.begin() + static_cast<std::ptrdiff_t>(axis);
    result.outer = elementCount(Shape(x.begin(), at));
    result.length = *at;
    result.inner = elementCount(Shape(at + 1, x.end()));
    result.perAxis = quantise.blockSize == 0;
    Shape expected { x[axis] };
    if (quantise.blockSize > 0) {
        expected = x;
        expected[axis] = x[axis] / quantise.blockSize + (x[axis] % quantise.blockSize != 0 ? 1 : 0);
        result.block = quantise.blockSize;
        result.blocks = expected[axis];
    }
    if (scale != expected)
        throw Error("has scales of shape {}, expected one or {}.", toString(scale), toString(expected));
    return result;
}

void requireZeroPoints(const InferContext& context)
{
    if (context.has(2) && context.inputs[2] != context.inputs[1]
        && !(elementCount(context.inputs[1]) == 1 && elementCount(context.inputs[2]) == 1))
        throw Error("has scales of shape {} and zero points of shape {}.", toString(context.inputs[1]),
            toString(context.inputs[2]));
}

/// Calls body(element, its scale) for each element.
template <typename Body> void eachElement(const Granularity& granularity, Body&& body)
{
    const auto run = [&](std::int64_t line, std::int64_t begin, std::int64_t end) {
        const std::size_t step = granularity.step(),
                          scale = granularity.scaleAt(line / granularity.length, line % granularity.length);
        const auto first = static_cast<std::size_t>(line * granularity.inner);
        for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
            body(first + i, scale + i * step);
    };
    const std::int64_t lines = granularity.outer * granularity.length;
    if (lines == 1)
        return forRange(
            granularity.inner, 4, [&](std::int64_t begin, std::int64_t end) { run(0, begin, end); });
    forEach(lines, 4 * granularity.inner, [&](std::int64_t line) { run(line, 0, granularity.inner); });
}

Granularity granularityOf(const LoopContext& context)
{
    return granularityOf(std::get<QuantiseAttributes>(context.node.attributes), context.inputs[0].shape,
        context.inputs[1].shape);
}

/// The zero points as `count` numbers: zeros where the input is left out.
std::vector<std::int64_t> zerosOf(const LoopContext& context, std::size_t count)
{
    if (!hasInput(context, 2))
        return std::vector<std::int64_t>(count, 0);
    return quantisedIntegers(context.inputs[2]);
}

} // namespace

void inferQuantise(InferContext& context)
{
    const auto& quantise = std::get<QuantiseAttributes>(context.node.attributes);
    requireType(context, 0, kQuantisable);
    requireType(context, 1, kFloats);
    ElementType type = quantise.output == ElementType::Undefined ? ElementType::UInt8 : quantise.output;
    if (context.has(2)) {
        if (quantise.output != ElementType::Undefined && quantise.output != context.types[2])
            throw Error("makes {} with a zero point of {}.", elementName(quantise.output),
                elementName(context.types[2]));
        type = context.types[2];
    }
    if (!kAnyQuantised.contains(type))
        throw Error("makes {}, expected {}.", elementName(type), kAnyQuantised.words);
    requireZeroPoints(context);
    granularityOf(quantise, context.inputs[0], context.inputs[1]);
    setOutput(context, 0, context.inputs[0], type);
}

void quantiseLoop(const LoopContext& context)
{
    const Granularity granularity = granularityOf(context);
    const auto scales = realsOf(context.inputs[1]);
    const auto zeros = zerosOf(context, scales.size());
    dispatch(Types<float, double, std::int32_t> {}, context.inputs[0].type, [&]<typename X>() {
        // Divided in float as other engines do: where a tie lies depends on it.
        using Work = std::conditional_t<std::is_same_v<X, double>, double, float>;
        const X* x = context.inputs[0].as<X>().data();
        dispatch(AnyQuantisedTypes {}, context.outputs[0].type(), [&]<typename Y>() {
            Y* y = context.outputs[0].as<Y>().data();
            eachElement(granularity, [&](std::size_t i, std::size_t scale) {
                y[i] = quantised<Y>(static_cast<Work>(x[i]) / static_cast<Work>(scales[scale]), zeros[scale]);
            });
        });
    });
}

void inferDequantise(InferContext& context)
{
    const auto& quantise = std::get<QuantiseAttributes>(context.node.attributes);
    requireType(context, 0, kDequantisable);
    requireType(context, 1, kFloats);
    if (context.has(2) && context.types[2] != context.types[0])
        throw Error(
            "mixes {} and a zero point of {}.", elementName(context.types[0]), elementName(context.types[2]));
    requireZeroPoints(context);
    granularityOf(quantise, context.inputs[0], context.inputs[1]);
    const ElementType type = quantise.output == ElementType::Undefined ? context.types[1] : quantise.output;
    if (!isFloat(type))
        throw Error("makes {}, expected {}.", elementName(type), kFloats.words);
    setOutput(context, 0, context.inputs[0], type);
}

void dequantiseLoop(const LoopContext& context)
{
    const Granularity granularity = granularityOf(context);
    const auto scales = realsOf(context.inputs[1]);
    const auto zeros = zerosOf(context, scales.size());
    dispatch(AnyQuantisedTypes {}, context.inputs[0].type, [&]<typename X>() {
        const X* x = context.inputs[0].as<X>().data();
        dispatch(FloatTypes {}, context.outputs[0].type(), [&]<typename Y>() {
            Y* y = context.outputs[0].as<Y>().data();
            eachElement(granularity, [&](std::size_t i, std::size_t scale) {
                y[i] = static_cast<Y>(static_cast<double>(x[i] - zeros[scale]) * scales[scale]);
            });
        });
    });
}

Tensor dequantised(const TensorView& view, const Quantisation& as)
{
    Tensor result(ElementType::Float32, view.shape);
    const auto at = view.shape.begin() + (as.scales.size() > 1 ? as.axis + 1 : 0);
    const std::int64_t inner = elementCount(Shape(at, view.shape.end()));
    dispatch(QuantisedTypes {}, view.type, [&]<typename T>() {
        const T* x = view.as<T>().data();
        float* y = result.as<float>().data();
        forEach(result.count(), 4, [&](std::int64_t i) {
            const auto scale = static_cast<std::size_t>(inner == 0 ? 0 : i / inner) % as.scales.size();
            y[i] = static_cast<float>(static_cast<double>(x[i] - as.zero) * as.scales[scale]);
        });
    });
    return result;
}

void quantise(const TensorView& from, const Quantisation& as, Tensor& to)
{
    dispatch(QuantisedTypes {}, to.type(), [&]<typename T>() {
        const float* x = from.as<float>().data();
        T* y = to.as<T>().data();
        forEach(to.count(), 4, [&](std::int64_t i) { y[i] = quantised<T>(x[i] / as.scales[0], as.zero); });
    });
}

void inferDynamicQuantise(InferContext& context)
{
    requireType(context, 0, kFloat32);
    setOutput(context, 0, context.inputs[0], ElementType::UInt8);
    setOutput(context, 1, {}, ElementType::Float32);
    setOutput(context, 2, {}, ElementType::UInt8);
}

DynamicScale dynamicScale(std::span<const float> x)
{
    float lowest = 0, highest = 0;
    for (const float value : x) {
        lowest = std::min(lowest, value);
        highest = std::max(highest, value);
    }
    const float scale = highest == lowest ? 1 : (highest - lowest) / 255;
    return { scale, quantised<std::uint8_t>(-lowest / scale, 0) };
}

void dynamicQuantiseLoop(const LoopContext& context)
{
    const auto x = context.inputs[0].as<float>();
    const auto [scale, zero] = dynamicScale(x);
    const auto y = context.outputs[0].as<std::uint8_t>();
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = quantised<std::uint8_t>(x[i] / scale, zero);
    if (context.outputs.size() > 1)
        context.outputs[1].as<float>()[0] = scale;
    if (context.outputs.size() > 2)
        context.outputs[2].as<std::uint8_t>()[0] = zero;
}

} // namespace core::ops
