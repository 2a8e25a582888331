// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/combine.h"
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/scalar.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>
#include <functional>

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

/// The types that models compute in: tokens and bytes as int32, too, which are made one-hot by comparing.
template <typename T>
constexpr bool kHot
    = std::is_same_v<T, float> || std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::int32_t>;

/// Calls body(function). For hot types each function is a type of its own, so that loops over it are
/// compiled, and vectorised, one by one; for the others it is a pointer, and they share a loop.
template <typename T, typename Body> auto functionsFor(Body& body)
{
    return [&body](auto function) {
        if constexpr (kHot<T>)
            body(function);
        else
            body(+function);
    };
}

/// Calls it with the node's function of two numbers.
template <typename T, typename Body> void withArithmetic(const Node& node, Body&& given)
{
    const auto body = functionsFor<T>(given);
    if (node.kind == OpKind::Add || node.kind == OpKind::Sum || node.kind == OpKind::Mean)
        return body([](T a, T b) { return wrapping(a, b, std::plus<>()); });
    if (node.kind == OpKind::Sub)
        return body([](T a, T b) { return wrapping(a, b, std::minus<>()); });
    if (node.kind == OpKind::Mul)
        return body([](T a, T b) { return wrapping(a, b, std::multiplies<>()); });
    if (node.kind == OpKind::Div)
        return body([](T a, T b) { return quotient(a, b); });
    if (node.kind == OpKind::Min)
        return body([](T a, T b) { return b < a || b != b ? b : a; });
    if (node.kind == OpKind::Max)
        return body([](T a, T b) { return b > a || b != b ? b : a; });
    if (node.kind == OpKind::PRelu)
        return body([](T a, T b) { return a < 0 ? wrapping(a, b, std::multiplies<>()) : a; });
    if (node.kind == OpKind::Mod) {
        if (std::get<ModAttributes>(node.attributes).truncated)
            return body([](T a, T b) { return truncatedRemainder(a, b); });
        return body([](T a, T b) { return flooredRemainder(a, b); });
    }
    throw Error("has no function of two numbers.");
}

/// The same for its comparison.
template <typename T, typename Body> void withComparison(OpKind kind, Body&& given)
{
    const auto body = functionsFor<T>(given);
    if (kind == OpKind::Equal)
        return body([](T a, T b) { return a == b; });
    if (kind == OpKind::Greater)
        return body([](T a, T b) { return a > b; });
    if (kind == OpKind::GreaterOrEqual)
        return body([](T a, T b) { return a >= b; });
    if (kind == OpKind::Less)
        return body([](T a, T b) { return a < b; });
    body([](T a, T b) { return a <= b; });
}

} // namespace

void arithmeticLoop(const LoopContext& context)
{
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        withArithmetic<T>(context.node, [&](auto function) { combine<T, T, T>(context, function); });
    });
}

void variadicLoop(const LoopContext& context)
{
    const auto inputs = context.inputs.first(ownInputCount(context.node));
    const Shape& shape = context.outputs[0].shape();
    dispatch(NumberTypes {}, inputs[0].type, [&]<typename T>() {
        T* y = context.outputs[0].as<T>().data();
        const auto takeIn = [&](const TensorView& input, auto function) {
            const T* x = input.as<T>().data();
            walkRunsApart(shape, std::array { broadcastStrides(input.shape, shape) },
                [&](std::int64_t first, std::int64_t count, const auto& at, const auto& step) {
                    for (std::int64_t k = 0; k < count; ++k)
                        y[first + k] = function(y[first + k], x[at[0] + k * step[0]]);
                });
        };
        takeIn(inputs[0], [](T, T x) { return x; });
        withArithmetic<T>(context.node, [&](auto function) {
            for (const TensorView& input : inputs.subspan(1))
                takeIn(input, function);
        });
        if (context.node.kind == OpKind::Mean)
            for (T& mean : context.outputs[0].as<T>())
                mean = static_cast<T>(mean / static_cast<double>(inputs.size()));
    });
}

void comparisonLoop(const LoopContext& context)
{
    dispatch(AllTypes {}, context.inputs[0].type, [&]<typename T>() {
        withComparison<T>(
            context.node.kind, [&](auto function) { combine<T, T, Boolean>(context, function); });
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

/// The exponents as the widest of their kind, in place of ten types beside ten types of bases.
template <typename Wide> Tensor widenedExponents(const TensorView& from, ElementType type)
{
    Tensor to(type, from.shape);
    dispatch(NumberTypes {}, from.type,
        [&]<typename T>() { std::ranges::copy(from.as<T>(), to.as<Wide>().begin()); });
    return to;
}

template <typename Exponent> void raise(const LoopContext& context, ElementType type)
{
    const Tensor exponents = widenedExponents<Exponent>(context.inputs[1], type);
    const std::array inputs { context.inputs[0], exponents.view() };
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        combine<T, Exponent, T>({ context.node, inputs, context.outputs }, power<T, Exponent>);
    });
}

} // namespace

void powLoop(const LoopContext& context)
{
    const ElementType exponent = context.inputs[1].type;
    if (isFloat(exponent))
        return raise<double>(context, ElementType::Double);
    if (exponent == ElementType::UInt64)
        return raise<std::uint64_t>(context, ElementType::UInt64);
    raise<std::int64_t>(context, ElementType::Int64);
}

void inferSwiGlu(InferContext& context)
{
    requireOneType(context, kFloats);
    if (context.inputs[0] != context.inputs[1])
        throw Error("gates {} with {}, expected one shape.", toString(context.inputs[1]),
            toString(context.inputs[0]));
    setOutput(context, 0, context.inputs[0], context.types[0]);
}

void swiGluLoop(const LoopContext& context)
{
    const double alpha = std::get<ActivationAttributes>(context.node.attributes).alpha;
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        combine<T, T, T>(context, [alpha](T gate, T x) { return static_cast<T>(swish(gate, alpha) * x); });
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
        walkRunsApart(
            shape, strides, [&](std::int64_t first, std::int64_t count, const auto& at, const auto& step) {
                for (std::int64_t k = 0; k < count; ++k)
                    y[first + k]
                        = condition[at[0] + k * step[0]] ? yes[at[1] + k * step[1]] : no[at[2] + k * step[2]];
            });
    });
}

} // namespace core::ops
