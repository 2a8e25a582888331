// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_microsoft.h"
#include "core/ops/quantise.h"
#include "core/ops/scalar.h"
#include "core/ops/strides.h"
#include "core/ops/window.h"

#include <algorithm>
#include <array>

/// com.microsoft's QLinear... operators on single elements, lines and windows of 8-bit numbers.
namespace core::ops {
namespace {

/// real = scale * (quantised - zero), of the tensor whose scale is input `index`, its zero point the next.
struct Quantisation {
    double scale;
    std::int64_t zero;

    template <typename T> double real(T value) const { return scale * static_cast<double>(value - zero); }
    template <typename T> T quantise(double value) const { return quantised<T>(value / scale, zero); }
};

Quantisation quantisationAt(const LoopContext& context, std::size_t index)
{
    return { realsOf(context.inputs[index])[0],
        hasInput(context, index + 1) ? quantisedIntegers(context.inputs[index + 1])[0] : 0 };
}

/// One scale and one zero point of the type, at `index` and behind it.
void requireQuantisation(const InferContext& context, std::size_t index, ElementType type)
{
    requireInput(context, index);
    requireScale(context, index);
    if (index + 1 < context.types.size())
        requireZeroPoint(context, index + 1, type);
}

} // namespace

void inferQuantisedUnary(InferContext& context)
{
    requireType(context, 0, kQuantised);
    requireQuantisation(context, 1, context.types[0]);
    requireQuantisation(context, 3, context.types[0]);
    const Shape& x = context.inputs[0];
    if (const auto* softmax = std::get_if<AxisAttributes>(&context.node.attributes))
        normaliseAxis(softmax->axis, x.size());
    setOutput(context, 0, x, context.types[0]);
}

namespace {

/// Every one of 256 numbers is computed once.
template <typename T, typename Function>
void applyTable(std::span<const T> x, std::span<T> y, const Quantisation& from, const Quantisation& to,
    Function&& function)
{
    std::array<T, 256> table;
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = to.quantise<T>(function(from.real(static_cast<T>(i))));
    std::ranges::transform(x, y.begin(), [&](T value) { return table[static_cast<std::uint8_t>(value)]; });
}

/// Softmax over `length` elements `inner` apart.
template <typename T>
void softmaxLine(
    const T* x, T* y, std::int64_t length, std::int64_t inner, double scale, const Quantisation& to)
{
    double sum = 0;
    T highest = x[0];
    for (std::int64_t i = 0; i < length; ++i)
        highest = std::max(highest, x[i * inner]);
    const auto weight = [&](std::int64_t i) { return std::exp(scale * (x[i * inner] - highest)); };
    for (std::int64_t i = 0; i < length; ++i)
        sum += weight(i);
    for (std::int64_t i = 0; i < length; ++i)
        y[i * inner] = to.quantise<T>(weight(i) / sum);
}

template <typename T>
void softmaxLines(
    const LoopContext& context, const AxisAttributes& softmax, double scale, const Quantisation& to)
{
    const Shape& shape = context.inputs[0].shape;
    const auto axis = static_cast<std::ptrdiff_t>(normaliseAxis(softmax.axis, shape.size()));
    const auto end = softmax.flattened ? shape.end() : shape.begin() + axis + 1;
    const std::int64_t length = elementCount(Shape(shape.begin() + axis, end));
    const std::int64_t inner = elementCount(Shape(end, shape.end()));
    const std::int64_t count = context.outputs[0].count();
    const T* x = context.inputs[0].as<T>().data();
    T* y = context.outputs[0].as<T>().data();
    for (std::int64_t at = 0; at < count; at += length * inner)
        for (std::int64_t i = 0; i < inner; ++i)
            softmaxLine(x + at + i, y + at + i, length, inner, scale, to);
}

} // namespace

void quantisedUnaryLoop(const LoopContext& context)
{
    const Quantisation from = quantisationAt(context, 1), to = quantisationAt(context, 3);
    dispatch(QuantisedTypes {}, context.inputs[0].type, [&]<typename T>() {
        const auto x = context.inputs[0].as<T>();
        const auto y = context.outputs[0].as<T>();
        if (const auto* softmax = std::get_if<AxisAttributes>(&context.node.attributes))
            return softmaxLines<T>(context, *softmax, from.scale, to);
        if (context.node.kind == OpKind::QLinearSigmoid)
            return applyTable(x, y, from, to, sigmoid);
        const double alpha = std::get<ActivationAttributes>(context.node.attributes).alpha;
        applyTable(x, y, from, to, [alpha](double value) { return value < 0 ? alpha * value : value; });
    });
}

Attributes parseQuantisedSoftmax(const OnnxAttributes& from)
{
    return AxisAttributes { .axis = from.integer("axis", -1), .flattened = from.integer("opset", 13) < 13 };
}

void inferQuantisedBinary(InferContext& context)
{
    requireType(context, 0, kQuantised);
    requireInput(context, 3);
    const ElementType type = context.types[0];
    if (context.types[3] != type)
        throw Error("mixes {} and {}.", elementName(type), elementName(context.types[3]));
    for (const std::size_t index : { 1U, 4U, 6U })
        requireQuantisation(context, index, type);
    setOutput(context, 0, broadcast(context.inputs[0], context.inputs[3]), type);
}

void quantisedBinaryLoop(const LoopContext& context)
{
    const Quantisation a = quantisationAt(context, 1), b = quantisationAt(context, 4),
                       c = quantisationAt(context, 6);
    const Shape& shape = context.outputs[0].shape();
    const std::array strides { broadcastStrides(context.inputs[0].shape, shape),
        broadcastStrides(context.inputs[3].shape, shape) };
    const bool adds = context.node.kind == OpKind::QLinearAdd;
    dispatch(QuantisedTypes {}, context.outputs[0].type(), [&]<typename T>() {
        const T *x = context.inputs[0].as<T>().data(), *y = context.inputs[3].as<T>().data();
        T* z = context.outputs[0].as<T>().data();
        walk(shape, strides, [&](std::int64_t i, const auto& at) {
            const double left = a.real(x[at[0]]), right = b.real(y[at[1]]);
            z[i] = c.quantise<T>(adds ? left + right : left * right);
        });
    });
}

namespace {

constexpr std::size_t kFirst = 2; // of QLinearConcat's triples of tensor, scale and zero point

} // namespace

void inferQuantisedConcat(InferContext& context)
{
    const std::size_t count = context.inputs.size();
    requireScale(context, 0);
    requireType(context, 1, kQuantised);
    const ElementType type = context.types[1];
    requireZeroPoint(context, 1, type);
    if (count < kFirst + 3 || (count - kFirst) % 3 != 0)
        throw Error("joins {} inputs, expected a tensor, its scale and its zero point each.", count - kFirst);
    Shape output = context.inputs[kFirst];
    const std::size_t axis
        = normaliseAxis(std::get<AxisAttributes>(context.node.attributes).axis, output.size());
    output[axis] = 0;
    for (std::size_t i = kFirst; i < count; i += 3) {
        requireType(context, i, kQuantised);
        requireQuantisation(context, i + 1, context.types[i]);
        Shape shape = context.inputs[i];
        if (shape.size() != output.size())
            throw Error("joins {} and {}.", toString(context.inputs[kFirst]), toString(shape));
        output[axis] += shape[axis];
        shape[axis] = output[axis];
        if (shape != output)
            throw Error("joins {} and {}.", toString(context.inputs[kFirst]), toString(context.inputs[i]));
    }
    setOutput(context, 0, std::move(output), type);
}

void quantisedConcatLoop(const LoopContext& context)
{
    const Quantisation to = quantisationAt(context, 0);
    const Shape& output = context.outputs[0].shape();
    const std::size_t axis
        = normaliseAxis(std::get<AxisAttributes>(context.node.attributes).axis, output.size());
    const auto run = [&](const Shape& shape) { // what lies behind each other in one tensor
        return elementCount(Shape(shape.begin() + static_cast<std::ptrdiff_t>(axis), shape.end()));
    };
    const std::int64_t outer
        = elementCount(Shape(output.begin(), output.begin() + static_cast<std::ptrdiff_t>(axis)));
    dispatch(QuantisedTypes {}, context.outputs[0].type(), [&]<typename Y>() {
        std::int64_t offset = 0;
        for (std::size_t i = kFirst; i < context.inputs.size(); i += 3) {
            const TensorView& view = context.inputs[i];
            const Quantisation from = quantisationAt(context, i + 1);
            const std::int64_t length = run(view.shape);
            dispatch(QuantisedTypes {}, view.type, [&]<typename X>() {
                std::array<Y, 256> table;
                for (std::size_t k = 0; k < table.size(); ++k)
                    table[k] = to.quantise<Y>(from.real(static_cast<X>(k)));
                const X* x = view.as<X>().data();
                for (std::int64_t o = 0; o < outer; ++o)
                    std::transform(x + o * length, x + (o + 1) * length,
                        context.outputs[0].as<Y>().data() + o * run(output) + offset,
                        [&](X value) { return table[static_cast<std::uint8_t>(value)]; });
            });
            offset += length;
        }
    });
}

} // namespace core::ops
