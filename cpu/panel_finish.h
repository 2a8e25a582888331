// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/panel_kernel.h"

#include <cstddef>

// What kernels for AVX-512 end with. Included by sources that are compiled for it: everything here has
// internal linkage, and elsewhere there is nothing.
#if defined(__AVX512BW__) && defined(__AVX512VL__)

#include <immintrin.h>

namespace cpu {
namespace {

using Type = PanelEpilogue::Type;

/// x times the normal distribution's integral up to x, to 6e-5 at worst, far below a step of 8-bit integers.
/// The integral is one half and an odd polynomial, x p(2 (x / 4.2)^2 - 1), fitted by reweighted least squares
/// to 4e-7 between -4.2 and 4.2; beyond, it stays what it is there.
__m512 gelu(__m512 x)
{
    constexpr float kEnd = 4.2F;
    constexpr float kTerms[] = { 3.35648529e-04F, -1.03302138e-03F, 1.78995780e-03F, -3.71011347e-03F,
        8.08242581e-03F, -1.50933788e-02F, 2.51477215e-02F, -3.86068927e-02F, 5.57797839e-02F,
        -8.15048069e-02F, 1.67857174e-01F };
    // What is not a number stays that: the instructions return their second operand then.
    const __m512 above = _mm512_max_ps(_mm512_set1_ps(-kEnd), x);
    const __m512 inside = _mm512_min_ps(_mm512_set1_ps(kEnd), above);
    const __m512 u = _mm512_fmsub_ps(
        _mm512_mul_ps(inside, inside), _mm512_set1_ps(2 / (kEnd * kEnd)), _mm512_set1_ps(1));
    __m512 p = _mm512_set1_ps(kTerms[0]);
#pragma GCC unroll 16
    for (int i = 1; i < 11; ++i)
        p = _mm512_fmadd_ps(p, u, _mm512_set1_ps(kTerms[i]));
    return _mm512_mul_ps(above, _mm512_fmadd_ps(inside, p, _mm512_set1_ps(0.5F)));
}

/// 16 numbers of the residual, as numbers.
template <Type type> __m512 residualAt(const std::byte* from, int vector, __mmask16 mask)
{
    if constexpr (type == Type::UInt8)
        return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask, from + vector * 16)));
    else if constexpr (type == Type::Int8)
        return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, from + vector * 16)));
    else
        return _mm512_maskz_loadu_ps(mask, from + vector * 64);
}

/// What all sums of a tile are made numbers with.
struct Channels {
    __m512 residualScale, least, most;

    explicit Channels(const PanelEpilogue& as)
        : residualScale(_mm512_set1_ps(as.residualScale))
        , least(_mm512_set1_ps(as.least))
        , most(_mm512_set1_ps(as.most))
    {
    }
    __m512 scaled(__m512i sums, const PanelEnd& end, int vector) const
    {
        return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), _mm512_loadu_ps(end.scale + vector * 16),
            _mm512_loadu_ps(end.bias + vector * 16));
    }
    __m512 limited(__m512 x) const { return _mm512_min_ps(_mm512_max_ps(x, least), most); }
};

/// Rounds to nearest, ties to even, and stores 16 numbers.
template <Type type> void store(std::byte* to, int vector, __m512 x, __m512i zero, __mmask16 mask)
{
    if constexpr (type == Type::Float32) {
        _mm512_mask_storeu_ps(to + vector * 64, mask, x);
        return;
    }
    const __m512i whole = _mm512_add_epi32(_mm512_cvtps_epi32(x), zero);
    const __m128i bytes = type == Type::UInt8
        ? _mm512_cvtusepi32_epi8(_mm512_max_epi32(whole, _mm512_setzero_si512()))
        : _mm512_cvtsepi32_epi8(whole);
    _mm_mask_storeu_epi8(to + vector * 16, mask, bytes);
}

/// The sums of `rows` of a run's rows from `first` on, in memory: `pitch` numbers from row to row.
struct Sums {
    const std::int32_t* at;
    int run, first, rows, vectors, pitch;
};

/// Two vectors of channels in the kernels' order, see PanelTile::weights, as the channels lie in memory.
struct InOrder {
    __m512 vectors[2];

    InOrder(__m512 first, __m512 second)
    {
        const __m512i low = _mm512_setr_epi32(0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        const __m512i high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
        vectors[0] = _mm512_permutex2var_ps(first, low, second);
        vectors[1] = _mm512_permutex2var_ps(first, high, second);
    }
};

template <Type residual, Type output> void finishAs(const PanelEnd& end, const Sums& sums)
{
    const PanelEpilogue& as = *end.as;
    const Channels channels(as);
    const __m512i zero = _mm512_set1_epi32(as.zero);
    const __m512 outputScale = _mm512_set1_ps(as.outputScale);
    const std::int32_t* at = sums.at;
    for (int row = sums.first; row < sums.first + sums.rows; ++row, at += sums.pitch) {
        const __m512 first = channels.scaled(_mm512_loadu_si512(at), end, 0);
        const InOrder ordered = sums.vectors == 1
            ? InOrder { first, first }
            : InOrder { first, channels.scaled(_mm512_loadu_si512(at + 16), end, 1) };
        for (int v = 0; v < sums.vectors; ++v) {
            const auto mask = static_cast<__mmask16>(end.mask >> (v * 16));
            __m512 x = sums.vectors == 1 ? first : ordered.vectors[v];
            if constexpr (residual != Type::None)
                x = _mm512_fmadd_ps(
                    residualAt<residual>(end.residual[sums.run] + row * end.residualPitch, v, mask),
                    channels.residualScale, x);
            store<output>(end.dst[sums.run] + row * end.dstPitch, v,
                as.gelu ? _mm512_mul_ps(gelu(x), outputScale) : channels.limited(x), zero, mask);
        }
    }
}

template <Type residual> void finishWith(const PanelEnd& end, const Sums& sums)
{
    switch (end.as->output) {
    case Type::UInt8:
        return finishAs<residual, Type::UInt8>(end, sums);
    case Type::Int8:
        return finishAs<residual, Type::Int8>(end, sums);
    default:
        return finishAs<residual, Type::Float32>(end, sums);
    }
}

/// The rarer endings, from memory: not a copy of each in every kernel.
[[gnu::noinline]] void finish(const PanelEnd& end, const Sums& sums)
{
    switch (end.as->residual) {
    case Type::None:
        return finishWith<Type::None>(end, sums);
    case Type::UInt8:
        return finishWith<Type::UInt8>(end, sums);
    case Type::Int8:
        return finishWith<Type::Int8>(end, sums);
    case Type::Float32:
        return finishWith<Type::Float32>(end, sums);
    case Type::BFloat16:
        break; // never with integers
    }
}

/// What is below the lower limit is 0 as soon as it is an integer of 8 bits, unless the limit is another.
inline bool endsUsually(const PanelEpilogue& as)
{
    return as.output == Type::UInt8 && !as.gelu && (as.residual == Type::UInt8 || as.residual == Type::None)
        && !(as.least > static_cast<float>(-as.zero));
}

/// The usual ending: sums as 8-bit integers, 32 channels of two rows at a time. Packing puts each quarter of
/// a register behind that of the other, which is why channels have the order they have.
struct Words {
    __m512 scale[2], bias[2], most, residualScale;
    __m512i zero;
    std::uint32_t mask;

    explicit Words(const PanelEnd& end)
        : most(_mm512_set1_ps(end.as->most))
        , residualScale(_mm512_set1_ps(end.as->residualScale))
        , zero(_mm512_set1_epi16(static_cast<short>(end.as->zero)))
        , mask(end.mask)
    {
#pragma GCC unroll 2
        for (int v = 0; v < 2; ++v) {
            scale[v] = _mm512_loadu_ps(end.scale + v * 16);
            bias[v] = _mm512_loadu_ps(end.bias + v * 16);
        }
    }

    [[gnu::always_inline]] __m512i packed(__m512 first, __m512 second) const
    {
        return _mm512_adds_epi16(_mm512_packs_epi32(_mm512_cvtps_epi32(_mm512_min_ps(first, most)),
                                     _mm512_cvtps_epi32(_mm512_min_ps(second, most))),
            zero);
    }
    [[gnu::always_inline]] __m512i of(const __m512i (&sums)[2]) const
    {
        return packed(_mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[0]), scale[0], bias[0]),
            _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[1]), scale[1], bias[1]));
    }
    [[gnu::always_inline]] __m512i of(const __m512i (&sums)[2], const std::byte* residual) const
    {
        const __m512i none = _mm512_setzero_si512();
        const __m512i more = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(mask, residual));
        const __m512 first = _mm512_cvtepi32_ps(_mm512_unpacklo_epi16(more, none));
        const __m512 second = _mm512_cvtepi32_ps(_mm512_unpackhi_epi16(more, none));
        return packed(_mm512_fmadd_ps(first, residualScale,
                          _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[0]), scale[0], bias[0])),
            _mm512_fmadd_ps(
                second, residualScale, _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[1]), scale[1], bias[1])));
    }
    /// Gelu of what are real numbers, in units of the result.
    [[gnu::always_inline]] __m512i geluOf(const __m512i (&sums)[2], __m512 unit) const
    {
        return packed(
            _mm512_mul_ps(gelu(_mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[0]), scale[0], bias[0])), unit),
            _mm512_mul_ps(gelu(_mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[1]), scale[1], bias[1])), unit));
    }
    /// The second row is stored first: where there is none it is the first one again.
    [[gnu::always_inline]] void store(const __m512i (&lines)[2], std::byte* first, std::byte* second) const
    {
        const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
        const __m512i bytes = _mm512_permutexvar_epi64(order, _mm512_packus_epi16(lines[0], lines[1]));
        _mm256_mask_storeu_epi8(second, mask, _mm512_extracti64x4_epi64(bytes, 1));
        _mm256_mask_storeu_epi8(first, mask, _mm512_castsi512_si256(bytes));
    }
};

} // namespace
} // namespace cpu

#endif
