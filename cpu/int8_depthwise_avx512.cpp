// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AVX-512 with VNNI, see CMakeLists.txt; called only where the processor has it.
#include "cpu/int8_depthwise.h"

#include <immintrin.h>

namespace cpu {
namespace {

/// Four taps of 64 channels as words.
struct Interleaved {
    __m512i words[4];

    [[gnu::always_inline]] explicit Interleaved(const __m512i (&taps)[4])
    {
        const __m512i low01 = _mm512_unpacklo_epi8(taps[0], taps[1]);
        const __m512i high01 = _mm512_unpackhi_epi8(taps[0], taps[1]);
        const __m512i low23 = _mm512_unpacklo_epi8(taps[2], taps[3]);
        const __m512i high23 = _mm512_unpackhi_epi8(taps[2], taps[3]);
        words[0] = _mm512_unpacklo_epi16(low01, low23);
        words[1] = _mm512_unpackhi_epi16(low01, low23);
        words[2] = _mm512_unpacklo_epi16(high01, high23);
        words[3] = _mm512_unpackhi_epi16(high01, high23);
    }
    [[gnu::always_inline]] explicit Interleaved(const std::uint8_t* from)
    {
#pragma GCC unroll 4
        for (int v = 0; v < 4; ++v)
            words[v] = _mm512_load_si512(from + v * 64);
    }
    [[gnu::always_inline]] void store(std::uint8_t* to) const
    {
#pragma GCC unroll 4
        for (int v = 0; v < 4; ++v)
            _mm512_store_si512(to + v * 64, words[v]);
    }
};

/// A column over the edge: what lies outside is the input's zero.
void gatherEdge(
    const Int8DepthwiseRow& row, const std::uint8_t* const (&from)[4], std::int64_t column, std::uint8_t* to)
{
    const auto inside = [&](std::int64_t x) { return x >= 0 && x < row.width; };
    std::uint64_t mask = inside(column) ? row.mask : 0;
    if (row.pixels == 2)
        mask = (inside(column) ? 0xffffffff : 0)
            | (inside(column + 1) ? std::uint64_t { 0xffffffff } << 32 : 0);
    __m512i taps[4];
    for (int tap = 0; tap < 4; ++tap) {
        taps[tap] = _mm512_set1_epi8(static_cast<char>(row.inputZero));
        if (from[tap])
            taps[tap] = _mm512_mask_loadu_epi8(taps[tap], mask, from[tap] + column * row.pitch);
    }
    Interleaved(taps).store(to);
}

/// The words of all columns: four taps of each channel beside each other.
void gather(const Int8DepthwiseRow& row)
{
    alignas(64) std::uint8_t outside[64];
    _mm512_store_si512(outside, _mm512_set1_epi8(static_cast<char>(row.inputZero)));
    const std::int64_t step = row.groups * 256, columns = row.columns;
    std::int64_t first = row.padLeft, last = row.padLeft + row.width - row.pixels + 1; // between the edges
    first = first < columns ? first : columns;
    last = last < first ? first : (last < columns ? last : columns);
    for (std::int64_t group = 0; group < row.groups; ++group) {
        const std::uint8_t* const from[4] { row.rows[group * 4], row.rows[group * 4 + 1],
            row.rows[group * 4 + 2], row.rows[group * 4 + 3] };
        std::uint8_t* to = row.columnWords + group * 256;
        for (std::int64_t i = 0; i < first; ++i)
            gatherEdge(row, from, i - row.padLeft, to + i * step);
        const std::uint8_t* at[4];
        std::int64_t pitch[4];
#pragma GCC unroll 4
        for (int tap = 0; tap < 4; ++tap) {
            at[tap] = from[tap] ? from[tap] + (first - row.padLeft) * row.pitch : outside;
            pitch[tap] = from[tap] ? row.pitch : 0;
        }
        const __mmask64 mask = row.mask;
        for (std::int64_t i = first; i < last; ++i) {
            __m512i taps[4];
#pragma GCC unroll 4
            for (int tap = 0; tap < 4; ++tap) {
                taps[tap] = _mm512_maskz_loadu_epi8(mask, at[tap]);
                at[tap] += pitch[tap];
            }
            Interleaved(taps).store(to + i * step);
        }
        for (std::int64_t i = last; i < columns; ++i)
            gatherEdge(row, from, i - row.padLeft, to + i * step);
    }
}

/// Rounds, limits and packs the sums of one output, and stores them.
struct Ending {
    __m512 scale[4], bias[4], least, most;
    __m512i zero;

    explicit Ending(const Int8DepthwiseRow& row)
        : least(_mm512_set1_ps(row.least))
        , most(_mm512_set1_ps(row.most))
        , zero(_mm512_set1_epi16(static_cast<short>(row.zero)))
    {
#pragma GCC unroll 4
        for (int v = 0; v < 4; ++v) {
            scale[v] = _mm512_loadu_ps(row.scale + v * 16);
            bias[v] = _mm512_loadu_ps(row.bias + v * 16);
        }
    }

    void operator()(std::uint8_t* to, const __m512i (&sums)[4], std::uint64_t mask) const
    {
        __m512i whole[4];
#pragma GCC unroll 4
        for (int v = 0; v < 4; ++v) {
            const __m512 real = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[v]), scale[v], bias[v]);
            whole[v] = _mm512_cvtps_epi32(_mm512_min_ps(_mm512_max_ps(real, least), most));
        }
        const __m512i first = _mm512_add_epi16(_mm512_packs_epi32(whole[0], whole[1]), zero);
        const __m512i second = _mm512_add_epi16(_mm512_packs_epi32(whole[2], whole[3]), zero);
        _mm512_mask_storeu_epi8(to, mask, _mm512_packus_epi16(first, second));
    }
};

/// Pixels of a register that lie within the row.
std::uint64_t storedAt(const Int8DepthwiseRow& row, std::int64_t x)
{
    return row.mask & (x + row.pixels > row.outWidth ? 0xffffffff : ~std::uint64_t { 0 });
}

/// Kernels of three columns and up to four rows, as most are, whose outputs lie one or two columns apart:
/// columns go from register to register and need no memory between.
template <int Step> void sumThree(const Int8DepthwiseRow& row)
{
    alignas(64) std::uint8_t outside[64], edge[256];
    _mm512_store_si512(outside, _mm512_set1_epi8(static_cast<char>(row.inputZero)));
    const std::uint8_t* const from[4] { row.rows[0], row.rows[1], row.rows[2], row.rows[3] };
    const std::uint8_t* at[4];
    std::int64_t pitch[4];
#pragma GCC unroll 4
    for (int tap = 0; tap < 4; ++tap) {
        at[tap] = from[tap] ? from[tap] : outside;
        pitch[tap] = from[tap] ? row.pitch : 0;
    }
    const __mmask64 mask = row.mask;
    const std::int64_t inside = row.width - row.pixels + 1;
    const auto words = [&](std::int64_t column) __attribute__((always_inline))
    {
        if (column < 0 || column >= inside) {
            gatherEdge(row, from, column, edge);
            return Interleaved(edge);
        }
        __m512i taps[4];
#pragma GCC unroll 4
        for (int tap = 0; tap < 4; ++tap)
            taps[tap] = _mm512_maskz_loadu_epi8(mask, at[tap] + column * pitch[tap]);
        return Interleaved(taps);
    };
    const auto add
        = [&](__m512i(&sums)[4], const Interleaved& column, int index) __attribute__((always_inline))
    {
#pragma GCC unroll 4
        for (int v = 0; v < 4; ++v)
            sums[v] = _mm512_dpbusd_epi32(
                sums[v], column.words[v], _mm512_loadu_si512(row.weights + index * 256 + v * 64));
    };
    const Ending store(row);
    std::int64_t column = -row.padLeft;
    Interleaved first = words(column), second = words(column + 1);
    for (std::int64_t x = 0; x < row.outWidth; x += row.pixels, column += Step) {
        __m512i sums[4];
#pragma GCC unroll 4
        for (int v = 0; v < 4; ++v)
            sums[v] = _mm512_loadu_si512(row.start + v * 16);
        if (Step == 2 && x > 0)
            second = words(column + 1);
        const Interleaved third = words(column + 2);
        add(sums, first, 0);
        add(sums, second, 1);
        add(sums, third, 2);
        store(row.dst + x * row.pitch, sums, storedAt(row, x));
        first = Step == 1 ? second : third;
        second = third;
    }
}

void sumAny(const Int8DepthwiseRow& row)
{
    const Ending store(row);
    for (std::int64_t x = 0; x < row.outWidth; x += row.pixels) {
        __m512i sums[4];
#pragma GCC unroll 4
        for (int v = 0; v < 4; ++v)
            sums[v] = _mm512_loadu_si512(row.start + v * 16);
        const std::uint8_t* from = row.columnWords + x * row.stride * row.groups * 256;
        const std::int8_t* weights = row.weights;
        for (std::int64_t word = 0; word < row.kernelWidth * row.groups; ++word, from += 256, weights += 256)
#pragma GCC unroll 4
            for (int v = 0; v < 4; ++v)
                sums[v] = _mm512_dpbusd_epi32(
                    sums[v], _mm512_load_si512(from + v * 64), _mm512_loadu_si512(weights + v * 64));
        store(row.dst + x * row.pitch, sums, storedAt(row, x));
    }
}

} // namespace

void runInt8DepthwiseRow(const Int8DepthwiseRow& row)
{
    const std::int64_t step = row.stride * row.pixels;
    if (row.kernelWidth == 3 && row.groups == 1 && step <= 2)
        return step == 1 ? sumThree<1>(row) : sumThree<2>(row);
    gather(row);
    sumAny(row);
}

} // namespace cpu
