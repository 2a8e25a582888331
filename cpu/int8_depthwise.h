// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/panel_kernel.h"

#include <cstddef>
#include <cstdint>

/// Depthwise convolutions of u8 values with constant s8 weights, for AVX-512 with VNNI. Four taps below each
/// other are brought together into the words that the instruction sums, 64 channels at a time: once for a
/// column of the input, whichever outputs need it. Bytes are interleaved within a quarter of a register and
/// packed again in the same way, so channels come out in order; weights, scales and biases lie in the order
/// between.
namespace cpu {

struct Int8Depthwise {
    std::int64_t batch = 1, height = 1, width = 1, channels = 1, outHeight = 1, outWidth = 1;
    std::int64_t kernelHeight = 3, kernelWidth = 3, strideHeight = 1, strideWidth = 1, padTop = 1,
                 padLeft = 1;

    /// Pixels that fill a register: of 32 channels two, if all columns are used.
    std::int64_t pixels() const { return strideWidth == 1 && channels == 32 ? 2 : 1; }
    std::int64_t blocks() const { return (channels + 63) / 64; }
    std::int64_t groups() const { return (kernelHeight + 3) / 4; } // of four taps
    std::int64_t columns() const { return (outWidth - 1) * strideWidth + kernelWidth + pixels() - 1; }
};

/// Kernels of up to 8 rows.
inline constexpr std::int64_t kMostDepthwiseRows = 8;

/// One row of outputs of one block of 64 channels.
struct Int8DepthwiseRow {
    const std::uint8_t*
        rows[kMostDepthwiseRows]; // by tap: the block's channels of the first pixel; null: outside
    std::int64_t pitch; // bytes from pixel to pixel, of input and output
    std::int64_t width, outWidth, kernelWidth, groups, stride, padLeft, columns, pixels;
    std::uint64_t mask; // channels that exist, for all pixels of a register
    const std::int8_t* weights; // [kernelWidth][groups][4][16 channels][4 taps]
    const std::int32_t* start; // [64], in the order between
    const float *scale, *bias; // [64], in the order between
    float least, most;
    std::int32_t zero; // of the result
    std::uint8_t inputZero;
    std::uint8_t* columnWords; // [columns][groups][256]
    std::uint8_t* dst;
};

/// Compiled for AVX-512 with VNNI; see hasInt8Kernels().
void runInt8DepthwiseRow(const Int8DepthwiseRow& row);

/// Bytes of the packed weights: of each block what Int8DepthwiseRow reads of weights and start.
std::int64_t packedInt8DepthwiseBytes(const Int8Depthwise& conv);

/// Weights [channels, kernelHeight, kernelWidth] of the file. `zero` is the input's zero point.
void packInt8Depthwise(
    const Int8Depthwise& conv, const std::int8_t* weights, std::int32_t zero, std::byte* to);

/// A number for each channel as [blocks][64] in the order between, once more for a second pixel.
void orderForInt8Depthwise(const Int8Depthwise& conv, const float* channels, float* to);

struct Int8DepthwiseArguments {
    const std::uint8_t* src = nullptr;
    const std::byte* weights = nullptr; // as packed
    const PanelEpilogue* epilogue = nullptr; // limits and u8 only; scale and bias in order
    std::uint8_t* dst = nullptr;
    std::uint8_t* scratch = nullptr; // threads * int8DepthwiseScratch()
    std::uint8_t zero = 0; // of the input
    int threads = 1;
};

/// Bytes for one thread.
std::int64_t int8DepthwiseScratch(const Int8Depthwise& conv);

/// On the team.
void runInt8Depthwise(const Int8Depthwise& conv, const Int8DepthwiseArguments& arguments);

} // namespace cpu
