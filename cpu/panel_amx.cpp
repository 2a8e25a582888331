// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AMX and AVX-512, see CMakeLists.txt; called only where the processor has both.
#include "cpu/panel_finish.h"

#include <cstring>

namespace cpu {
namespace {

constexpr int kTileRows = 16, kTileBytes = 64;

/// Tiles by their use: sums [run][vector], rows of terms [run], weights [vector].
enum : int { kSums = 0, kTerms = 4, kWeights = 6 };

// Numbers of tiles are part of the instructions. The compiler knows of no memory that they read: `Order` keeps
// what was written before in front of them.
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
    static void finish(const PanelTile& tile, const Sums& sums);
};

struct Bf16 {
    template <int sums, int terms, int weights> [[gnu::always_inline]] static void multiply()
    {
        asm volatile("tdpbf16ps %%tmm%c0, %%tmm%c1, %%tmm%c2" : : "i"(weights), "i"(terms), "i"(sums));
    }
    static void finish(const PanelTile& tile, const Sums& sums);
};

void Int8::finish(const PanelTile& tile, const Sums& sums)
{
    if (sums.vectors == 1 || !endsUsually(*tile.epilogue))
        return cpu::finish(tile, sums);
    const Words words(tile);
    const std::byte* residual = tile.epilogue->residual == Type::None ? nullptr : tile.residual[sums.run];
    const auto line = [&](int row) {
        const std::int32_t* at = sums.at + row * 32;
        const __m512i pair[2] { _mm512_load_si512(at), _mm512_load_si512(at + 16) };
        return residual ? words.of(pair, residual + row * tile.residualPitch) : words.of(pair);
    };
    for (int row = 0; row < sums.rows; row += 2) {
        const int second = row + 1 < sums.rows ? row + 1 : row;
        const __m512i lines[2] { line(row), line(second) };
        words.store(lines, tile.dst[sums.run] + row * tile.dstPitch, tile.dst[sums.run] + second * tile.dstPitch);
    }
}

/// 16 numbers of a residual that may be of bfloat16.
template <Type type> __m512 realAt(const std::byte* from, int vector, __mmask16 mask)
{
    if constexpr (type == Type::BFloat16)
        return _mm512_castsi512_ps(_mm512_slli_epi32(
            _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, from + vector * 32)), 16));
    else
        return _mm512_maskz_loadu_ps(mask, from + vector * 64);
}

template <Type residual, Type output> void finishReals(const PanelTile& tile, const Sums& sums)
{
    const PanelEpilogue& as = *tile.epilogue;
    const __m512 least = _mm512_set1_ps(as.least), most = _mm512_set1_ps(as.most);
    const auto* at = reinterpret_cast<const float*>(sums.at);
    for (int row = 0; row < sums.rows; ++row, at += sums.vectors * 16) {
        __m512 x[2];
#pragma GCC unroll 2
        for (int v = 0; v < 2; ++v) {
            const int from = v < sums.vectors ? v : 0;
            x[v] = _mm512_load_ps(at + from * 16);
            if constexpr (residual != Type::None)
                x[v] = _mm512_add_ps(x[v],
                    realAt<residual>(tile.residual[sums.run] + row * tile.residualPitch, v,
                        static_cast<__mmask16>(tile.mask >> (v * 16))));
            // What is not a number stays that: the instructions return their second operand then.
            x[v] = as.gelu ? gelu(x[v]) : _mm512_min_ps(most, _mm512_max_ps(least, x[v]));
        }
        std::byte* to = tile.dst[sums.run] + row * tile.dstPitch;
        if constexpr (output == Type::BFloat16) {
            const __m512bh both = _mm512_cvtne2ps_pbh(x[1], x[0]);
            __m512i bits;
            std::memcpy(&bits, &both, sizeof bits);
            _mm512_mask_storeu_epi16(to, tile.mask, bits);
        } else {
            _mm512_mask_storeu_ps(to, static_cast<__mmask16>(tile.mask), x[0]);
            _mm512_mask_storeu_ps(to + 64, static_cast<__mmask16>(tile.mask >> 16), x[1]);
        }
    }
}

template <Type residual> void finishRealsWith(const PanelTile& tile, const Sums& sums)
{
    if (tile.epilogue->output == Type::BFloat16)
        finishReals<residual, Type::BFloat16>(tile, sums);
    else
        finishReals<residual, Type::Float32>(tile, sums);
}

void Bf16::finish(const PanelTile& tile, const Sums& sums)
{
    switch (tile.epilogue->residual) {
    case Type::BFloat16:
        return finishRealsWith<Type::BFloat16>(tile, sums);
    case Type::Float32:
        return finishRealsWith<Type::Float32>(tile, sums);
    default:
        return finishRealsWith<Type::None>(tile, sums);
    }
}

template <typename Arithmetic, int Runs, int Vectors> void runBlock(const PanelTile& tile)
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
            first += stepBytes;
            second += stepBytes;
            weights += tile.step * line;
        }
    }
    alignas(64) std::int32_t sums[Runs][kTileRows][Vectors][16];
    const auto at = [&](int run, int vector) { return reinterpret_cast<std::byte*>(sums[run][0][vector]); };
    store<kSums>(at(0, 0), line);
    if constexpr (Vectors == 2)
        store<kSums + 1>(at(0, 1), line);
    if constexpr (Runs == 2) {
        store<kSums + 2>(at(1, 0), line);
        if constexpr (Vectors == 2)
            store<kSums + 3>(at(1, 1), line);
    }
    for (int run = 0; run < Runs; ++run)
        Arithmetic::finish(tile, { sums[run][tile.skip[run]][0], run, tile.rows[run], Vectors });
}

} // namespace

const AmxKernel kAmxInt8Kernels[2][2] { { runBlock<Int8, 1, 1>, runBlock<Int8, 1, 2> },
    { runBlock<Int8, 2, 1>, runBlock<Int8, 2, 2> } };
const AmxKernel kAmxBf16Kernels[2][2] { { runBlock<Bf16, 1, 1>, runBlock<Bf16, 1, 2> },
    { runBlock<Bf16, 2, 1>, runBlock<Bf16, 2, 2> } };

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
