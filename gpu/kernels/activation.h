// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/scalar.h"

namespace gpu {

/// What a product or convolution ends with, in this order: alpha times, plus a bias, plus a residual, then
/// the activation.
enum class Activation { None, Relu, Gelu, GeluTanh, Sigmoid, Tanh, Swish, HardSwish };

BREAKEVEN_DEVICE inline float activated(Activation activation, float x)
{
    switch (activation) {
    case Activation::None:
        return x;
    case Activation::Relu:
        return x < 0.0F ? 0.0F : x;
    case Activation::Gelu:
        return gelu(x);
    case Activation::GeluTanh:
        return geluTanh(x);
    case Activation::Sigmoid:
        return sigmoid(x);
    case Activation::Tanh:
        return tanhf(x);
    case Activation::Swish:
        return x * sigmoid(x);
    case Activation::HardSwish:
        return x * hardSigmoid(x, 1.0F / 6, 0.5F);
    }
    return x;
}

} // namespace gpu
