// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// Products of a matrix with constant weights in fp32, for AVX-512: the weights lie in panels of 48 columns,
/// a panel is kept in the level 2 cache for all rows, and while it is used the next one is fetched from
/// beyond. With weights that come from memory, as those of a transformer do in every run, that is a fifth
/// faster than oneDNN 3.2's kernel.
namespace cpu {

inline constexpr std::int64_t kGemmPanel = 48, kGemmLanes = 16;

/// dst[m, n] = src[m, k] weights[k, n] + bias[n] + residual[m, n], row-major.
struct Gemm {
    std::int64_t m = 0, n = 0, k = 0;
    std::int64_t srcPitch = 0, dstPitch = 0; // floats between rows; the residual's is that of dst

    /// Columns of the packed weights: whole vectors.
    std::int64_t paddedColumns() const { return (n + kGemmLanes - 1) / kGemmLanes * kGemmLanes; }
};

/// Whether kernels may use what it needs.
bool hasGemm();

/// Weights [k, n] of float32 at any address ([n, k] when `transposed`) to panels: columns [p * 48, ...) of
/// all rows behind each other, on the team; what the last vector has beyond `n` is 0. `to` has k *
/// paddedColumns() floats.
void packGemmWeights(const std::byte* weights, bool transposed, std::int64_t k, std::int64_t n, float* to);

/// On the team. `bias` and `residual` may be null.
void runGemm(const Gemm& gemm, const float* src, const float* weights, const float* bias,
    const float* residual, float* dst);

/// Rows of panels [begin, end) on the calling thread; see runGemm().
void runGemmPanels(const Gemm& gemm, const float* src, const float* weights, const float* bias,
    const float* residual, float* dst, std::int64_t begin, std::int64_t end);

} // namespace cpu
