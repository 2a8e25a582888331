// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/convolution_places.h"
#include "gpu/kernels/scalar.h"
#include "gpu/kernels/tile_loops.h"

/// Convolutions as products whose left factor nobody stores: a row is an output pixel, a term an element of
/// the kernel's window over the input.
namespace gpu {

template <typename T, typename TileLoop = TileOf<T>> struct ConvolutionBody : ConvolutionPlaces {
    using Tile = TileLoop;
    using Element = T;
    static constexpr std::size_t kSharedBytes = Tile::template kSharedBytes<Line>;

    const T *input, *weights, *bias, *residual; // bias and residual may be null
    T* output;
    core::ChainFunction function; // last of all
    float alpha, beta; // of it
    bool leftEights, rightEights; // see tile_loops.h

    BREAKEVEN_DEVICE std::int64_t tilesAcross() const
    {
        return (features + Tile::kColumns - 1) / Tile::kColumns;
    }
    BREAKEVEN_DEVICE std::int64_t tilesDown() const { return (rows + Tile::kRows - 1) / Tile::kRows; }

    template <typename Group> BREAKEVEN_DEVICE void operator()(std::int64_t index, Group& threads) const
    {
        const std::int64_t column = index % tilesAcross() * Tile::kColumns;
        const std::int64_t row = index / tilesAcross() % tilesDown() * Tile::kRows;
        ConvolutionBody one = *this;
        one.group = static_cast<int>(index / (tilesAcross() * tilesDown()));
        Tile::run(one, row, column, terms, threads);
    }

    BREAKEVEN_DEVICE const T* leftAt(const Line& line, const Term& term) const
    {
        const std::int64_t at = offsetOf(line, term);
        return at < 0 ? nullptr : input + at;
    }

    /// Weights are [group][term][feature].
    BREAKEVEN_DEVICE const T* rightAt(std::int64_t term, std::int64_t column) const
    {
        return term < terms && column < features ? weights + (group * terms + term) * features + column
                                                 : nullptr;
    }

    BREAKEVEN_DEVICE void store(std::int64_t row, std::int64_t column, float sum) const
    {
        if (row >= rows || column >= features)
            return;
        const std::int64_t feature = static_cast<std::int64_t>(group) * features + column;
        const std::int64_t at = row * groups * features + feature;
        sum += (bias ? static_cast<float>(bias[feature]) : 0.0F)
            + (residual ? static_cast<float>(residual[at]) : 0.0F);
        output[at] = T(chainValue(function, sum, 0.0F, alpha, beta));
    }
};

/// Four times the sums a thread, for half of the reads from shared memory: where there is enough to do.
using LargeConvolution = ConvolutionBody<float, PlainTile<128, 8, 8>>;

using ConvolutionKernels
    = KernelList<ConvolutionBody<float>, LargeConvolution, ConvolutionBody<Half>, ConvolutionBody<Bfloat>>;

} // namespace gpu
