// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AVX-512 with bf16, see CMakeLists.txt; called only where the processor has it.
#include "cpu/bf16_depthwise.h"

#include <immintrin.h>

#include <cstring>

namespace cpu {
namespace {

/// 32 channels in float32, the even and the odd ones.
struct Pair {
    __m512 even, odd;
};

[[gnu::always_inline]] inline Pair load(const std::byte* from, __mmask32 mask)
{
    const __m512i both = _mm512_maskz_loadu_epi16(mask, from);
    return { _mm512_castsi512_ps(_mm512_slli_epi32(both, 16)),
        _mm512_castsi512_ps(_mm512_and_si512(both, _mm512_set1_epi32(static_cast<int>(0xffff0000U)))) };
}

[[gnu::always_inline]] inline void add(Pair& sum, const Pair& x, const float* weights)
{
    sum.even = _mm512_fmadd_ps(x.even, _mm512_loadu_ps(weights), sum.even);
    sum.odd = _mm512_fmadd_ps(x.odd, _mm512_loadu_ps(weights + 16), sum.odd);
}

struct Ending {
    __m512 least, most;
    __m512i order;
    __mmask32 mask;

    explicit Ending(const Bf16DepthwiseRow& row)
        : least(_mm512_set1_ps(row.least))
        , most(_mm512_set1_ps(row.most))
        , mask(row.mask)
    {
        alignas(64) std::uint16_t places[32];
        for (int i = 0; i < 32; ++i)
            places[i] = static_cast<std::uint16_t>(i / 2 + i % 2 * 16);
        order = _mm512_load_si512(places);
    }
    /// What is not a number stays that: the instructions return their second operand then.
    __m512 limited(__m512 x) const { return _mm512_min_ps(most, _mm512_max_ps(least, x)); }
    [[gnu::always_inline]] void store(const Pair& sum, std::byte* to) const
    {
        const __m512bh halves = _mm512_cvtne2ps_pbh(limited(sum.odd), limited(sum.even));
        __m512i bits;
        std::memcpy(&bits, &halves, sizeof bits);
        _mm512_mask_storeu_epi16(to, mask, _mm512_permutexvar_epi16(order, bits));
    }
};

Pair biasOf(const Bf16DepthwiseRow& row)
{
    return { _mm512_loadu_ps(row.bias), _mm512_loadu_ps(row.bias + 16) };
}

/// Any output, whether or not its window reaches over an edge.
void runOne(const Bf16DepthwiseRow& row, const Ending& ending, std::int64_t x)
{
    Pair sum = biasOf(row);
    const std::int64_t left = x * row.stride - row.padLeft;
    const std::int64_t first = left < 0 ? -left : 0;
    const std::int64_t last = left + row.kernelWidth > row.width ? row.width - left : row.kernelWidth;
    for (int tap = 0; tap < row.taps; ++tap)
        for (std::int64_t column = first; column < last; ++column)
            add(sum, load(row.rows[tap] + (left + column) * row.pitch, ending.mask),
                row.weights[tap] + column * 32);
    ending.store(sum, row.dst + x * row.pitch);
}

constexpr int kOutputs = 4; // at once: eight sums

/// Four outputs of a kernel three wide, inside: a pixel is taken apart once for all that need it.
template <int Stride> void runThree(const Bf16DepthwiseRow& row, const Ending& ending, std::int64_t x)
{
    const Pair bias = biasOf(row);
    Pair sums[kOutputs] { bias, bias, bias, bias };
    for (int tap = 0; tap < row.taps; ++tap) {
        const std::byte* from = row.rows[tap] + (x * Stride - row.padLeft) * row.pitch;
        const float* weights = row.weights[tap];
#pragma GCC unroll 9
        for (int column = 0; column < (kOutputs - 1) * Stride + 3; ++column, from += row.pitch) {
            const Pair pixel = load(from, ending.mask);
#pragma GCC unroll 4
            for (int output = 0; output < kOutputs; ++output)
                if (column - output * Stride >= 0 && column - output * Stride < 3)
                    add(sums[output], pixel, weights + (column - output * Stride) * 32);
        }
    }
#pragma GCC unroll 4
    for (int output = 0; output < kOutputs; ++output)
        ending.store(sums[output], row.dst + (x + output) * row.pitch);
}

} // namespace

void runBf16DepthwiseRow(const Bf16DepthwiseRow& row)
{
    const Ending ending(row);
    const auto inside = [&](std::int64_t x) {
        return x * row.stride >= row.padLeft && x * row.stride - row.padLeft + row.kernelWidth <= row.width;
    };
    for (std::int64_t x = 0; x < row.outWidth;) {
        const bool four
            = row.kernelWidth == 3 && x + kOutputs <= row.outWidth && inside(x) && inside(x + kOutputs - 1);
        if (four && row.stride == 1)
            runThree<1>(row, ending, x);
        else if (four && row.stride == 2)
            runThree<2>(row, ending, x);
        else {
            runOne(row, ending, x++);
            continue;
        }
        x += kOutputs;
    }
}

} // namespace cpu
