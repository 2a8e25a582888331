// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace cpu {

/// What becomes of the integer sums of a product: x = sum * scale[channel] + bias[channel], plus a residual,
/// made no less than `least` and no more than `most`, then stored. Where integers are stored, all of these
/// are in units of the result's scale and without its zero point, which comes on after rounding.
struct Int8Epilogue {
    enum class Type { None, UInt8, Int8, Float32 };

    const float* scale = nullptr;
    const float* bias = nullptr;
    Type residual = Type::None, output = Type::UInt8;
    float residualScale = 1; // the residual's zero point is in the bias
    float least = 0, most = 0;
    std::int32_t zero = 0; // of the result
    bool gelu = false; // after the sum, in place of the limits, times outputScale
    float outputScale = 1; // after Gelu: 1 / scale of the result
};

/// One tile of a product of u8 and s8, kept in registers while it is summed: one or two runs of up to 7 rows,
/// of one or two vectors of 16 channels. A run's rows are equally far apart.
struct Int8Tile {
    const std::uint8_t* src[2]; // first row of each run
    std::int64_t pitch; // bytes from row to row
    std::int64_t taps, tapPitch; // pieces that a row's terms lie in, bytes from one to the next
    std::int64_t depth; // of a piece, in words of four terms
    /// [taps][depth][vectors][16 channels][4 terms]. Two vectors hold channels 0 to 3, 8 to 11, 16 to 19, 24
    /// to 27 and those between: so do `start` and the epilogue's scale and bias.
    const std::int8_t* weights;
    const std::int32_t* start; // [vectors * 16]: what the sums start with
    const char* next; // fetched into level 2 meanwhile, a line for each word; null: nothing
    std::uint32_t mask; // channels that exist
    const Int8Epilogue* epilogue; // its scale and bias begin with this tile's channels
    std::byte* dst[2];
    const std::byte* residual[2]; // in the type of the epilogue
    std::int64_t dstPitch, residualPitch; // bytes from row to row
};

using Int8Kernel = void (*)(const Int8Tile&);

/// By runs (1 or 2), rows (1 to 7) and vectors (1 or 2), all counted from 0. For AVX-512 with VNNI.
extern const Int8Kernel kInt8Kernels[2][7][2];

} // namespace cpu
