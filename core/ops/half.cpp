// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/half.h"

#include <bit>
#include <cmath>

namespace core::ops {

float floatFromHalf(std::uint16_t bits)
{
    const int exponent = bits >> 10 & 0x1F;
    const int fraction = bits & 0x3FF;
    float magnitude = 0;
    if (exponent == 0x1F) // infinity and NaN keep their fraction
        magnitude = std::bit_cast<float>(0x7F800000U | static_cast<std::uint32_t>(fraction) << 13);
    else if (exponent == 0)
        magnitude = std::ldexp(static_cast<float>(fraction), -24);
    else
        magnitude = std::ldexp(static_cast<float>(fraction | 0x400), exponent - 25);
    return bits & 0x8000 ? -magnitude : magnitude;
}

float floatFromBfloat(std::uint16_t bits)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

std::uint16_t halfFromFloat(float value)
{
    const auto sign = static_cast<std::uint16_t>(std::signbit(value) ? 0x8000 : 0);
    const float magnitude = std::abs(value);
    if (std::isnan(value))
        return sign | 0x7E00;
    if (magnitude >= 65520) // halfway between the largest half and the next power of two
        return sign | 0x7C00;
    if (magnitude
        < 0x1p-14F) // subnormal: a multiple of 2^-24; rounding up to 2^-14 carries into the exponent
        return static_cast<std::uint16_t>(sign | static_cast<int>(std::nearbyint(std::ldexp(magnitude, 24))));
    int exponent = 0;
    const float fraction = std::frexp(magnitude, &exponent); // in [0.5, 1)
    const int rounded
        = static_cast<int>(std::nearbyint(std::ldexp(fraction, 11))); // 1024 to 2048; 2048 carries too
    return static_cast<std::uint16_t>(sign | (((exponent + 14) << 10) + rounded - 1024));
}

std::uint16_t bfloatFromFloat(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (std::isnan(value))
        return static_cast<std::uint16_t>(bits >> 16 | 0x40); // stays a NaN when its low bits go
    return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

bool isHalf(ElementType type)
{
    return type == ElementType::Float16 || type == ElementType::BFloat16;
}

Tensor widened(const TensorView& half)
{
    Tensor wide(ElementType::Float32, half.shape);
    const auto from = half.as<std::uint16_t>();
    const auto to = wide.as<float>();
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] = half.type == ElementType::Float16 ? floatFromHalf(from[i]) : floatFromBfloat(from[i]);
    return wide;
}

void narrow(const TensorView& from, Tensor& half)
{
    const auto wide = from.as<float>();
    const auto to = half.as<std::uint16_t>();
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] = half.type() == ElementType::Float16 ? halfFromFloat(wide[i]) : bfloatFromFloat(wide[i]);
}

} // namespace core::ops
