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

/// What all sums of a tile are made numbers with.
struct Channels {
    __m512 residualScale, least, most;

    explicit Channels(const Int8Epilogue& as)
        : residualScale(_mm512_set1_ps(as.residualScale))
        , least(_mm512_set1_ps(as.least))
        , most(_mm512_set1_ps(as.most))
    {
    }
    __m512 scaled(__m512i sums, const Int8Epilogue& as, int vector) const
    {
        return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), _mm512_loadu_ps(as.scale + vector * 16),
            _mm512_loadu_ps(as.bias + vector * 16));
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

/// Two vectors of channels in the kernels' order, see Int8Tile::weights, as the channels lie in memory.
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

template <Type residual, Type output> void finishAs(const Int8Tile& tile, const Sums& sums)
{
    const Int8Epilogue& as = *tile.epilogue;
    const Channels channels(as);
    const __m512i zero = _mm512_set1_epi32(as.zero);
    const __m512 outputScale = _mm512_set1_ps(as.outputScale);
    const std::int32_t* at = sums.at;
    for (int run = 0; run < sums.runs; ++run)
        for (int row = 0; row < sums.rows; ++row, at += sums.vectors * 16) {
            const __m512 first = channels.scaled(_mm512_loadu_si512(at), as, 0);
            const InOrder ordered = sums.vectors == 1
                ? InOrder { first, first }
                : InOrder { first, channels.scaled(_mm512_loadu_si512(at + 16), as, 1) };
            for (int v = 0; v < sums.vectors; ++v) {
                const auto mask = static_cast<__mmask16>(tile.mask >> (v * 16));
                __m512 x = sums.vectors == 1 ? first : ordered.vectors[v];
                if constexpr (residual != Type::None)
                    x = _mm512_fmadd_ps(
                        residualAt<residual>(tile.residual[run] + row * tile.residualPitch, v, mask),
                        channels.residualScale, x);
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

/// The usual ending: sums as 8-bit integers, 32 channels of two rows at a time. Packing puts each quarter of
/// a register behind that of the other, which is why channels have the order they have.
struct Words {
    __m512 scale[2], bias[2], most, residualScale;
    __m512i zero;
    std::uint32_t mask;

    explicit Words(const Int8Tile& tile)
        : most(_mm512_set1_ps(tile.epilogue->most))
        , residualScale(_mm512_set1_ps(tile.epilogue->residualScale))
        , zero(_mm512_set1_epi16(static_cast<short>(tile.epilogue->zero)))
        , mask(tile.mask)
    {
#pragma GCC unroll 2
        for (int v = 0; v < 2; ++v) {
            scale[v] = _mm512_loadu_ps(tile.epilogue->scale + v * 16);
            bias[v] = _mm512_loadu_ps(tile.epilogue->bias + v * 16);
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
    /// The second row is stored first: where there is none it is the first one again.
    [[gnu::always_inline]] void store(const __m512i (&lines)[2], std::byte* first, std::byte* second) const
    {
        const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
        const __m512i bytes = _mm512_permutexvar_epi64(order, _mm512_packus_epi16(lines[0], lines[1]));
        _mm256_mask_storeu_epi8(second, mask, _mm512_extracti64x4_epi64(bytes, 1));
        _mm256_mask_storeu_epi8(first, mask, _mm512_castsi512_si256(bytes));
    }
};

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
#pragma GCC unroll 2
            for (int v = 0; v < Vectors; ++v) // of level 2, which the processor fetches too late by itself
                _mm_prefetch(reinterpret_cast<const char*>(weights) + 1024 + v * 64, _MM_HINT_T0);
            _mm_prefetch(next, _MM_HINT_T1);
            next += fetched;
        }
    }

    const Int8Epilogue& as = *tile.epilogue;
    const bool sum = as.residual == Type::UInt8;
    // What is below the lower limit is 0 as soon as it is an integer of 8 bits, unless the limit is another.
    if (Vectors == 1 || as.output != Type::UInt8 || as.gelu || !(sum || as.residual == Type::None)
        || as.least > static_cast<float>(-as.zero)) {
        alignas(64) std::int32_t kept[Runs * Rows * Vectors * 16];
#pragma GCC unroll 14
        for (int row = 0; row < Runs * Rows; ++row)
#pragma GCC unroll 2
            for (int v = 0; v < Vectors; ++v)
                _mm512_store_si512(kept + (row * Vectors + v) * 16, sums[row][v]);
        return finish(tile, { kept, Runs, Rows, Vectors });
    }
    if constexpr (Vectors == 2) {
        const Words words(tile);
#pragma GCC unroll 7
        for (int pair = 0; pair < (Runs * Rows + 1) / 2; ++pair) {
            const int first = 2 * pair, second = first + 1 < Runs * Rows ? first + 1 : first;
            __m512i lines[2];
#pragma GCC unroll 2
            for (int i = 0; i < 2; ++i) {
                const int row = i == 0 ? first : second;
                lines[i] = sum
                    ? words.of(sums[row], tile.residual[row / Rows] + row % Rows * tile.residualPitch)
                    : words.of(sums[row]);
            }
            words.store(lines, tile.dst[first / Rows] + first % Rows * tile.dstPitch,
                tile.dst[second / Rows] + second % Rows * tile.dstPitch);
        }
    } else {
        const Channels channels(as);
        const __m512i zero = _mm512_set1_epi32(as.zero);
        const auto mask = static_cast<__mmask16>(tile.mask);
#pragma GCC unroll 14
        for (int row = 0; row < Runs * Rows; ++row) {
            __m512 x = channels.scaled(sums[row][0], as, 0);
            if (sum)
                x = _mm512_fmadd_ps(residualAt<Type::UInt8>(
                                        tile.residual[row / Rows] + row % Rows * tile.residualPitch, 0, mask),
                    channels.residualScale, x);
            store<Type::UInt8>(tile.dst[row / Rows] + row % Rows * tile.dstPitch, 0,
                _mm512_min_ps(x, channels.most), zero, mask);
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
