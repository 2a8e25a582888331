// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/for_range.h"
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/scalar.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace core::ops {

void inferUnaryFloat(InferContext& context)
{
    sameAsFirst(context, kFloats);
}

void inferUnaryNumber(InferContext& context)
{
    sameAsFirst(context, kNumbers);
}

void inferNot(InferContext& context)
{
    sameAsFirst(context, kBools);
}

void inferClip(InferContext& context)
{
    requireOneType(context, kNumbers);
    for (std::size_t bound : { 1U, 2U })
        if (context.has(bound) && elementCount(context.inputs[bound]) != 1)
            throw Error("has a bound of shape {}, expected a scalar.", toString(context.inputs[bound]));
    setOutput(context, 0, context.inputs[0], context.types[0]);
}

namespace {

/// Of a transcendental function, in additions.
constexpr std::int64_t kWorkOfFunction = 8;

/// Calls body(i) for each element of `y`.
template <typename T, typename Body> void forEachOf(std::span<T> y, std::int64_t work, Body body)
{
    forEach(std::ssize(y), work, [&](std::int64_t i) { body(static_cast<std::size_t>(i)); });
}

/// Those of the functions that integers have too, in their own arithmetic: the lowest one has no positive
/// twin.
template <typename T> T ofInteger(OpKind kind, T x)
{
    const bool negative = x < T {};
    if (kind == OpKind::Relu)
        return negative ? T {} : x;
    if (kind == OpKind::Sign)
        return static_cast<T>(negative ? -1 : x != 0);
    if (kind == OpKind::Abs && !negative)
        return x;
    return static_cast<T>(std::uint64_t {} - static_cast<std::uint64_t>(x));
}

void integerLoop(const LoopContext& context)
{
    dispatch(IntegerTypes {}, context.inputs[0].type, [&]<typename T>() {
        const auto x = context.inputs[0].as<T>();
        const auto y = context.outputs[0].as<T>();
        forEachOf(y, 1, [&](std::size_t i) { y[i] = ofInteger(context.node.kind, x[i]); });
    });
}

/// y = Function(x, alpha, beta), compiled for each function on its own.
template <auto Function> void loopOver(const LoopContext& context)
{
    const auto* given = std::get_if<ActivationAttributes>(&context.node.attributes);
    const double alpha = given ? given->alpha : 0, beta = given ? given->beta : 0;
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const auto x = context.inputs[0].as<T>();
        const auto y = context.outputs[0].as<T>();
        forEachOf(
            y, kWorkOfFunction, [&](std::size_t i) { y[i] = static_cast<T>(Function(x[i], alpha, beta)); });
    });
}

struct LoopRow {
    OpKind kind;
    void (*loop)(const LoopContext& context);
};

/// Ties go to the even neighbour, as ONNX asks and std::nearbyint does in the default rounding mode.
constexpr LoopRow kLoops[] = {
    { OpKind::Relu, loopOver<[](double x, double, double) { return std::max(x, 0.0); }> },
    { OpKind::LeakyRelu, loopOver<[](double x, double alpha, double) { return x < 0 ? alpha * x : x; }> },
    { OpKind::Elu,
        loopOver<[](double x, double alpha, double) { return x < 0 ? alpha * std::expm1(x) : x; }> },
    { OpKind::Selu, loopOver<[](double x, double alpha, double gamma) {
         return gamma * (x < 0 ? alpha * std::expm1(x) : x);
     }> },
    { OpKind::Sigmoid, loopOver<[](double x, double, double) { return sigmoid(x); }> },
    { OpKind::HardSigmoid, loopOver<hardSigmoid> },
    { OpKind::HardSwish, loopOver<[](double x, double, double) { return hardSwish(x); }> },
    { OpKind::Tanh, loopOver<[](double x, double, double) { return std::tanh(x); }> },
    { OpKind::Softplus, loopOver<[](double x, double, double) { return softplus(x); }> },
    { OpKind::Softsign, loopOver<[](double x, double, double) { return x / (1 + std::abs(x)); }> },
    { OpKind::ThresholdedRelu, loopOver<[](double x, double alpha, double) { return alpha < x ? x : 0.0; }> },
    { OpKind::Erf, loopOver<[](double x, double, double) { return std::erf(x); }> },
    { OpKind::Exp, loopOver<[](double x, double, double) { return std::exp(x); }> },
    { OpKind::Log, loopOver<[](double x, double, double) { return std::log(x); }> },
    { OpKind::Sqrt, loopOver<[](double x, double, double) { return std::sqrt(x); }> },
    { OpKind::Reciprocal, loopOver<[](double x, double, double) { return 1 / x; }> },
    { OpKind::Abs, loopOver<[](double x, double, double) { return std::abs(x); }> },
    { OpKind::Neg, loopOver<[](double x, double, double) { return -x; }> },
    { OpKind::Floor, loopOver<[](double x, double, double) { return std::floor(x); }> },
    { OpKind::Ceil, loopOver<[](double x, double, double) { return std::ceil(x); }> },
    { OpKind::Round, loopOver<[](double x, double, double) { return std::nearbyint(x); }> },
    { OpKind::Sign, loopOver<[](double x, double, double) { return 0 < x ? 1.0
                                                                : x < 0  ? -1.0
                                                                         : x; }> },
    { OpKind::Sin, loopOver<[](double x, double, double) { return std::sin(x); }> },
    { OpKind::Cos, loopOver<[](double x, double, double) { return std::cos(x); }> },
    { OpKind::Tan, loopOver<[](double x, double, double) { return std::tan(x); }> },
    { OpKind::Asin, loopOver<[](double x, double, double) { return std::asin(x); }> },
    { OpKind::Acos, loopOver<[](double x, double, double) { return std::acos(x); }> },
    { OpKind::Atan, loopOver<[](double x, double, double) { return std::atan(x); }> },
    { OpKind::Sinh, loopOver<[](double x, double, double) { return std::sinh(x); }> },
    { OpKind::Cosh, loopOver<[](double x, double, double) { return std::cosh(x); }> },
    { OpKind::Asinh, loopOver<[](double x, double, double) { return std::asinh(x); }> },
    { OpKind::Acosh, loopOver<[](double x, double, double) { return std::acosh(x); }> },
    { OpKind::Atanh, loopOver<[](double x, double, double) { return std::atanh(x); }> },
    { OpKind::Celu,
        loopOver<[](double x, double alpha, double) { return x < 0 ? alpha * std::expm1(x / alpha) : x; }> },
    { OpKind::Mish, loopOver<[](double x, double, double) { return x * std::tanh(softplus(x)); }> },
    { OpKind::Swish, loopOver<[](double x, double alpha, double) { return swish(x, alpha); }> },
};

} // namespace

void unaryLoop(const LoopContext& context)
{
    if (isInteger(context.inputs[0].type))
        return integerLoop(context);
    if (const auto* attributes = std::get_if<GeluAttributes>(&context.node.attributes)) {
        if (attributes->tanhApproximation)
            return loopOver<[](double x, double, double) { return geluTanh(x); }>(context);
        return loopOver<[](double x, double, double) { return gelu(x); }>(context);
    }
    for (const auto& [kind, loop] : kLoops)
        if (kind == context.node.kind)
            return loop(context);
    throw Error("has no function of one number.");
}

namespace {

/// A bound is an input from opset 11 on; before, an attribute, whose default stands for no bound.
template <typename T> std::optional<T> boundOf(const LoopContext& context, std::size_t input, float attribute)
{
    if (hasInput(context, input))
        return context.inputs[input].as<T>()[0];
    if (std::abs(attribute) == std::numeric_limits<float>::max())
        return std::nullopt;
    return fromReal<T>(attribute);
}

} // namespace

void clipLoop(const LoopContext& context)
{
    const auto& attributes = std::get<ActivationAttributes>(context.node.attributes);
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        const auto least = boundOf<T>(context, 1, attributes.alpha);
        const auto most = boundOf<T>(context, 2, attributes.beta);
        const auto x = context.inputs[0].as<T>();
        const auto y = context.outputs[0].as<T>();
        forEachOf(y, 1, [&](std::size_t i) {
            y[i] = least ? std::max(x[i], *least) : x[i];
            y[i] = most ? std::min(y[i], *most) : y[i];
        });
    });
}

void shrinkLoop(const LoopContext& context)
{
    const auto& attributes = std::get<ShrinkAttributes>(context.node.attributes);
    const double lambda = attributes.lambda, bias = attributes.bias;
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        // Without a bias elements stay as they are: not every 64-bit integer is a double.
        const auto moved
            = [bias](T x, double by) { return bias == 0 ? x : fromReal<T>(static_cast<double>(x) + by); };
        const auto x = context.inputs[0].as<T>();
        const auto y = context.outputs[0].as<T>();
        forEachOf(y, 1, [&](std::size_t i) {
            const auto real = static_cast<double>(x[i]);
            y[i] = real < -lambda ? moved(x[i], bias) : real > lambda ? moved(x[i], -bias) : T {};
        });
    });
}

void inferFloatTest(InferContext& context)
{
    requireType(context, 0, kFloats);
    setOutput(context, 0, context.inputs[0], ElementType::Bool);
}

namespace {

template <typename Test> void testFloats(const LoopContext& context, Test test)
{
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const auto x = context.inputs[0].as<T>();
        const auto y = context.outputs[0].as<Boolean>();
        forEachOf(y, 1, [&](std::size_t i) { y[i] = test(x[i]); });
    });
}

} // namespace

void isNanLoop(const LoopContext& context)
{
    testFloats(context, [](auto x) { return x != x; });
}

void isInfLoop(const LoopContext& context)
{
    const auto& wanted = std::get<IsInfAttributes>(context.node.attributes);
    testFloats(context, [&](auto x) {
        return std::isinf(x) && (std::signbit(x) ? wanted.detectNegative : wanted.detectPositive);
    });
}

void notLoop(const LoopContext& context)
{
    const auto x = context.inputs[0].as<Boolean>();
    const auto y = context.outputs[0].as<Boolean>();
    forEachOf(y, 1, [&](std::size_t i) { y[i] = !x[i]; });
}

} // namespace core::ops
