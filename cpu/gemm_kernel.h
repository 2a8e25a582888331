// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace cpu {

/// One tile of a product, kept in registers while its k terms are summed: up to 8 rows of up to 3 vectors.
struct GemmTile {
    const float* src; // [rows, k], srcPitch floats between rows
    std::int64_t srcPitch;
    const float* weights; // [k, vectors * 16]
    std::int64_t k;
    const float* start; // what the sums start with: [rows, vectors * 16], startPitch between rows; null for 0
    std::int64_t startPitch; // 0: one row for all
    const float* more; // added to that, or null; [rows, vectors * 16], dstPitch between rows
    float* dst;
    std::int64_t dstPitch;
    const char* next; // fetched into level 2 meanwhile, 16 bytes for each k
};

using GemmKernel = void (*)(const GemmTile&);

/// By rows (1 to 8) and vectors (1 to 3), both counted from 0. For AVX-512.
extern const GemmKernel kGemmKernels[8][3];

} // namespace cpu
