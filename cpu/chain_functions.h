// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

// Functions of one float32, without branches, so that compilers make vector code of loops over them. Included
// by sources that are each compiled for an instruction set: everything here has internal linkage. What is not
// a number stays that. Polynomials are fitted by reweighted least squares at Chebyshev nodes; errors are over
// all float32.
namespace cpu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// c[0] x^n + ... + c[n], by Horner's rule.
template <int N> [[gnu::always_inline]] inline float polynomial(float x, const float (&c)[N])
{
    float sum = c[0];
#pragma GCC unroll 20
    for (int i = 1; i < N; ++i)
        sum = sum * x + c[i];
    return sum;
}

/// e^x to 2e-7 of it: 2^n times a polynomial of what is left, |r| <= ln 2 / 2. Results below 2^-125 are 0.
[[gnu::always_inline]] inline float exponential(float x)
{
    constexpr float kLog2e = 1.44269504F, kHigh = 0.693359375F, kLow = -2.12194440e-4F; // of ln 2
    constexpr float kTerms[]
        = { 0.00138368423F, 0.00837481581F, 0.0416682251F, 0.166664198F, 0.499999911F, 1.0F, 1.0F };
    constexpr float kToWhole = 12582912.0F; // 1.5 * 2^23: adding it leaves no room for a fraction
    constexpr float kMost = 88.7228317F, kLeast = -86.6433976F; // beyond these: infinity and 0
    const float limited = x > kMost ? kMost : x;
    const float shifted = limited * kLog2e + kToWhole, n = shifted - kToWhole;
    const float r = limited - n * kHigh - n * kLow;
    // Unsigned, for what is not a number may be far from whole.
    const std::uint32_t whole
        = std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(kToWhole);
    const float half = std::bit_cast<float>((whole + 126U) << 23); // 2^n itself may be too large a number
    const float value = 2.0F * polynomial(r, kTerms) * half;
    const float finite = x < kLeast ? 0.0F : value;
    return x > kMost ? kInfinity : finite;
}

/// e^x - 1, exact near 0 too.
[[gnu::always_inline]] inline float exponentialMinusOne(float x)
{
    constexpr float kTerms[]
        = { 0.000199968199F, 0.0013997783F, 0.00833305251F, 0.0416653045F, 0.166666687F, 0.50000006F, 1.0F };
    const float near = x * polynomial(x, kTerms), far = exponential(x) - 1.0F;
    return std::fabs(x) < 0.5F ? near : far;
}

/// log(1 + e) for e in [0, 1]: the series of 2 artanh(e / (2 + e)).
[[gnu::always_inline]] inline float logOnePlus(float e)
{
    constexpr float kTerms[]
        = { 2.0F / 15, 2.0F / 13, 2.0F / 11, 2.0F / 9, 2.0F / 7, 2.0F / 5, 2.0F / 3, 2.0F };
    const float s = e / (2.0F + e);
    return s * polynomial(s * s, kTerms);
}

/// log x: the exponent, and the series of 2 artanh((m - 1) / (m + 1)) for m from sqrt(1/2) to sqrt(2).
[[gnu::always_inline]] inline float logarithm(float x)
{
    constexpr float kTerms[] = { 2.0F / 9, 2.0F / 7, 2.0F / 5, 2.0F / 3, 2.0F };
    constexpr float kHigh = 0.693359375F, kLow = -2.12194440e-4F; // of ln 2
    constexpr std::uint32_t kRootOfHalf = 0x3F3504F3;
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(x) - kRootOfHalf;
    const auto exponent = static_cast<float>(static_cast<std::int32_t>(bits) >> 23);
    const float m = std::bit_cast<float>((bits & 0x007FFFFFU) + kRootOfHalf);
    const float s = (m - 1.0F) / (m + 1.0F);
    const float value = exponent * kHigh + (exponent * kLow + s * polynomial(s * s, kTerms));
    const float finite = x < kInfinity ? value : x; // infinity, and what is not a number
    const float positive = x < 0.0F ? std::numeric_limits<float>::quiet_NaN() : finite;
    // Numbers that are not normal are 0, as everywhere in a run.
    return std::fabs(x) < std::numeric_limits<float>::min() ? -kInfinity : positive;
}

[[gnu::always_inline]] inline float sigmoid(float x)
{
    return 1.0F / (1.0F + exponential(-x));
}

/// To 3e-7: a polynomial near 0, else by way of e^(2|x|).
[[gnu::always_inline]] inline float hyperbolicTangent(float x)
{
    constexpr float kTerms[]
        = { -0.00510527799F, 0.0200452488F, -0.0535349436F, 0.133285716F, -0.333331406F, 1.0F };
    const float size = std::fabs(x);
    const float near = x * polynomial(x * x, kTerms);
    const float far = std::copysign(1.0F - 2.0F / (exponential(2.0F * size) + 1.0F), x);
    return size < 0.7F ? near : far;
}

/// To 2.5e-7 of it: odd, a polynomial in the square up to 3.92, where it is 1 for float32.
[[gnu::always_inline]] inline float errorFunction(float x)
{
    constexpr float kEnd = 3.92F;
    constexpr float kTerms[]
        = { 0.000355057535F, -0.000927447516F, 0.000704256177F, -0.0010887183F, 0.00413977914F,
              -0.00810684543F, 0.0123751266F, -0.019664783F, 0.0305349231F, -0.0435670018F, 0.0581893176F,
              -0.0739936754F, 0.0906218961F, -0.109181523F, 0.13408342F, -0.180108577F, 0.360736817F };
    const float above = x < -kEnd ? -kEnd : x, inside = above > kEnd ? kEnd : above;
    const float value = inside * polynomial(inside * inside * (2.0F / (kEnd * kEnd)) - 1.0F, kTerms);
    // Exactly 1 there: what is multiplied with 1 + erf may be a large number.
    return std::fabs(x) >= kEnd ? std::copysign(1.0F, x) : value;
}

[[gnu::always_inline]] inline float softplus(float x)
{
    const float positive = x < 0.0F ? 0.0F : x; // keeps what is not a number
    return positive + logOnePlus(exponential(-std::fabs(x)));
}

/// x tanh(log(1 + e^x)) = x (t^2 - 1) / (t^2 + 1) with t = 1 + e^x; where e^x^2 is beyond float32 it is x.
[[gnu::always_inline]] inline float mish(float x)
{
    const float e = exponential(x > 20.0F ? 20.0F : x), square = e * (e + 2.0F);
    return x > 20.0F ? x : x * (square / (square + 2.0F));
}

[[gnu::always_inline]] inline float gelu(float x)
{
    return 0.5F * x * (1.0F + errorFunction(x * 0.707106781F));
}

[[gnu::always_inline]] inline float geluTanh(float x)
{
    return 0.5F * x * (1.0F + hyperbolicTangent(0.797884561F * (x + 0.044715F * x * x * x)));
}

/// Nearest whole number, ties to even; from 2^23 on every number is whole.
[[gnu::always_inline]] inline float nearest(float x)
{
    constexpr float kToWhole = 8388608.0F;
    const float size = std::fabs(x), rounded = std::copysign((size + kToWhole) - kToWhole, x);
    return size < kToWhole ? rounded : x;
}

[[gnu::always_inline]] inline float floored(float x)
{
    const float whole = nearest(x);
    return whole > x ? whole - 1.0F : whole;
}

} // namespace
} // namespace cpu
