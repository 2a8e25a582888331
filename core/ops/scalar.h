// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>

/// Activations on one number, shared by operators and post-ops.
namespace core::ops {

inline double sigmoid(double x)
{
    return 1 / (1 + std::exp(-x));
}

inline double hardSigmoid(double x, double slope, double offset)
{
    return std::clamp(slope * x + offset, 0.0, 1.0);
}

inline double hardSwish(double x)
{
    return x * hardSigmoid(x, 1.0 / 6, 0.5);
}

inline double swish(double x, double alpha = 1)
{
    return x * sigmoid(alpha * x);
}

/// log(1 + e^x) without overflow.
inline double softplus(double x)
{
    return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

inline double gelu(double x)
{
    return 0.5 * x * (1 + std::erf(x * 0.70710678118654752440));
}

/// The approximation of the GELU paper (Hendrycks and Gimpel, 2016) with sqrt(2 / pi).
inline double geluTanh(double x)
{
    return 0.5 * x * (1 + std::tanh(0.79788456080286535588 * (x + 0.044715 * x * x * x)));
}

} // namespace core::ops
