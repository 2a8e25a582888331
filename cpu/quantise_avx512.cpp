// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AVX-512, see CMakeLists.txt; called only where the processor has it.
#include "cpu/quantise_loops.h"

#include <immintrin.h>

namespace cpu {
namespace {

/// Divides, for up to 16 elements at a time.
void roundExactly(const float* x, std::uint8_t* y, std::int64_t count, const QuantiseKernel& kernel)
{
    const __m512 scale = _mm512_set1_ps(kernel.scale), zero = _mm512_set1_ps(static_cast<float>(kernel.zero));
    const __m512 least = _mm512_set1_ps(kernel.isSigned ? -128 : 0);
    const __m512 most = _mm512_set1_ps(kernel.isSigned ? 127 : 255);
    for (std::int64_t i = 0; i < count; i += 16) {
        const auto some = static_cast<__mmask16>(count - i >= 16 ? 0xFFFF : (1 << (count - i)) - 1);
        const __m512 real = _mm512_div_ps(_mm512_maskz_loadu_ps(some, x + i), scale);
        const __m512 whole = _mm512_roundscale_ps(real, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        const __m512 shifted = _mm512_add_ps(whole, zero);
        const __m512 number = _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(shifted, shifted, _CMP_ORD_Q), shifted);
        const __m512 inside = _mm512_min_ps(_mm512_max_ps(number, least), most);
        _mm512_mask_cvtepi32_storeu_epi8(y + i, some, _mm512_cvtps_epi32(inside));
    }
}

/// Multiplies, 64 elements at a time; packing keeps them within the type. Returns whether roundExactly() has
/// to say what some of them are: those near the middle, those beyond 32 bits, and what is not a number.
template <bool isSigned>
[[gnu::always_inline]] inline bool roundAbout(
    const float* x, std::uint8_t* y, std::int64_t count, const QuantiseKernel& kernel)
{
    const __m512 factor = _mm512_set1_ps(1 / kernel.scale), middle = _mm512_set1_ps(kNearMiddle);
    const __m512 large = _mm512_set1_ps(65536);
    const __m512i zero = _mm512_set1_epi16(static_cast<short>(kernel.zero));
    // Packing works within quarters of a register: the fours of each come one behind another.
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    __mmask16 doubtful = 0;
    for (std::int64_t i = 0; i < count; i += 64) {
        __m512i whole[4];
#pragma GCC unroll 4
        for (int v = 0; v < 4; ++v) {
            const __m512 real = _mm512_min_ps(large, _mm512_mul_ps(_mm512_loadu_ps(x + i + v * 16), factor));
            whole[v] = _mm512_cvtps_epi32(real);
            const __m512 off = _mm512_abs_ps(_mm512_sub_ps(real, _mm512_cvtepi32_ps(whole[v])));
            doubtful |= _mm512_cmp_ps_mask(off, middle, _CMP_NLE_UQ);
        }
        const __m512i low = _mm512_adds_epi16(_mm512_packs_epi32(whole[0], whole[1]), zero);
        const __m512i high = _mm512_adds_epi16(_mm512_packs_epi32(whole[2], whole[3]), zero);
        const __m512i bytes = isSigned ? _mm512_packs_epi16(low, high) : _mm512_packus_epi16(low, high);
        _mm512_storeu_si512(y + i, _mm512_permutexvar_epi32(order, bytes));
    }
    return doubtful != 0;
}

} // namespace

void roundAvx512(const float* x, std::uint8_t* y, std::int64_t count, const QuantiseKernel& kernel)
{
    for (std::int64_t at = 0; at < count; at += kRoundedTogether) {
        const std::int64_t part = count - at < kRoundedTogether ? count - at : kRoundedTogether;
        const std::int64_t whole = part / 64 * 64;
        const bool doubtful = kernel.isSigned ? roundAbout<true>(x + at, y + at, whole, kernel)
                                              : roundAbout<false>(x + at, y + at, whole, kernel);
        const std::int64_t known = doubtful ? 0 : whole;
        roundExactly(x + at + known, y + at + known, part - known, kernel);
    }
}

} // namespace cpu
