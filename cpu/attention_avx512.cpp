// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AVX-512, see CMakeLists.txt; called only where the processor has it.
#include "cpu/attention.h"

#include <immintrin.h>

namespace cpu {
namespace {

constexpr std::int64_t kLanes = 16, kPanelKeys = 32;

__mmask16 firstLanes(std::int64_t count)
{
    return static_cast<__mmask16>(count >= kLanes ? 0xffff : (1 << count) - 1);
}

/// e^x for x <= 0, to 2e-7 of it: 2^n times a polynomial in the rest, which is at most ln 2 / 2 either way
/// (Taylor's series to the seventh power). What is not a number stays that: the instruction returns its
/// second operand then.
__m512 exponential(__m512 x)
{
    constexpr float kLog2e = 1.44269504F, kLn2High = 0.693359375F, kLn2Low = -2.12194440e-4F;
    constexpr float kLeast = -104; // beyond, float32 knows 0 alone; infinity would make what is not a number
    constexpr float kTerms[] = { 1.0F / 720, 1.0F / 120, 1.0F / 24, 1.0F / 6, 0.5F, 1, 1 };
    x = _mm512_max_ps(_mm512_set1_ps(kLeast), x);
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(kLog2e)), 0);
    __m512 rest = _mm512_fnmadd_ps(n, _mm512_set1_ps(kLn2High), x);
    rest = _mm512_fnmadd_ps(n, _mm512_set1_ps(kLn2Low), rest);
    __m512 p = _mm512_set1_ps(1.0F / 5040);
#pragma GCC unroll 7
    for (const float term : kTerms)
        p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(term));
    return _mm512_scalef_ps(p, n);
}

} // namespace

void packKeys(const float* keys, std::int64_t count, std::int64_t size, std::int64_t pitch, float* to)
{
    const __m512i places = _mm512_mullo_epi32(_mm512_set1_epi32(static_cast<int>(pitch)),
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    for (std::int64_t first = 0; first < count; first += kPanelKeys) {
        const std::int64_t left = count - first < kPanelKeys ? count - first : kPanelKeys;
        const std::int64_t vectors = (left + kLanes - 1) / kLanes;
        for (std::int64_t c = 0; c < size; ++c)
            for (std::int64_t vector = 0; vector < vectors; ++vector, to += kLanes)
                _mm512_storeu_ps(to,
                    _mm512_mask_i32gather_ps(_mm512_setzero_ps(), firstLanes(left - vector * kLanes), places,
                        keys + (first + vector * kLanes) * pitch + c, sizeof(float)));
    }
}

void softmaxRow(float* scores, std::int64_t count, std::int64_t padded, float scale, const float* mask,
    std::int64_t maskStride)
{
    const __m512 lowest = _mm512_set1_ps(-__builtin_inff());
    __m512 most = lowest;
    for (std::int64_t at = 0; at < count; at += kLanes) {
        const __mmask16 lanes = firstLanes(count - at);
        __m512 x = _mm512_mul_ps(_mm512_loadu_ps(scores + at), _mm512_set1_ps(scale));
        if (mask && maskStride == 1)
            x = _mm512_add_ps(x, _mm512_maskz_loadu_ps(lanes, mask + at));
        else if (mask && maskStride == 0)
            x = _mm512_add_ps(x, _mm512_set1_ps(*mask));
        _mm512_storeu_ps(scores + at, x);
        most = _mm512_mask_max_ps(most, lanes, most, x);
    }
    const __m512 maximum = _mm512_set1_ps(_mm512_reduce_max_ps(most));
    __m512 sum = _mm512_setzero_ps();
    for (std::int64_t at = 0; at < count; at += kLanes) {
        const __mmask16 lanes = firstLanes(count - at);
        const __m512 x
            = _mm512_maskz_mov_ps(lanes, exponential(_mm512_sub_ps(_mm512_loadu_ps(scores + at), maximum)));
        _mm512_storeu_ps(scores + at, x);
        sum = _mm512_add_ps(sum, x);
    }
    const __m512 share = _mm512_set1_ps(1 / _mm512_reduce_add_ps(sum));
    for (std::int64_t at = 0; at < padded; at += kLanes)
        _mm512_storeu_ps(scores + at, _mm512_mul_ps(_mm512_loadu_ps(scores + at), share));
}

} // namespace cpu
