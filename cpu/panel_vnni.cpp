// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AVX-512 with VNNI, see CMakeLists.txt; called only where the processor has it.
#include "cpu/panel_finish.h"

namespace cpu {
namespace {

using Word [[gnu::aligned(1), gnu::may_alias]] = std::int32_t; // four terms, at any address

// Loops over registers are unrolled early, or the compiler keeps the sums in memory.
template <int Runs, int Rows, int Vectors> void runTile(const PanelTile& tile)
{
    __m512i sums[Runs * Rows][Vectors];
#pragma GCC unroll 14
    for (int row = 0; row < Runs * Rows; ++row)
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; ++v)
            sums[row][v] = _mm512_loadu_si512(tile.start + v * 64);

    const std::int64_t pitch = tile.pitch;
    const std::byte* weights = tile.weights;
    const char* next = tile.next;
    const std::int64_t fetched = next ? 64 : 0;
    next = next ? next : reinterpret_cast<const char*>(weights);
    for (std::int64_t tap = 0; tap < tile.taps; ++tap) {
        // Every third row has a pointer of its own; processors add one or two pitches for nothing.
        const std::byte* at[Runs][(Rows + 2) / 3];
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

    const PanelEnd& end = tile.end;
    const PanelEpilogue& as = *end.as;
    const bool sum = as.residual == Type::UInt8;
    if (Vectors == 1 || !endsUsually(as)) {
        alignas(64) std::int32_t kept[Runs * Rows * Vectors * 16];
#pragma GCC unroll 14
        for (int row = 0; row < Runs * Rows; ++row)
#pragma GCC unroll 2
            for (int v = 0; v < Vectors; ++v)
                _mm512_store_si512(kept + (row * Vectors + v) * 16, sums[row][v]);
        for (int run = 0; run < Runs; ++run)
            finish(end, { kept + run * Rows * Vectors * 16, run, 0, Rows, Vectors, Vectors * 16 });
        return;
    }
    if constexpr (Vectors == 2) {
        const Words words(end);
#pragma GCC unroll 7
        for (int pair = 0; pair < (Runs * Rows + 1) / 2; ++pair) {
            const int first = 2 * pair, second = first + 1 < Runs * Rows ? first + 1 : first;
            __m512i lines[2];
#pragma GCC unroll 2
            for (int i = 0; i < 2; ++i) {
                const int row = i == 0 ? first : second;
                lines[i] = sum
                    ? words.of(sums[row], end.residual[row / Rows] + row % Rows * end.residualPitch)
                    : words.of(sums[row]);
            }
            words.store(lines, end.dst[first / Rows] + first % Rows * end.dstPitch,
                end.dst[second / Rows] + second % Rows * end.dstPitch);
        }
    }
}

} // namespace

const VnniKernel kVnniKernels[2][7][2] {
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
