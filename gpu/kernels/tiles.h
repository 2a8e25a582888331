// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/half.h"

/// Tiles of products: a group of threads keeps a tile's sums in registers, and the parts of the factors that
/// it needs next in shared memory.
namespace gpu {

/// c = alpha a b + bias + residual for `batch` pairs of row-major matrices, either factor transposed or not.
/// One group computes one tile of one result.
template <typename T> struct ProductBody {
    static constexpr int kTile = 64, kDepth = 16; // a tile of the result; terms summed between two loads
    static constexpr int kPitch = kTile + 1; // threads side by side meet different banks
    static constexpr int kSide = 4; // each thread keeps squares of 4 by 4 sums
    static constexpr int kSquares = (kTile / kSide) * (kTile / kSide);
    static constexpr std::size_t kSharedBytes = 2 * sizeof(float) * kDepth * kPitch;

    const T *a, *b, *bias, *residual;
    T* c;
    std::int64_t m, n, k;
    std::int64_t rowA, columnA, rowB, columnB, rowC; // steps in elements along a matrix's two dimensions
    std::int64_t batchA, batchB, batchC;
    float alpha;

    BREAKEVEN_DEVICE std::int64_t tilesAcross() const { return (n + kTile - 1) / kTile; }
    BREAKEVEN_DEVICE std::int64_t tilesDown() const { return (m + kTile - 1) / kTile; }

    template <typename Group> BREAKEVEN_DEVICE void operator()(std::int64_t index, Group& group) const
    {
        const std::int64_t column = index % tilesAcross() * kTile;
        const std::int64_t row = index / tilesAcross() % tilesDown() * kTile;
        const std::int64_t batch = index / (tilesAcross() * tilesDown());
        float* left = group.template shared<float>(); // [kDepth][kPitch]
        float* right = left + kDepth * kPitch;
        float sums[kSquares / Group::kSize][kSide][kSide] = {};
        for (std::int64_t depth = 0; depth < k; depth += kDepth) {
            for (int i = group.rank(); i < kTile * kDepth; i += Group::kSize) {
                const int term = i % kDepth, line = i / kDepth;
                const bool inside = depth + term < k;
                left[term * kPitch + line] = inside && row + line < m
                    ? static_cast<float>(a[batch * batchA + (row + line) * rowA + (depth + term) * columnA])
                    : 0.0F;
                right[term * kPitch + line] = inside && column + line < n
                    ? static_cast<float>(
                        b[batch * batchB + (depth + term) * rowB + (column + line) * columnB])
                    : 0.0F;
            }
            group.sync();
            for (int square = 0; square < kSquares / Group::kSize; ++square)
                addTerms(sums[square], left, right, group.rank() + square * Group::kSize);
            group.sync();
        }
        for (int square = 0; square < kSquares / Group::kSize; ++square)
            store(sums[square], row, column, batch, group.rank() + square * Group::kSize);
    }

private:
    static BREAKEVEN_DEVICE int lineOf(int square) { return square / (kTile / kSide) * kSide; }
    static BREAKEVEN_DEVICE int columnOf(int square) { return square % (kTile / kSide) * kSide; }

    static BREAKEVEN_DEVICE void addTerms(
        float (&sums)[kSide][kSide], const float* left, const float* right, int square)
    {
        for (int term = 0; term < kDepth; ++term)
            for (int i = 0; i < kSide; ++i)
                for (int j = 0; j < kSide; ++j)
                    sums[i][j] += left[term * kPitch + lineOf(square) + i]
                        * right[term * kPitch + columnOf(square) + j];
    }

    BREAKEVEN_DEVICE void store(const float (&sums)[kSide][kSide], std::int64_t row, std::int64_t column,
        std::int64_t batch, int square) const
    {
        for (int i = 0; i < kSide; ++i)
            for (int j = 0; j < kSide; ++j) {
                const std::int64_t y = row + lineOf(square) + i, x = column + columnOf(square) + j;
                if (y >= m || x >= n)
                    continue;
                const std::int64_t at = batch * batchC + y * rowC + x;
                c[at] = T(alpha * sums[i][j] + (bias ? static_cast<float>(bias[x]) : 0.0F)
                    + (residual ? static_cast<float>(residual[at]) : 0.0F));
            }
    }
};

using TileKernels = KernelList<ProductBody<float>, ProductBody<Half>, ProductBody<Bfloat>>;

} // namespace gpu
