// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled for AVX-512, see CMakeLists.txt; called only where the processor has it.
#include "cpu/gemm_kernel.h"

#include <immintrin.h>

namespace cpu {
namespace {

constexpr int kAhead = 1536; // bytes: eight lines of three vectors

// Loops over registers are unrolled early, or the compiler keeps the sums in memory.
template <int Rows, int Vectors> void runTile(const GemmTile& tile)
{
    __m512 sums[Rows][Vectors];
#pragma GCC unroll 8
    for (int row = 0; row < Rows; ++row)
#pragma GCC unroll 3
        for (int v = 0; v < Vectors; ++v) {
            sums[row][v] = tile.start ? _mm512_loadu_ps(tile.start + row * tile.startPitch + v * 16)
                                      : _mm512_setzero_ps();
            if (tile.more)
                sums[row][v]
                    = _mm512_add_ps(sums[row][v], _mm512_loadu_ps(tile.more + row * tile.dstPitch + v * 16));
        }
    const float *src = tile.src, *weights = tile.weights;
    const char* next = tile.next;
    for (std::int64_t k = 0; k < tile.k; ++k, weights += Vectors * 16) {
        __m512 line[Vectors];
#pragma GCC unroll 3
        for (int v = 0; v < Vectors; ++v)
            line[v] = _mm512_loadu_ps(weights + v * 16);
#pragma GCC unroll 8
        for (int row = 0; row < Rows; ++row) {
            const __m512 factor = _mm512_set1_ps(src[row * tile.srcPitch + k]);
#pragma GCC unroll 3
            for (int v = 0; v < Vectors; ++v)
                sums[row][v] = _mm512_fmadd_ps(factor, line[v], sums[row][v]);
        }
#pragma GCC unroll 3
        for (int v = 0; v < Vectors; ++v) // of level 2, which the processor fetches too late by itself
            _mm_prefetch(reinterpret_cast<const char*>(weights + v * 16) + kAhead, _MM_HINT_T0);
        if (k % 4 == 0) {
            _mm_prefetch(next, _MM_HINT_T1);
            next += 64;
        }
    }
#pragma GCC unroll 8
    for (int row = 0; row < Rows; ++row)
#pragma GCC unroll 3
        for (int v = 0; v < Vectors; ++v)
            _mm512_storeu_ps(tile.dst + row * tile.dstPitch + v * 16, sums[row][v]);
}

} // namespace

const GemmKernel kGemmKernels[8][3] {
    { runTile<1, 1>, runTile<1, 2>, runTile<1, 3> },
    { runTile<2, 1>, runTile<2, 2>, runTile<2, 3> },
    { runTile<3, 1>, runTile<3, 2>, runTile<3, 3> },
    { runTile<4, 1>, runTile<4, 2>, runTile<4, 3> },
    { runTile<5, 1>, runTile<5, 2>, runTile<5, 3> },
    { runTile<6, 1>, runTile<6, 2>, runTile<6, 3> },
    { runTile<7, 1>, runTile<7, 2>, runTile<7, 3> },
    { runTile<8, 1>, runTile<8, 2>, runTile<8, 3> },
};

} // namespace cpu
