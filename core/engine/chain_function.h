// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace core {

/// On float32. x is the first operand, y the second one.
enum class ChainFunction {
    // one operand
    Linear, // alpha x + beta
    Clip, // to [alpha, beta]
    Relu,
    LeakyRelu, // alpha x below 0
    Elu, // alpha (e^x - 1) below 0
    Selu, // beta times that
    Celu, // alpha (e^(x / alpha) - 1) below 0
    ThresholdedRelu, // 0 up to alpha
    Sigmoid,
    HardSigmoid, // alpha x + beta, clipped to [0, 1]
    Swish, // x sigmoid(alpha x)
    HardSwish,
    Mish,
    Gelu,
    GeluTanh,
    Tanh,
    Softplus,
    Softsign,
    Erf,
    Exp,
    Log,
    Sqrt,
    Square,
    Cube,
    Reciprocal, // alpha / x
    Abs,
    Floor,
    Ceil,
    Round, // ties to even
    Sign,
    // two operands
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    PRelu // y x below 0
};

/// The number of functions, of which the last is PRelu.
inline constexpr int kChainFunctions = static_cast<int>(ChainFunction::PRelu) + 1;

constexpr bool isBinary(ChainFunction function)
{
    return function >= ChainFunction::Add;
}

} // namespace core
