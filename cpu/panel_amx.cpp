// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AMX and AVX-512, see CMakeLists.txt; called only where the processor has both.
#include "cpu/panel_finish.h"

#include <cstring>

namespace cpu {
namespace {

constexpr int kTileBytes = 64;
constexpr int kSumPitch = 32; // numbers from row to row of what is pending

/// Tiles by their use: sums [run][vector], rows of terms [run], weights [vector].
enum : int { kSums = 0, kTerms = 4, kWeights = 6 };

// Numbers of tiles are part of the instructions. What a tile is loaded from was written before this source's
// functions were called, so the compiler need not be told that loads read memory.
template <int tile> [[gnu::always_inline]] inline void load(const std::byte* from, std::int64_t pitch)
{
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(from), "r"(pitch), "i"(tile));
}

template <int tile> [[gnu::always_inline]] inline void store(std::byte* to, std::int64_t pitch)
{
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)" : : "r"(to), "r"(pitch), "i"(tile) : "memory");
}

struct Int8 {
    template <int sums, int terms, int weights> [[gnu::always_inline]] static void multiply()
    {
        asm volatile("tdpbusd %%tmm%c0, %%tmm%c1, %%tmm%c2" : : "i"(weights), "i"(terms), "i"(sums));
    }
    static bool endsSlowly(const PanelEpilogue& as) { return as.gelu; }
    static void finish(const PanelEnd& end, const Sums& sums);
};

struct Bf16 {
    template <int sums, int terms, int weights> [[gnu::always_inline]] static void multiply()
    {
        asm volatile("tdpbf16ps %%tmm%c0, %%tmm%c1, %%tmm%c2" : : "i"(weights), "i"(terms), "i"(sums));
    }
    static bool endsSlowly(const PanelEpilogue&) { return true; }
    static void finish(const PanelEnd& end, const Sums& sums);
};

void Int8::finish(const PanelEnd& end, const Sums& sums)
{
    const PanelEpilogue& as = *end.as;
    const bool gelu = as.gelu && as.output == Type::UInt8 && as.residual == Type::None;
    if (sums.vectors == 1 || !(gelu || endsUsually(as)))
        return cpu::finish(end, sums);
    const Words words(end);
    const std::byte* residual = as.residual == Type::None ? nullptr : end.residual[sums.run];
    const __m512 unit = _mm512_set1_ps(as.outputScale);
    std::byte* to = end.dst[sums.run] + sums.first * end.dstPitch;
    const std::byte* more = residual ? residual + sums.first * end.residualPitch : nullptr;
    const auto line = [&](const std::int32_t* at, const std::byte* added) {
        const __m512i pair[2] { _mm512_load_si512(at), _mm512_load_si512(at + 16) };
        if (gelu)
            return words.geluOf(pair, unit);
        return added ? words.of(pair, added) : words.of(pair);
    };
    const std::int32_t* at = sums.at;
    for (int row = 0; row < sums.rows; row += 2, at += 2 * kSumPitch, to += 2 * end.dstPitch) {
        const bool two = row + 1 < sums.rows;
        const std::byte* below = two && more ? more + end.residualPitch : more;
        const __m512i lines[2] { line(at, more), line(two ? at + kSumPitch : at, below) };
        words.store(lines, to, two ? to + end.dstPitch : to);
        more += more ? 2 * end.residualPitch : 0;
    }
}

/// 16 numbers of a residual that may be of bfloat16.
template <Type type> __m512 realAt(const std::byte* from, int vector, __mmask16 mask)
{
    if constexpr (type == Type::BFloat16)
        return _mm512_castsi512_ps(
            _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, from + vector * 32)), 16));
    else
        return _mm512_maskz_loadu_ps(mask, from + vector * 64);
}

template <Type residual, Type output> void finishReals(const PanelEnd& end, const Sums& sums)
{
    const PanelEpilogue& as = *end.as;
    const __m512 least = _mm512_set1_ps(as.least), most = _mm512_set1_ps(as.most);
    const auto* at = reinterpret_cast<const float*>(sums.at);
    for (int row = sums.first; row < sums.first + sums.rows; ++row, at += kSumPitch) {
        __m512 x[2];
#pragma GCC unroll 2
        for (int v = 0; v < 2; ++v) {
            const int from = v < sums.vectors ? v : 0;
            x[v] = _mm512_load_ps(at + from * 16);
            if constexpr (residual != Type::None)
                x[v] = _mm512_add_ps(x[v],
                    realAt<residual>(end.residual[sums.run] + row * end.residualPitch, v,
                        static_cast<__mmask16>(end.mask >> (v * 16))));
            // What is not a number stays that: the instructions return their second operand then.
            x[v] = as.gelu ? gelu(x[v]) : _mm512_min_ps(most, _mm512_max_ps(least, x[v]));
        }
        std::byte* to = end.dst[sums.run] + row * end.dstPitch;
        if constexpr (output == Type::BFloat16) {
            const __m512bh both = _mm512_cvtne2ps_pbh(x[1], x[0]);
            __m512i bits;
            std::memcpy(&bits, &both, sizeof bits);
            _mm512_mask_storeu_epi16(to, end.mask, bits);
        } else {
            _mm512_mask_storeu_ps(to, static_cast<__mmask16>(end.mask), x[0]);
            _mm512_mask_storeu_ps(to + 64, static_cast<__mmask16>(end.mask >> 16), x[1]);
        }
    }
}

template <Type residual> void finishRealsWith(const PanelEnd& end, const Sums& sums)
{
    if (end.as->output == Type::BFloat16)
        finishReals<residual, Type::BFloat16>(end, sums);
    else
        finishReals<residual, Type::Float32>(end, sums);
}

void Bf16::finish(const PanelEnd& end, const Sums& sums)
{
    switch (end.as->residual) {
    case Type::BFloat16:
        return finishRealsWith<Type::BFloat16>(end, sums);
    case Type::Float32:
        return finishRealsWith<Type::Float32>(end, sums);
    default:
        return finishRealsWith<Type::None>(end, sums);
    }
}

/// Stores up to `count` rows of what is pending.
template <typename Arithmetic> void finishSome(AmxPending& pending, int count)
{
    while (count > 0 && pending.run < pending.runs) {
        const PanelEnd& end = pending.end;
        const int run = pending.run, row = pending.row, left = end.rows[run] - row;
        int rows = count < left ? count : left;
        rows = rows < pending.ofLine ? rows : pending.ofLine;
        Arithmetic::finish(end,
            { pending.sums[run][end.skip[run] + row + pending.gaps][0], run, row, rows, pending.vectors,
                kSumPitch });
        count -= rows;
        pending.row += rows;
        pending.ofLine -= rows;
        if (rows == left) {
            pending.row = pending.gaps = 0;
            pending.ofLine = end.line;
            ++pending.run;
        } else if (pending.ofLine == 0) {
            pending.gaps += end.gap;
            pending.ofLine = end.line;
        }
    }
}

template <typename Arithmetic> void finishAll(AmxPending& pending)
{
    finishSome<Arithmetic>(pending, 2 * kAmxRows);
}

template <typename Arithmetic, int Runs, int Vectors>
void runBlock(const PanelTile& tile, AmxPending& pending)
{
    // All rows of a tile begin with the same numbers: a pitch of nothing.
    load<kSums>(tile.start, 0);
    if constexpr (Vectors == 2)
        load<kSums + 1>(tile.start + kTileBytes, 0);
    if constexpr (Runs == 2) {
        load<kSums + 2>(tile.start, 0);
        if constexpr (Vectors == 2)
            load<kSums + 3>(tile.start + kTileBytes, 0);
    }
    const std::int64_t line = Vectors * kTileBytes, stepBytes = tile.step * 4;
    // Of rows that are pending some end in each step, in pairs, where that takes long. Else they are better
    // off together: 3x3 convolutions of integers took 1.4 times as long with a pair in each step.
    const auto steps = static_cast<int>(tile.taps * tile.depth / tile.step);
    const int rows = Arithmetic::endsSlowly(*tile.end.as) ? (2 * kAmxRows / steps + 2) / 2 * 2 : 0;
    const std::byte* weights = tile.weights;
    const char* next = tile.next;
    for (std::int64_t tap = 0; tap < tile.taps; ++tap) {
        const std::byte* first = tile.src[0] + tap * tile.tapPitch;
        const std::byte* second = tile.src[Runs - 1] + tap * tile.tapPitch;
        for (std::int64_t word = 0; word < tile.depth; word += tile.step) {
            load<kTerms>(first, tile.pitch);
            load<kWeights>(weights, line);
            Arithmetic::template multiply<kSums, kTerms, kWeights>();
            if constexpr (Vectors == 2) {
                load<kWeights + 1>(weights + kTileBytes, line);
                Arithmetic::template multiply<kSums + 1, kTerms, kWeights + 1>();
            }
            if constexpr (Runs == 2) {
                load<kTerms + 1>(second, tile.pitch);
                Arithmetic::template multiply<kSums + 2, kTerms + 1, kWeights>();
                if constexpr (Vectors == 2)
                    Arithmetic::template multiply<kSums + 3, kTerms + 1, kWeights + 1>();
            }
            if (next) {
                for (std::int64_t i = 0; i < tile.fetched; ++i)
                    _mm_prefetch(next + i * 64, _MM_HINT_T1);
                next += tile.fetched * 64;
            }
            if (rows > 0)
                finishSome<Arithmetic>(pending, rows);
            first += stepBytes;
            second += stepBytes;
            weights += tile.step * line;
        }
    }
    finishAll<Arithmetic>(pending);
    constexpr std::int64_t kPitch = sizeof pending.sums[0][0];
    const auto at
        = [&](int run, int vector) { return reinterpret_cast<std::byte*>(pending.sums[run][0][vector]); };
    store<kSums>(at(0, 0), kPitch);
    if constexpr (Vectors == 2)
        store<kSums + 1>(at(0, 1), kPitch);
    if constexpr (Runs == 2) {
        store<kSums + 2>(at(1, 0), kPitch);
        if constexpr (Vectors == 2)
            store<kSums + 3>(at(1, 1), kPitch);
    }
    pending.end = tile.end;
    pending.runs = Runs;
    pending.vectors = Vectors;
    pending.run = pending.row = pending.gaps = 0;
    pending.ofLine = tile.end.line;
}

} // namespace

const AmxKernels kAmxInt8 { { { runBlock<Int8, 1, 1>, runBlock<Int8, 1, 2> },
                                { runBlock<Int8, 2, 1>, runBlock<Int8, 2, 2> } },
    finishAll<Int8> };
const AmxKernels kAmxBf16 { { { runBlock<Bf16, 1, 1>, runBlock<Bf16, 1, 2> },
                                { runBlock<Bf16, 2, 1>, runBlock<Bf16, 2, 2> } },
    finishAll<Bf16> };

void amxConfigure(int rows, int step)
{
    struct {
        std::uint8_t palette = 1, startRow = 0, reserved[14] = {};
        std::uint16_t bytes[16] = {}; // of a row, by tile
        std::uint8_t rows[16] = {};
    } config;
    for (int tile = 0; tile < 8; ++tile) {
        const bool terms = tile >= kTerms && tile < kWeights;
        config.bytes[tile] = static_cast<std::uint16_t>(terms ? step * 4 : kTileBytes);
        config.rows[tile] = static_cast<std::uint8_t>(tile >= kWeights ? step : rows);
    }
    asm volatile("ldtilecfg %0" : : "m"(config));
}

void amxRelease()
{
    asm volatile("tilerelease");
}

} // namespace cpu
