// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/elementwise_chain.h"
#include "cpu/chain_functions.h"
#include "cpu/chain_kernel.h"

#include <array>

// One loop for each function, for sources compiled for one instruction set each; see chain_functions.h.
namespace cpu {
namespace {

using F = core::ChainFunction;

/// The function of x, or of x and y; compiled for each on its own.
template <F f> [[gnu::always_inline]] inline float valueOf(float x, float y, float alpha, float beta)
{
    const auto below = [&](float negative) { return x < 0.0F ? negative : x; };
    switch (f) {
    case F::Linear:
        return alpha * x + beta;
    case F::Clip: {
        const float above = x < alpha ? alpha : x;
        return above > beta ? beta : above;
    }
    case F::Relu:
        return below(0.0F);
    case F::LeakyRelu:
        return below(alpha * x);
    case F::Elu:
        return below(alpha * exponentialMinusOne(x));
    case F::Selu:
        return beta * below(alpha * exponentialMinusOne(x));
    case F::Celu:
        return below(alpha * exponentialMinusOne(x / alpha));
    case F::ThresholdedRelu:
        return x > alpha ? x : 0.0F;
    case F::Sigmoid:
        return sigmoid(x);
    case F::HardSigmoid: {
        const float line = alpha * x + beta, above = line < 0.0F ? 0.0F : line;
        return above > 1.0F ? 1.0F : above;
    }
    case F::Swish:
        return x * sigmoid(alpha * x);
    case F::HardSwish: {
        const float line = x * (1.0F / 6) + 0.5F, above = line < 0.0F ? 0.0F : line;
        return x * (above > 1.0F ? 1.0F : above);
    }
    case F::Mish:
        return mish(x);
    case F::Gelu:
        return gelu(x);
    case F::GeluTanh:
        return geluTanh(x);
    case F::Tanh:
        return hyperbolicTangent(x);
    case F::Softplus:
        return softplus(x);
    case F::Softsign:
        return x / (1.0F + std::fabs(x));
    case F::Erf:
        return errorFunction(x);
    case F::Exp:
        return exponential(x);
    case F::Log:
        return logarithm(x);
    case F::Sqrt:
        return std::sqrt(x);
    case F::Square:
        return x * x;
    case F::Cube:
        return x * x * x;
    case F::Reciprocal:
        return alpha / x;
    case F::Abs:
        return std::fabs(x);
    case F::Floor:
        return floored(x);
    case F::Ceil:
        return -floored(-x);
    case F::Round:
        return nearest(x);
    case F::Sign: {
        const float size = x < 0.0F ? -1.0F : x; // keeps what is not a number
        return x > 0.0F ? 1.0F : size;
    }
    case F::Add:
        return x + y;
    case F::Sub:
        return x - y;
    case F::Mul:
        return x * y;
    case F::Div:
        return x / y;
    case F::Min: {
        const float less = x < y ? x : y; // y where one of them is not a number
        return x != x ? x : less;
    }
    case F::Max: {
        const float more = x > y ? x : y;
        return x != x ? x : more;
    }
    case F::PRelu:
        return below(y * x);
    }
    return x;
}

template <F f> void runLoop(const ChainOperation& of, const float* x, const float* y, float* out, int count)
{
    const float alpha = of.alpha, beta = of.beta;
    // The result may lie where an operand does, element for element.
#pragma omp simd
    for (int i = 0; i < count; ++i)
        out[i] = valueOf<f>(x[i], core::isBinary(f) ? y[i] : 0.0F, alpha, beta);
}

template <int... indices> constexpr ChainLoops loopsFor(std::integer_sequence<int, indices...>)
{
    return { runLoop<static_cast<F>(indices)>... };
}

} // namespace
} // namespace cpu
