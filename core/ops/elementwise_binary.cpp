// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>

namespace core::ops {
namespace {

Shape broadcastAll(const std::vector<Shape>& inputs)
{
    Shape shape = inputs[0];
    for (const Shape& input : inputs)
        shape = broadcast(shape, input);
    return shape;
}

} // namespace

void inferArithmetic(InferContext& context)
{
    requireOneType(context, kNumbers);
    setOutput(context, 0, broadcastAll(context.inputs), context.types[0]);
}

void inferMean(InferContext& context)
{
    requireOneType(context, kFloats);
    setOutput(context, 0, broadcastAll(context.inputs), context.types[0]);
}

void inferPow(InferContext& context)
{
    requireType(context, 0, kNumbers);
    requireType(context, 1, kNumbers);
    setOutput(context, 0, broadcastAll(context.inputs), context.types[0]);
}

void inferPRelu(InferContext& context)
{
    requireOneType(context, kNumbers);
    if (!broadcastsTo(context.inputs[1], context.inputs[0]))
        throw Error("has a slope of shape {}, which does not broadcast to {}.", toString(context.inputs[1]),
            toString(context.inputs[0]));
    setOutput(context, 0, context.inputs[0], context.types[0]);
}

void inferEqual(InferContext& context)
{
    requireOneType(context, kNumbersAndBool);
    setOutput(context, 0, broadcastAll(context.inputs), ElementType::Bool);
}

void inferOrder(InferContext& context)
{
    requireOneType(context, kNumbers);
    setOutput(context, 0, broadcastAll(context.inputs), ElementType::Bool);
}

void inferLogic(InferContext& context)
{
    requireOneType(context, kBools);
    setOutput(context, 0, broadcastAll(context.inputs), ElementType::Bool);
}

void inferWhere(InferContext& context)
{
    requireType(context, 0, kBools);
    requireType(context, 1, kFixedSize);
    if (context.types[2] != context.types[1])
        throw Error("mixes {} and {}.", elementName(context.types[1]), elementName(context.types[2]));
    setOutput(context, 0, broadcastAll(context.inputs), context.types[1]);
}

namespace {

/// output[i] = function(a, b) with both broadcast to the output.
template <typename A, typename B, typename Y, typename Function>
void combine(const LoopContext& context, Function function)
{
    const Shape& shape = context.outputs[0].shape();
    const A* a = context.inputs[0].as<A>().data();
    const B* b = context.inputs[1].as<B>().data();
    Y* y = context.outputs[0].as<Y>().data();
    walk(shape,
        std::array { broadcastStrides(context.inputs[0].shape, shape),
            broadcastStrides(context.inputs[1].shape, shape) },
        [&](std::int64_t i, const auto& at) { y[i] = function(a[at[0]], b[at[1]]); });
}

template <typename T> using Arithmetic = T (*)(T, T);

/// Integers wrap around on overflow, in unsigned arithmetic where that is defined.
template <typename T, typename Function> T wrapping(T a, T b, Function function)
{
    if constexpr (std::is_floating_point_v<T>)
        return function(a, b);
    else
        return static_cast<T>(function(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
}

template <typename T> T quotient(T a, T b)
{
    if constexpr (std::is_integral_v<T>) {
        if (b == 0)
            throw Error("divides by zero.");
        if (std::is_signed_v<T> && b == static_cast<T>(-1))
            return static_cast<T>(std::uint64_t {} - static_cast<std::uint64_t>(a)); // the lowest wraps
    }
    return static_cast<T>(a / b);
}

/// The remainder with the dividend's sign (C's).
template <typename T> T truncatedRemainder(T a, T b)
{
    if constexpr (std::is_floating_point_v<T>)
        return std::fmod(a, b);
    else if (b == 0)
        throw Error("divides by zero.");
    else
        return std::is_signed_v<T> && b == static_cast<T>(-1) ? T {} : static_cast<T>(a % b);
}

/// The remainder with the divisor's sign (Python's).
template <typename T> T flooredRemainder(T a, T b)
{
    const T remainder = truncatedRemainder(a, b);
    return remainder != 0 && (remainder < 0) != (b < 0) ? static_cast<T>(remainder + b) : remainder;
}

template <typename T> Arithmetic<T> arithmeticOf(const Node& node)
{
    if (node.kind == OpKind::Add || node.kind == OpKind::Sum || node.kind == OpKind::Mean)
        return [](T a, T b) { return wrapping(a, b, [](auto x, auto y) { return x + y; }); };
    if (node.kind == OpKind::Sub)
        return [](T a, T b) { return wrapping(a, b, [](auto x, auto y) { return x - y; }); };
    if (node.kind == OpKind::Mul)
        return [](T a, T b) { return wrapping(a, b, [](auto x, auto y) { return x * y; }); };
    if (node.kind == OpKind::Div)
        return quotient<T>;
    if (node.kind == OpKind::Min)
        return [](T a, T b) { return b < a || b != b ? b : a; };
    if (node.kind == OpKind::Max)
        return [](T a, T b) { return b > a || b != b ? b : a; };
    if (node.kind == OpKind::PRelu)
        return [](T a, T b) { return a < 0 ? wrapping(a, b, [](auto x, auto y) { return x * y; }) : a; };
    if (node.kind == OpKind::Mod)
        return std::get<ModAttributes>(node.attributes).truncated ? truncatedRemainder<T>
                                                                  : flooredRemainder<T>;
    throw Error("has no function of two numbers.");
}

template <typename T> bool compare(OpKind kind, T a, T b)
{
    if (kind == OpKind::Equal)
        return a == b;
    if (kind == OpKind::Greater)
        return a > b;
    if (kind == OpKind::GreaterOrEqual)
        return a >= b;
    return kind == OpKind::Less ? a < b : a <= b;
}

} // namespace

void arithmeticLoop(const LoopContext& context)
{
    dispatch(NumberTypes {}, context.inputs[0].type,
        [&]<typename T>() { combine<T, T, T>(context, arithmeticOf<T>(context.node)); });
}

void variadicLoop(const LoopContext& context)
{
    const auto inputs = context.inputs.first(ownInputCount(context.node));
    const Shape& shape = context.outputs[0].shape();
    dispatch(NumberTypes {}, inputs[0].type, [&]<typename T>() {
        const Arithmetic<T> function = arithmeticOf<T>(context.node);
        T* y = context.outputs[0].as<T>().data();
        for (std::size_t n = 0; n < inputs.size(); ++n) {
            const T* x = inputs[n].as<T>().data();
            walk(shape, std::array { broadcastStrides(inputs[n].shape, shape) },
                [&](std::int64_t i, const auto& at) { y[i] = n == 0 ? x[at[0]] : function(y[i], x[at[0]]); });
        }
        if (context.node.kind == OpKind::Mean)
            for (T& mean : context.outputs[0].as<T>())
                mean = static_cast<T>(mean / static_cast<double>(inputs.size()));
    });
}

void comparisonLoop(const LoopContext& context)
{
    const OpKind kind = context.node.kind;
    dispatch(AllTypes {}, context.inputs[0].type, [&]<typename T>() {
        combine<T, T, Boolean>(context, [kind](T a, T b) { return compare(kind, a, b); });
    });
}

void logicLoop(const LoopContext& context)
{
    const OpKind kind = context.node.kind;
    combine<Boolean, Boolean, Boolean>(context, [kind](bool a, bool b) {
        return kind == OpKind::And ? a && b : kind == OpKind::Or ? a || b : a != b;
    });
}

namespace {

/// Exact for whole numbers, by squaring; wraps like any other product.
template <typename T> T wholePower(T base, std::uint64_t exponent)
{
    std::uint64_t result = 1;
    for (auto square = static_cast<std::uint64_t>(base); exponent > 0; exponent >>= 1, square *= square)
        if (exponent & 1)
            result *= square;
    return static_cast<T>(result);
}

template <typename T, typename Exponent> T power(T base, Exponent exponent)
{
    if constexpr (std::is_integral_v<T> && std::is_integral_v<Exponent>)
        if (exponent >= Exponent {})
            return wholePower(base, static_cast<std::uint64_t>(exponent));
    return fromReal<T>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
}

} // namespace

void powLoop(const LoopContext& context)
{
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        dispatch(NumberTypes {}, context.inputs[1].type,
            [&]<typename Exponent>() { combine<T, Exponent, T>(context, power<T, Exponent>); });
    });
}

void whereLoop(const LoopContext& context)
{
    const Shape& shape = context.outputs[0].shape();
    const Boolean* condition = context.inputs[0].as<Boolean>().data();
    const std::array strides { broadcastStrides(context.inputs[0].shape, shape),
        broadcastStrides(context.inputs[1].shape, shape), broadcastStrides(context.inputs[2].shape, shape) };
    dispatchBySize(RawTypes {}, context.inputs[1].type, [&]<typename T>() {
        const T *yes = context.inputs[1].as<T>().data(), *no = context.inputs[2].as<T>().data();
        T* y = context.outputs[0].as<T>().data();
        walk(shape, strides,
            [&](std::int64_t i, const auto& at) { y[i] = condition[at[0]] ? yes[at[1]] : no[at[2]]; });
    });
}

} // namespace core::ops
