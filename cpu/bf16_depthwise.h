// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// Depthwise convolutions of bfloat16 in rows of channels (nhwc), for AVX-512 with bf16. Sums are float32; a
/// register of 32 channels is two of float32 by a shift and a mask, the even and the odd ones, and stays so
/// until the result is stored.
namespace cpu {

struct Bf16Depthwise {
    std::int64_t batch = 1, height = 1, width = 1, channels = 1, outHeight = 1, outWidth = 1;
    std::int64_t kernelHeight = 3, kernelWidth = 3, strideHeight = 1, strideWidth = 1, padTop = 1,
                 padLeft = 1;
    float least = 0, most = 0; // limits of the result

    std::int64_t blocks() const { return (channels + 31) / 32; }
    /// Floats of a block: each tap's weights, then the biases.
    std::int64_t blockFloats() const { return (kernelHeight * kernelWidth + 1) * 32; }
};

/// Kernels of up to 8 rows.
inline constexpr std::int64_t kMostBf16DepthwiseRows = 8;

/// One row of outputs of one block of 32 channels.
struct Bf16DepthwiseRow {
    const std::byte* rows[kMostBf16DepthwiseRows]; // by tap, those outside left out: the block's first pixel
    const float* weights[kMostBf16DepthwiseRows]; // of these: [kernelWidth][even 16, odd 16]
    int taps; // of them
    std::int64_t pitch; // bytes from pixel to pixel, of input and output
    std::int64_t width, outWidth, kernelWidth, stride, padLeft;
    const float* bias; // [even 16, odd 16]
    float least, most;
    std::uint32_t mask; // channels that exist
    std::byte* dst;
};

/// Compiled for AVX-512 with bf16; called only where the processor has it.
void runBf16DepthwiseRow(const Bf16DepthwiseRow& row);

/// Weights [channels, kernelHeight, kernelWidth] of bfloat16 to blocks of floats; `bias` has one for each
/// channel.
void packBf16Depthwise(const Bf16Depthwise& conv, const std::byte* weights, const float* bias, float* to);

/// On the team.
void runBf16Depthwise(const Bf16Depthwise& conv, const std::byte* src, const float* packed, std::byte* dst);

} // namespace cpu
