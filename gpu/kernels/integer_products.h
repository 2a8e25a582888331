// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/convolution_places.h"
#include "gpu/kernels/image_window.h"
#include "gpu/kernels/integer_ending.h"
#include "gpu/kernels/integer_tile.h"
#include "gpu/kernels/spread.h"

/// Convolutions and products of 8-bit integers.
namespace gpu {

/// By weights that are known and packed; matrices are images of one pixel. The zero point is not taken from
/// the input but, times the sum of a channel's weights, from the sum: so the padding holds it, too.
struct IntegerConvolution : ConvolutionPlaces {
    using Tile = IntegerTile;
    static constexpr std::size_t kSharedBytes = Tile::kSharedBytes<Line>;

    const std::uint8_t* input;
    const std::int8_t* weights; // [group][feature][pitch], zeros behind the last term
    const std::int32_t* weightSums; // [group][feature]
    std::int64_t pitch; // a multiple of 16
    IntegerZero zero; // of the input
    int run; // how many channels the input has in one run, aligned to as many bytes: 16, 4 or 1
    IntegerEnding ending;
    std::uint32_t padding = 0; // four zero points, for one tile

    BREAKEVEN_DEVICE std::int64_t tilesAcross() const
    {
        return (features + Tile::kColumns - 1) / Tile::kColumns;
    }
    BREAKEVEN_DEVICE std::int64_t tilesDown() const { return (rows + Tile::kRows - 1) / Tile::kRows; }

    template <typename Group> BREAKEVEN_DEVICE void operator()(std::int64_t index, Group& threads) const
    {
        const std::int64_t column = index % tilesAcross() * Tile::kColumns;
        const std::int64_t row = index / tilesAcross() % tilesDown() * Tile::kRows;
        IntegerConvolution one = *this;
        one.group = static_cast<int>(index / (tilesAcross() * tilesDown()));
        one.padding = static_cast<std::uint8_t>(zero.value()) * 0x01010101U;
        Tile::run(one, row, column, terms, threads);
    }

    BREAKEVEN_DEVICE Sixteen leftAt(const Line& line, std::int64_t index) const
    {
        Term term = termAt(index);
        if (run == 16) {
            const std::int64_t at = offsetOf(line, term);
            if (at < 0)
                return Sixteen::all(padding);
            Sixteen sixteen = Sixteen::load(input + at);
            sixteen.flip(zero.flips());
            return sixteen;
        }
        Sixteen sixteen {};
        BREAKEVEN_REPEAT (word, 4) {
            if (run == 4) {
                sixteen.words[word] = wordAt(offsetOf(line, term));
                term = after(term, 4);
                continue;
            }
            BREAKEVEN_REPEAT (i, 4) {
                sixteen.words[word] |= static_cast<std::uint32_t>(byteAt(offsetOf(line, term))) << (8 * i);
                term = after(term, 1);
            }
        }
        return sixteen;
    }

    BREAKEVEN_DEVICE Sixteen rightAt(std::int64_t term, std::int64_t column) const
    {
        return term < pitch && column < features
            ? Sixteen::load(weights + (static_cast<std::int64_t>(group) * features + column) * pitch + term)
            : Sixteen::all(0);
    }

    BREAKEVEN_DEVICE void store(std::int64_t row, std::int64_t column, std::int32_t sum) const
    {
        if (row >= rows || column >= features)
            return;
        const std::int64_t feature = static_cast<std::int64_t>(group) * features + column;
        const std::uint32_t excess
            = static_cast<std::uint32_t>(zero.value()) * static_cast<std::uint32_t>(weightSums[feature]);
        ending.store(row * groups * features + feature, feature,
            static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) - excess));
    }

private:
    BREAKEVEN_DEVICE std::uint32_t wordAt(std::int64_t at) const
    {
        return at < 0 ? padding : *reinterpret_cast<const std::uint32_t*>(input + at) ^ zero.flips();
    }
    BREAKEVEN_DEVICE std::uint8_t byteAt(std::int64_t at) const
    {
        return static_cast<std::uint8_t>(at < 0 ? padding : input[at] ^ zero.flip);
    }
};

/// A depthwise convolution by weights that are known, N channels of a pixel: several only where every channel
/// has one of its own.
template <int N> struct IntegerDepthwise {
    ImageWindow window;
    const std::uint8_t* input;
    const std::int8_t* weights; // [tap][channel]
    IntegerZero zero;
    IntegerEnding ending;
    std::int64_t channels, multiplier; // of the output; of these for each of the input

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t image = index;
        const std::int64_t channel = takeRemainder(image, channels / N) * N;
        const ImageWindow::Place place = window.takePlace(image);
        const std::int64_t inputs = multiplier == 1 ? channels : channels / multiplier;
        const std::uint8_t* from = input + image * window.inputPixels() * inputs
            + (multiplier == 1 ? channel : channel / multiplier);
        const int at = zero.value();
        std::int32_t sums[N] = {};
        window.forEachTap(place, [&](int tap, std::int64_t pixel) {
            const auto values = Pack<std::uint8_t, N>::at(from + pixel * inputs);
            const auto factors = Pack<std::int8_t, N>::at(weights + tap * channels + channel);
            for (int i = 0; i < N; ++i)
                sums[i] += (static_cast<std::int8_t>(values.values[i] ^ zero.flip) - at) * factors.values[i];
        });
        for (int i = 0; i < N; ++i)
            ending.store(index * N + i, channel + i, sums[i]);
    }
};

/// Where zero points are in memory: one, or one for each line.
struct IntegerZeros {
    const std::uint8_t* given; // null: 0
    std::int64_t step; // 0: one for all
    bool isSigned; // like the integers

    BREAKEVEN_DEVICE int at(std::int64_t line) const
    {
        return given ? integerOf(given[line * step], isSigned) : 0;
    }
};

/// A product of any two matrices, a thread an element: for what the tiles do not take.
struct AnyIntegerProduct {
    const std::uint8_t *a, *b;
    IntegerZeros zerosA, zerosB; // of rows, of columns
    std::int32_t* sums; // [batch][m][n]
    std::int64_t m, n, k;
    std::int64_t rowA, columnA, rowB, columnB; // steps along a matrix's two dimensions
    SpreadDims batches;
    SpreadDims::Operand matricesA, matricesB; // steps of a matrix's size

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t batch = index;
        const std::int64_t column = takeRemainder(batch, n), row = takeRemainder(batch, m);
        const std::uint8_t* left = a + batches.place(matricesA, batch) * m * k + row * rowA;
        const std::uint8_t* right = b + batches.place(matricesB, batch) * k * n + column * columnB;
        const int zeroA = zerosA.at(row), zeroB = zerosB.at(column);
        std::uint32_t sum = 0;
        for (std::int64_t term = 0; term < k; ++term)
            sum += static_cast<std::uint32_t>((integerOf(left[term * columnA], zerosA.isSigned) - zeroA)
                * (integerOf(right[term * rowB], zerosB.isSigned) - zeroB));
        sums[index] = static_cast<std::int32_t>(sum);
    }
};

/// A convolution by any weights, a thread an element: likewise.
struct AnyIntegerConvolution : ConvolutionPlaces {
    const std::uint8_t *input, *weights; // weights as the file has them, [group][feature][channel][tap]
    IntegerZeros zeros, weightZeros; // one; of features
    std::int32_t* sums;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t row = index;
        const std::int64_t feature = takeRemainder(row, std::int64_t { groups } * features);
        ConvolutionPlaces places = *this;
        places.group = static_cast<int>(feature / features);
        const Line line = lineAt(row);
        const int taps = terms / channels, zero = zeros.at(0), weightZero = weightZeros.at(feature);
        Term term = termAt(0);
        std::uint32_t sum = 0;
        for (int tap = 0; tap < taps; ++tap)
            for (int channel = 0; channel < channels; ++channel, term = after(term, 1)) {
                const std::int64_t at = places.offsetOf(line, term);
                if (at < 0)
                    continue;
                const std::uint8_t weight = weights[(feature * channels + channel) * taps + tap];
                sum += static_cast<std::uint32_t>((integerOf(input[at], zeros.isSigned) - zero)
                    * (integerOf(weight, weightZeros.isSigned) - weightZero));
            }
        sums[index] = static_cast<std::int32_t>(sum);
    }
};

} // namespace gpu
