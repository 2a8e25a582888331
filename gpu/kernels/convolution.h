// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/scalar.h"
#include "gpu/kernels/tile_loops.h"

/// Convolutions as products whose left factor nobody stores: a row is an output pixel, a term an element of
/// the kernel's window over the input.
namespace gpu {

/// Images with channels innermost; dimensions that an image does not have are 1, in front.
template <typename T, typename TileLoop = TileOf<T>> struct ConvolutionBody {
    using Tile = TileLoop;
    using Element = T;
    /// The first element of a window: an image's offset, and where the window begins in it. Rows beyond the
    /// last, and terms beyond the last, lie far outside of every image.
    struct Line {
        std::int64_t image;
        int z, y, x;
    };
    struct Term {
        int z, y, x, channel;
    };
    static constexpr int kOutside = -(1 << 29);
    static constexpr std::size_t kSharedBytes = Tile::template kSharedBytes<Line>;

    const T *input, *weights, *bias, *residual; // bias and residual may be null
    T* output;
    std::int64_t rows; // output pixels of all images
    int groups, channels, features, terms; // input and output channels, and terms, of one group
    int inputSize[3], outputSize[3], kernel[3], strides[3], dilations[3], pads[3];
    core::ChainFunction function; // last of all
    float alpha, beta; // of it
    bool leftEights, rightEights; // see tile_loops.h
    int group = 0; // which one leftAt() and all below are about

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

    BREAKEVEN_DEVICE Line lineAt(std::int64_t row) const
    {
        if (row >= rows)
            return { 0, kOutside, 0, 0 };
        const int pixels = outputSize[0] * outputSize[1] * outputSize[2];
        const int pixel = static_cast<int>(row % pixels);
        const int z = pixel / outputSize[2] / outputSize[1], y = pixel / outputSize[2] % outputSize[1],
                  x = pixel % outputSize[2];
        const std::int64_t plane = inputSize[0] * inputSize[1] * inputSize[2];
        return { row / pixels * plane * groups * channels, z * strides[0] - pads[0], y * strides[1] - pads[1],
            x * strides[2] - pads[2] };
    }

    BREAKEVEN_DEVICE Term termAt(std::int64_t index) const
    {
        if (index >= terms)
            return { kOutside, 0, 0, 0 };
        const int term = static_cast<int>(index), tap = term / channels;
        return { tap / kernel[2] / kernel[1] * dilations[0], tap / kernel[2] % kernel[1] * dilations[1],
            tap % kernel[2] * dilations[2], term % channels };
    }

    BREAKEVEN_DEVICE const T* leftAt(const Line& line, const Term& term) const
    {
        const int z = line.z + term.z, y = line.y + term.y, x = line.x + term.x;
        if (z < 0 || z >= inputSize[0] || y < 0 || y >= inputSize[1] || x < 0 || x >= inputSize[2])
            return nullptr;
        const std::int64_t pixel = (z * inputSize[1] + y) * inputSize[2] + x;
        return input + line.image + (pixel * groups + group) * channels + term.channel;
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
