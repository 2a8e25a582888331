// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/gemm.h"

#include "cpu/ceil_div.h"
#include "cpu/gemm_kernel.h"
#include "cpu/onednn_isa.h"
#include "cpu/threads.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace cpu {

namespace {

constexpr std::int64_t kRows = 8; // of a tile: with 3 vectors each, 24 of the 32 registers hold sums
constexpr std::int64_t kDepth
    = 768; // of k at a time: a panel is 147 kB then, and eight rows of src fit into level 1
constexpr std::int64_t kFetchBytes = 16; // of the next panel, by a tile for each k: a line every fourth
constexpr std::int64_t kFetchRows
    = 88; // after which the last tile is at it: 12 of them fetch 192 bytes for each k

/// Rows that stay in level 2 beside a panel: 3 / 8 of it, 128 of 1 MB and 256 of 2 MB. With twice as many a
/// product of 1024 rows took 3 % longer on a core of 1 MB.
std::int64_t rowBlock()
{
    static const std::int64_t rows = [] {
        constexpr std::int64_t kAssumed = 1 << 20, kLeast = 64;
        const std::int64_t said = sysconf(_SC_LEVEL2_CACHE_SIZE), bytes = said > 0 ? said : kAssumed;
        return std::max(kLeast, bytes * 3 / 8 / (kDepth * std::int64_t { sizeof(float) }) / kRows * kRows);
    }();
    return rows;
}

std::int64_t panels(std::int64_t n)
{
    return ceilDiv(n, kGemmPanel);
}

} // namespace

#if defined(__x86_64__)
bool hasGemm()
{
    return hasIsa(dnnl::cpu_isa::avx512_core);
}
#else
bool hasGemm()
{
    return false;
}
const GemmKernel kGemmKernels[8][3] {};
#endif

void packGemmWeights(const std::byte* weights, bool transposed, std::int64_t k, std::int64_t n, float* to)
{
    const auto at
        = [&](std::int64_t index) { return weights + static_cast<std::size_t>(index) * sizeof(float); };
    const std::int64_t padded = ceilDiv(n, kGemmLanes) * kGemmLanes;
    parallelFor(panels(n), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t first = begin * kGemmPanel; first < std::min(n, end * kGemmPanel);
             first += kGemmPanel) {
            const std::int64_t width = std::min(kGemmPanel, padded - first),
                               real = std::min(kGemmPanel, n - first);
            float* panel = to + first * k;
            if (real < width)
                std::fill_n(panel, k * width, 0.0F);
            if (!transposed) {
                for (std::int64_t row = 0; row < k; ++row)
                    std::memcpy(panel + row * width, at(row * n + first),
                        static_cast<std::size_t>(real) * sizeof(float));
                continue;
            }
            for (std::int64_t column = 0; column < real; ++column)
                for (std::int64_t row = 0; row < k; ++row)
                    std::memcpy(panel + row * width + column, at((first + column) * k + row), sizeof(float));
        }
    });
}

namespace {

/// Rows [top, bottom) of the last panel, whose last vector is not whole: to memory of its own, and from there
/// what there is of it.
void runLastPanel(const Gemm& gemm, const float* src, const float* weights, const float* bias,
    const float* residual, float* dst, std::int64_t top, std::int64_t bottom)
{
    const std::int64_t first = (gemm.n - 1) / kGemmPanel * kGemmPanel, real = gemm.n - first;
    const std::int64_t width = gemm.paddedColumns() - first;
    const auto bytes = static_cast<std::size_t>(real) * sizeof(float);
    float start[kGemmPanel] {}, more[kRows * kGemmPanel] {}, sums[kRows * kGemmPanel];
    if (bias)
        std::memcpy(start, bias + first, bytes);
    const float* panel = weights + first * gemm.k;
    for (std::int64_t row = top; row < bottom; row += kRows) {
        const std::int64_t rows = std::min(kRows, bottom - row);
        for (std::int64_t i = 0; residual && i < rows; ++i)
            std::memcpy(more + i * kGemmPanel, residual + (row + i) * gemm.dstPitch + first, bytes);
        kGemmKernels[rows - 1][width / kGemmLanes - 1](
            { src + row * gemm.srcPitch, gemm.srcPitch, panel, gemm.k, start, 0, residual ? more : nullptr,
                sums, kGemmPanel, reinterpret_cast<const char*>(panel) });
        for (std::int64_t i = 0; i < rows; ++i)
            std::memcpy(dst + (row + i) * gemm.dstPitch + first, sums + i * kGemmPanel, bytes);
    }
}

} // namespace

void runGemmPanels(const Gemm& gemm, const float* src, const float* weights, const float* bias,
    const float* residual, float* dst, std::int64_t begin, std::int64_t end)
{
    const std::int64_t block = rowBlock();
    for (std::int64_t top = 0; top < gemm.m; top += block) {
        const std::int64_t bottom = std::min(gemm.m, top + block);
        for (std::int64_t first = begin * kGemmPanel; first < std::min(gemm.n, end * kGemmPanel);
             first += kGemmPanel) {
            const std::int64_t width = std::min(kGemmPanel, gemm.n - first);
            if (width % kGemmLanes != 0) {
                runLastPanel(gemm, src, weights, bias, residual, dst, top, bottom);
                continue;
            }
            for (std::int64_t k = 0; k < gemm.k; k += kDepth) {
                const std::int64_t depth = std::min(kDepth, gemm.k - k);
                const float* panel = weights + first * gemm.k + k * width;
                const auto* fetched = reinterpret_cast<const char*>(panel + depth * width);
                for (std::int64_t row = top; row < bottom; row += kRows) {
                    const std::int64_t rows = std::min(kRows, bottom - row);
                    float* to = dst + row * gemm.dstPitch + first;
                    GemmTile tile { src + row * gemm.srcPitch + k, gemm.srcPitch, panel, depth, to,
                        gemm.dstPitch, nullptr, to, gemm.dstPitch, fetched };
                    if (k == 0) {
                        tile.start = bias ? bias + first : nullptr;
                        tile.startPitch = 0;
                        tile.more = residual ? residual + row * gemm.dstPitch + first : nullptr;
                    }
                    kGemmKernels[rows - 1][width / kGemmLanes - 1](tile);
                    if (row - top < kFetchRows)
                        fetched += depth * kFetchBytes;
                }
            }
        }
    }
}

void runGemm(const Gemm& gemm, const float* src, const float* weights, const float* bias,
    const float* residual, float* dst)
{
    parallelFor(panels(gemm.n), 1, [&](std::int64_t begin, std::int64_t end) {
        runGemmPanels(gemm, src, weights, bias, residual, dst, begin, end);
    });
}

} // namespace cpu
