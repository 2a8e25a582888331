// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/element_type.h"
#include "gpu/kernels/scalar.h"

namespace gpu {

/// The nearest T to x / scale + zero, ties to even, within T's range; what is not a number is 0.
template <typename T, typename Real> BREAKEVEN_DEVICE T quantised(Real x, Real scale, int zero)
{
    const Real value = rint(x / scale) + static_cast<Real>(zero);
    if (value != value)
        return 0;
    constexpr auto kLowest = static_cast<Real>(std::numeric_limits<T>::lowest());
    constexpr auto kHighest = static_cast<Real>(std::numeric_limits<T>::max());
    const Real above = value < kLowest ? kLowest : value;
    return static_cast<T>(above > kHighest ? kHighest : above);
}

/// The same for either type of 8 bits.
BREAKEVEN_DEVICE inline std::uint8_t quantisedBits(float x, float scale, int zero, bool isSigned)
{
    return isSigned ? static_cast<std::uint8_t>(quantised<std::int8_t>(x, scale, zero))
                    : quantised<std::uint8_t>(x, scale, zero);
}

BREAKEVEN_DEVICE inline int integerOf(std::uint8_t bits, bool isSigned)
{
    return isSigned ? static_cast<std::int8_t>(bits) : bits;
}

/// The zero point of 8-bit integers, which kernels read as int8: bits of uint8 are flipped (by 0x80), which
/// takes 128 from all of them.
struct IntegerZero {
    const std::uint8_t* given; // where a run tells; else null
    std::uint8_t bits; // else these
    std::uint8_t flip;

    BREAKEVEN_DEVICE std::int8_t value() const
    {
        return static_cast<std::int8_t>((given ? *given : bits) ^ flip);
    }
    BREAKEVEN_DEVICE std::uint32_t flips() const { return flip * 0x01010101U; }
};

/// What follows the exact sums of integers: they are real numbers after a factor for each channel, then come
/// a bias, a residual and one function, and the result is rounded if it is to be integers again.
struct IntegerEnding {
    const float *factors,
        *bias; // of each channel; bias may be null. Without factors the sums are the result.
    const void* residual; // like the result; may be null
    core::ElementType residualType; // Float32, UInt8 or Int8
    float residualScale;
    int residualZero;
    core::ChainFunction function;
    float alpha, beta;
    core::ElementType type; // of the result: Float32, UInt8, Int8; Int32 without factors
    float scale;
    int zero;
    void* result;

    BREAKEVEN_DEVICE void store(std::int64_t at, std::int64_t channel, std::int32_t sum) const
    {
        using Type = core::ElementType;
        if (!factors) {
            static_cast<std::int32_t*>(result)[at] = sum;
            return;
        }
        float value = factors[channel] * static_cast<float>(sum) + (bias ? bias[channel] : 0.0F);
        if (residual)
            value += residualAt(at);
        value = chainValue(function, value, 0.0F, alpha, beta);
        if (type == Type::Float32)
            static_cast<float*>(result)[at] = value;
        else
            static_cast<std::uint8_t*>(result)[at] = quantisedBits(value, scale, zero, type == Type::Int8);
    }

private:
    BREAKEVEN_DEVICE float residualAt(std::int64_t at) const
    {
        using Type = core::ElementType;
        if (residualType == Type::Float32)
            return static_cast<const float*>(residual)[at];
        const std::uint8_t bits = static_cast<const std::uint8_t*>(residual)[at];
        return static_cast<float>(integerOf(bits, residualType == Type::Int8) - residualZero) * residualScale;
    }
};

} // namespace gpu
