// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AVX-512 with VNNI, see CMakeLists.txt; called only where the processor has it.
#include "cpu/int8_kernel.h"

#include <immintrin.h>

#include <cstddef>

namespace cpu {
namespace {

using Type = Int8Epilogue::Type;
using Word [[gnu::aligned(1), gnu::may_alias]] = std::int32_t; // four terms, at any address

/// x times the normal distribution's integral up to x, to 1e-4 at worst, far below a step of 8-bit integers.
/// The integral is one half and an odd polynomial, x p(2 (x / 4.2)^2 - 1), fitted by reweighted least squares
/// to 4e-7 between -4.2 and 4.2; beyond, it stays what it is there.
__m512 gelu(__m512 x)
{
    constexpr float kEnd = 4.2F;
    constexpr float kTerms[] = { 3.35648529e-04F, -1.03302138e-03F, 1.78995780e-03F, -3.71011347e-03F,
        8.08242581e-03F, -1.50933788e-02F, 2.51477215e-02F, -3.86068927e-02F, 5.57797839e-02F,
        -8.15048069e-02F, 1.67857174e-01F };
    const __m512 inside = _mm512_min_ps(_mm512_max_ps(x, _mm512_set1_ps(-kEnd)), _mm512_set1_ps(kEnd));
    const __m512 u = _mm512_fmsub_ps(
        _mm512_mul_ps(inside, inside), _mm512_set1_ps(2 / (kEnd * kEnd)), _mm512_set1_ps(1));
    __m512 p = _mm512_set1_ps(kTerms[0]);
#pragma GCC unroll 16
    for (int i = 1; i < 11; ++i)
        p = _mm512_fmadd_ps(p, u, _mm512_set1_ps(kTerms[i]));
    return _mm512_mul_ps(x, _mm512_fmadd_ps(inside, p, _mm512_set1_ps(0.5F)));
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

/// What becomes of 16 sums, up to the limits or Gelu: numbers that are left to be stored.
struct Channels {
    __m512 scale, bias, residualScale, least, most;

    Channels(const Int8Epilogue& as, int vector)
        : scale(_mm512_loadu_ps(as.scale + vector * 16))
        , bias(_mm512_loadu_ps(as.bias + vector * 16))
        , residualScale(_mm512_set1_ps(as.residualScale))
        , least(_mm512_set1_ps(as.least))
        , most(_mm512_set1_ps(as.most))
    {
    }

    template <Type residual>
    __m512 numbers(__m512i sums, const std::byte* from, int vector, __mmask16 mask) const
    {
        const __m512 x = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), scale, bias);
        if constexpr (residual == Type::None)
            return x;
        else
            return _mm512_fmadd_ps(residualAt<residual>(from, vector, mask), residualScale, x);
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

/// The sums of a tile, [runs][rows][vectors], in memory.
struct Sums {
    const std::int32_t* at;
    int runs, rows, vectors;
};

template <Type residual, Type output> void finishAs(const Int8Tile& tile, const Sums& sums)
{
    const Int8Epilogue& as = *tile.epilogue;
    const __m512i zero = _mm512_set1_epi32(as.zero);
    const __m512 outputScale = _mm512_set1_ps(as.outputScale);
    for (int v = 0; v < sums.vectors; ++v) {
        const Channels channels(as, v);
        const auto mask = static_cast<__mmask16>(tile.mask >> (v * 16));
        for (int run = 0; run < sums.runs; ++run)
            for (int row = 0; row < sums.rows; ++row) {
                const __m512i sum
                    = _mm512_loadu_si512(sums.at + ((run * sums.rows + row) * sums.vectors + v) * 16);
                const __m512 x = channels.numbers<residual>(sum,
                    residual == Type::None ? nullptr : tile.residual[run] + row * tile.residualPitch, v,
                    mask);
                store<output>(tile.dst[run] + row * tile.dstPitch, v,
                    as.gelu ? _mm512_mul_ps(gelu(x), outputScale) : channels.limited(x), zero, mask);
            }
    }
}

template <Type residual> void finishWith(const Int8Tile& tile, const Sums& sums)
{
    switch (tile.epilogue->output) {
    case Type::UInt8:
        return finishAs<residual, Type::UInt8>(tile, sums);
    case Type::Int8:
        return finishAs<residual, Type::Int8>(tile, sums);
    default:
        return finishAs<residual, Type::Float32>(tile, sums);
    }
}

/// The rarer endings, from memory: not a copy of each in every kernel.
[[gnu::noinline]] void finish(const Int8Tile& tile, const Sums& sums)
{
    switch (tile.epilogue->residual) {
    case Type::None:
        return finishWith<Type::None>(tile, sums);
    case Type::UInt8:
        return finishWith<Type::UInt8>(tile, sums);
    case Type::Int8:
        return finishWith<Type::Int8>(tile, sums);
    case Type::Float32:
        return finishWith<Type::Float32>(tile, sums);
    }
}

// Loops over registers are unrolled early, or the compiler keeps the sums in memory.
template <int Runs, int Rows, int Vectors> void runTile(const Int8Tile& tile)
{
    __m512i sums[Runs * Rows][Vectors];
#pragma GCC unroll 14
    for (int row = 0; row < Runs * Rows; ++row)
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; ++v)
            sums[row][v] = _mm512_loadu_si512(tile.start + v * 16);

    const std::int64_t pitch = tile.pitch;
    const std::int8_t* weights = tile.weights;
    const char* next = tile.next;
    const std::int64_t fetched = next ? 64 : 0;
    next = next ? next : reinterpret_cast<const char*>(weights);
    for (std::int64_t tap = 0; tap < tile.taps; ++tap) {
        // Every third row has a pointer of its own; processors add one or two pitches for nothing.
        const std::uint8_t* at[Runs][(Rows + 2) / 3];
#pragma GCC unroll 2
        for (int run = 0; run < Runs; ++run)
#pragma GCC unroll 3
            for (int third = 0; third < (Rows + 2) / 3; ++third)
                at[run][third] = tile.src[run] + tap * tile.tapPitch + 3 * third * pitch;
        for (std::int64_t word = 0; word < tile.depth; ++word, weights += Vectors * 64) {
            __m512i line[Vectors];
#pragma GCC unroll 2
            for (int v = 0; v < Vectors; ++v)
                line[v] = _mm512_loadu_si512(weights + v * 64);
#pragma GCC unroll 2
            for (int run = 0; run < Runs; ++run) {
#pragma GCC unroll 7
                for (int row = 0; row < Rows; ++row) {
                    const __m512i terms = _mm512_set1_epi32(
                        *reinterpret_cast<const Word*>(at[run][row / 3] + row % 3 * pitch));
#pragma GCC unroll 2
                    for (int v = 0; v < Vectors; ++v)
                        sums[run * Rows + row][v]
                            = _mm512_dpbusd_epi32(sums[run * Rows + row][v], terms, line[v]);
                }
#pragma GCC unroll 3
                for (int third = 0; third < (Rows + 2) / 3; ++third) {
                    at[run][third] += 4;
                    asm volatile("" : "+r"(at[run][third])); // no further pointers, there are few registers
                }
            }
            _mm_prefetch(next, _MM_HINT_T1);
            next += fetched;
        }
    }

    const Int8Epilogue& as = *tile.epilogue;
    const bool plain = as.residual == Type::None;
    if (as.output != Type::UInt8 || as.gelu || !(plain || as.residual == Type::UInt8)) {
        alignas(64) std::int32_t kept[Runs * Rows * Vectors * 16];
#pragma GCC unroll 14
        for (int row = 0; row < Runs * Rows; ++row)
#pragma GCC unroll 2
            for (int v = 0; v < Vectors; ++v)
                _mm512_store_si512(kept + (row * Vectors + v) * 16, sums[row][v]);
        return finish(tile, { kept, Runs, Rows, Vectors });
    }
    const __m512i zero = _mm512_set1_epi32(as.zero);
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) {
        const Channels channels(as, v);
        const auto mask = static_cast<__mmask16>(tile.mask >> (v * 16));
#pragma GCC unroll 2
        for (int run = 0; run < Runs; ++run)
#pragma GCC unroll 7
            for (int row = 0; row < Rows; ++row) {
                const __m512i sum = sums[run * Rows + row][v];
                const __m512 x = plain ? channels.numbers<Type::None>(sum, nullptr, v, mask)
                                       : channels.numbers<Type::UInt8>(
                                           sum, tile.residual[run] + row * tile.residualPitch, v, mask);
                // The limits keep within 0 and 255 what is stored: no further comparison is needed.
                const __m512i whole = _mm512_add_epi32(_mm512_cvtps_epi32(channels.limited(x)), zero);
                _mm_mask_storeu_epi8(
                    tile.dst[run] + row * tile.dstPitch + v * 16, mask, _mm512_cvtepi32_epi8(whole));
            }
    }
}

} // namespace

const Int8Kernel kInt8Kernels[2][7][2] {
    { { runTile<1, 1, 1>, runTile<1, 1, 2> }, { runTile<1, 2, 1>, runTile<1, 2, 2> },
        { runTile<1, 3, 1>, runTile<1, 3, 2> }, { runTile<1, 4, 1>, runTile<1, 4, 2> },
        { runTile<1, 5, 1>, runTile<1, 5, 2> }, { runTile<1, 6, 1>, runTile<1, 6, 2> },
        { runTile<1, 7, 1>, runTile<1, 7, 2> } },
    { { runTile<2, 1, 1>, runTile<2, 1, 2> }, { runTile<2, 2, 1>, runTile<2, 2, 2> },
        { runTile<2, 3, 1>, runTile<2, 3, 2> }, { runTile<2, 4, 1>, runTile<2, 4, 2> },
        { runTile<2, 5, 1>, runTile<2, 5, 2> }, { runTile<2, 6, 1>, runTile<2, 6, 2> },
        { runTile<2, 7, 1>, runTile<2, 7, 2> } },
};

} // namespace cpu
