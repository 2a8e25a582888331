// SPDX-License-Identifier: GPL-3.0-or-later
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

using Function = double (*)(double x, double alpha, double beta);

struct FunctionRow {
    OpKind kind;
    Function function;
};

/// Ties go to the even neighbour, as ONNX asks and std::nearbyint does in the default rounding mode.
constexpr FunctionRow kFunctions[] = {
    { OpKind::Relu, [](double x, double, double) { return std::max(x, 0.0); } },
    { OpKind::LeakyRelu, [](double x, double alpha, double) { return x < 0 ? alpha * x : x; } },
    { OpKind::Elu, [](double x, double alpha, double) { return x < 0 ? alpha * std::expm1(x) : x; } },
    { OpKind::Selu,
        [](double x, double alpha, double gamma) { return gamma * (x < 0 ? alpha * std::expm1(x) : x); } },
    { OpKind::Sigmoid, [](double x, double, double) { return sigmoid(x); } },
    { OpKind::HardSigmoid, hardSigmoid },
    { OpKind::HardSwish, [](double x, double, double) { return hardSwish(x); } },
    { OpKind::Tanh, [](double x, double, double) { return std::tanh(x); } },
    { OpKind::Softplus, [](double x, double, double) { return softplus(x); } },
    { OpKind::Softsign, [](double x, double, double) { return x / (1 + std::abs(x)); } },
    { OpKind::ThresholdedRelu, [](double x, double alpha, double) { return x > alpha ? x : 0.0; } },
    { OpKind::Erf, [](double x, double, double) { return std::erf(x); } },
    { OpKind::Exp, [](double x, double, double) { return std::exp(x); } },
    { OpKind::Log, [](double x, double, double) { return std::log(x); } },
    { OpKind::Sqrt, [](double x, double, double) { return std::sqrt(x); } },
    { OpKind::Reciprocal, [](double x, double, double) { return 1 / x; } },
    { OpKind::Abs, [](double x, double, double) { return std::abs(x); } },
    { OpKind::Neg, [](double x, double, double) { return -x; } },
    { OpKind::Floor, [](double x, double, double) { return std::floor(x); } },
    { OpKind::Ceil, [](double x, double, double) { return std::ceil(x); } },
    { OpKind::Round, [](double x, double, double) { return std::nearbyint(x); } },
    { OpKind::Sign, [](double x, double, double) { return x > 0 ? 1.0
                                                       : x < 0  ? -1.0
                                                                : x; } },
    { OpKind::Sin, [](double x, double, double) { return std::sin(x); } },
    { OpKind::Cos, [](double x, double, double) { return std::cos(x); } },
    { OpKind::Tan, [](double x, double, double) { return std::tan(x); } },
    { OpKind::Asin, [](double x, double, double) { return std::asin(x); } },
    { OpKind::Acos, [](double x, double, double) { return std::acos(x); } },
    { OpKind::Atan, [](double x, double, double) { return std::atan(x); } },
    { OpKind::Sinh, [](double x, double, double) { return std::sinh(x); } },
    { OpKind::Cosh, [](double x, double, double) { return std::cosh(x); } },
    { OpKind::Asinh, [](double x, double, double) { return std::asinh(x); } },
    { OpKind::Acosh, [](double x, double, double) { return std::acosh(x); } },
    { OpKind::Atanh, [](double x, double, double) { return std::atanh(x); } },
    { OpKind::Celu,
        [](double x, double alpha, double) { return x < 0 ? alpha * std::expm1(x / alpha) : x; } },
    { OpKind::Mish, [](double x, double, double) { return x * std::tanh(softplus(x)); } },
    { OpKind::Swish, [](double x, double alpha, double) { return swish(x, alpha); } },
};

Function functionOf(const Node& node)
{
    if (const auto* attributes = std::get_if<GeluAttributes>(&node.attributes))
        return attributes->tanhApproximation ? Function([](double x, double, double) { return geluTanh(x); })
                                             : Function([](double x, double, double) { return gelu(x); });
    for (const auto& [kind, function] : kFunctions)
        if (kind == node.kind)
            return function;
    throw Error("has no function of one number.");
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

} // namespace

void unaryLoop(const LoopContext& context)
{
    const Function function = functionOf(context.node);
    const auto* given = std::get_if<ActivationAttributes>(&context.node.attributes);
    const ActivationAttributes attributes = given ? *given : ActivationAttributes {};
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        const auto x = context.inputs[0].as<T>();
        const auto y = context.outputs[0].as<T>();
        for (std::size_t i = 0; i < y.size(); ++i)
            if constexpr (std::is_floating_point_v<T>)
                y[i] = static_cast<T>(function(x[i], attributes.alpha, attributes.beta));
            else
                y[i] = ofInteger(context.node.kind, x[i]);
    });
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
        for (std::size_t i = 0; i < y.size(); ++i) {
            y[i] = least ? std::max(x[i], *least) : x[i];
            y[i] = most ? std::min(y[i], *most) : y[i];
        }
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
        for (std::size_t i = 0; i < y.size(); ++i) {
            const auto real = static_cast<double>(x[i]);
            y[i] = real < -lambda ? moved(x[i], bias) : real > lambda ? moved(x[i], -bias) : T {};
        }
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
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = test(x[i]);
    });
}

} // namespace

void isNanLoop(const LoopContext& context)
{
    testFloats(context, [](auto x) { return x != x; });
}

void isInfLoop(const LoopContext& context)
{
    const auto [negative, positive] = std::get<IsInfAttributes>(context.node.attributes);
    testFloats(context,
        [negative, positive](auto x) { return std::isinf(x) && (std::signbit(x) ? negative : positive); });
}

void notLoop(const LoopContext& context)
{
    const auto x = context.inputs[0].as<Boolean>();
    const auto y = context.outputs[0].as<Boolean>();
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = !x[i];
}

} // namespace core::ops
