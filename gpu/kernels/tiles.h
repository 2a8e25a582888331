// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/tile_loops.h"

/// Products by tiles: where no library computes them.
namespace gpu {

/// c = alpha a b + bias + residual for `batch` pairs of row-major matrices, either factor transposed or not.
/// One group computes one tile of one result.
template <typename T> struct ProductBody {
    using Tile = TileOf<T>;
    using Element = T;
    using Line = std::int64_t; // offset of a row in `a`; -1 beyond the last
    using Term = std::int64_t; // of a column in it
    static constexpr std::size_t kSharedBytes = Tile::template kSharedBytes<Line>;

    const T *a, *b, *bias, *residual;
    T* c;
    std::int64_t m, n, k;
    std::int64_t rowA, columnA, rowB, columnB, rowC; // steps in elements along a matrix's two dimensions
    std::int64_t batchA, batchB, batchC, batchBias;
    float alpha;
    bool leftEights, rightEights; // see tile_loops.h

    BREAKEVEN_DEVICE std::int64_t tilesAcross() const { return (n + Tile::kColumns - 1) / Tile::kColumns; }
    BREAKEVEN_DEVICE std::int64_t tilesDown() const { return (m + Tile::kRows - 1) / Tile::kRows; }

    template <typename Group> BREAKEVEN_DEVICE void operator()(std::int64_t index, Group& group) const
    {
        const std::int64_t column = index % tilesAcross() * Tile::kColumns;
        const std::int64_t row = index / tilesAcross() % tilesDown() * Tile::kRows;
        const std::int64_t batch = index / (tilesAcross() * tilesDown());
        ProductBody one = *this;
        one.a += batch * batchA;
        one.b += batch * batchB;
        one.c += batch * batchC;
        if (residual)
            one.residual += batch * batchC;
        if (bias)
            one.bias += batch * batchBias;
        Tile::run(one, row, column, k, group);
    }

    // The factors of the first matrices.
    BREAKEVEN_DEVICE Line lineAt(std::int64_t row) const { return row < m ? row * rowA : -1; }
    BREAKEVEN_DEVICE Term termAt(std::int64_t term) const { return term < k ? term * columnA : -1; }
    BREAKEVEN_DEVICE const T* leftAt(Line line, Term term) const
    {
        return line < 0 || term < 0 ? nullptr : a + line + term;
    }
    BREAKEVEN_DEVICE const T* rightAt(std::int64_t term, std::int64_t column) const
    {
        return term < k && column < n ? b + term * rowB + column * columnB : nullptr;
    }
    BREAKEVEN_DEVICE void store(std::int64_t row, std::int64_t column, float sum) const
    {
        if (row >= m || column >= n)
            return;
        const std::int64_t at = row * rowC + column;
        c[at] = T(alpha * sum + (bias ? static_cast<float>(bias[column]) : 0.0F)
            + (residual ? static_cast<float>(residual[at]) : 0.0F));
    }
};

using TileKernels = KernelList<ProductBody<float>, ProductBody<Half>, ProductBody<Bfloat>>;

} // namespace gpu
