// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/chain_function.h"
#include "gpu/kernels/kernel.h"

#include <cmath>
#include <limits>
#include <type_traits>

/// Functions of one number, in float32, for the host and the device.
namespace gpu {

BREAKEVEN_DEVICE inline float sigmoid(float x)
{
    return 1.0F / (1.0F + expf(-x));
}

BREAKEVEN_DEVICE inline float hardSigmoid(float x, float slope, float offset)
{
    const float line = slope * x + offset, above = line < 0.0F ? 0.0F : line;
    return above > 1.0F ? 1.0F : above;
}

/// log(1 + e^x) without overflow.
BREAKEVEN_DEVICE inline float softplus(float x)
{
    return (x > 0.0F ? x : 0.0F) + log1pf(expf(-fabsf(x)));
}

BREAKEVEN_DEVICE inline float gelu(float x)
{
    return 0.5F * x * (1.0F + erff(x * 0.707106781F));
}

BREAKEVEN_DEVICE inline float geluTanh(float x)
{
    return 0.5F * x * (1.0F + tanhf(0.797884561F * (x + 0.044715F * x * x * x)));
}

/// One function of a chain; what is not a number stays that.
BREAKEVEN_DEVICE inline float chainValue(
    core::ChainFunction function, float x, float y, float alpha, float beta)
{
    using F = core::ChainFunction;
    switch (function) {
    case F::Linear:
        return alpha * x + beta;
    case F::Clip: {
        const float above = x < alpha ? alpha : x;
        return above > beta ? beta : above;
    }
    case F::Relu:
        return x < 0.0F ? 0.0F : x;
    case F::LeakyRelu:
        return x < 0.0F ? alpha * x : x;
    case F::Elu:
        return x < 0.0F ? alpha * expm1f(x) : x;
    case F::Selu:
        return beta * (x < 0.0F ? alpha * expm1f(x) : x);
    case F::Celu:
        return x < 0.0F ? alpha * expm1f(x / alpha) : x;
    case F::ThresholdedRelu:
        return x > alpha ? x : 0.0F;
    case F::Sigmoid:
        return sigmoid(x);
    case F::HardSigmoid:
        return hardSigmoid(x, alpha, beta);
    case F::Swish:
        return x * sigmoid(alpha * x);
    case F::HardSwish:
        return x * hardSigmoid(x, 1.0F / 6, 0.5F);
    case F::Mish:
        return x * tanhf(softplus(x));
    case F::Gelu:
        return gelu(x);
    case F::GeluTanh:
        return geluTanh(x);
    case F::Tanh:
        return tanhf(x);
    case F::Softplus:
        return softplus(x);
    case F::Softsign:
        return x / (1.0F + fabsf(x));
    case F::Erf:
        return erff(x);
    case F::Exp:
        return expf(x);
    case F::Log:
        return logf(x);
    case F::Sqrt:
        return sqrtf(x);
    case F::Square:
        return x * x;
    case F::Cube:
        return x * x * x;
    case F::Reciprocal:
        return alpha / x;
    case F::Abs:
        return fabsf(x);
    case F::Floor:
        return floorf(x);
    case F::Ceil:
        return ceilf(x);
    case F::Round:
        return rintf(x);
    case F::Sign:
        return x > 0.0F ? 1.0F : x < 0.0F ? -1.0F : x;
    case F::Add:
        return x + y;
    case F::Sub:
        return x - y;
    case F::Mul:
        return x * y;
    case F::Div:
        return x / y;
    case F::Min:
        return x != x || x < y ? x : y;
    case F::Max:
        return x != x || x > y ? x : y;
    case F::PRelu:
        return x < 0.0F ? y * x : x;
    }
    return x;
}

/// As ONNX's Cast between numbers: to integers truncated and clamped, not-a-number being 0; to bool whether
/// it is not 0.
template <typename To, typename From> BREAKEVEN_DEVICE To convert(From from)
{
    if constexpr (std::is_same_v<To, bool>)
        return from != From(0);
    else if constexpr (std::is_integral_v<To> && !std::is_integral_v<From>) {
        using Real = std::conditional_t<std::is_same_v<From, double>, double, float>;
        const Real value = static_cast<Real>(from);
        constexpr auto kMost = std::numeric_limits<To>::max();
        constexpr auto kLeast = std::numeric_limits<To>::lowest();
        if (value != value)
            return To(0);
        if (value >= static_cast<Real>(kMost))
            return kMost;
        return value <= static_cast<Real>(kLeast) ? kLeast : static_cast<To>(value);
    } else
        return static_cast<To>(from);
}

} // namespace gpu
