// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/bf16_depthwise.h"

#include "core/ops/half.h"
#include "cpu/threads.h"

#include <algorithm>
#include <cstring>

namespace cpu {

#if !defined(__x86_64__)
void runBf16DepthwiseRow(const Bf16DepthwiseRow&) { }
#endif

namespace {

constexpr std::int64_t kBlock = 32, kElement = 2;

} // namespace

void packBf16Depthwise(const Bf16Depthwise& conv, const std::byte* weights, const float* bias, float* to)
{
    const std::int64_t area = conv.kernelHeight * conv.kernelWidth;
    std::fill_n(to, conv.blocks() * conv.blockFloats(), 0.0F);
    for (std::int64_t channel = 0; channel < conv.channels; ++channel) {
        float* block = to + channel / kBlock * conv.blockFloats();
        const std::int64_t place = channel % 2 * (kBlock / 2) + channel % kBlock / 2;
        for (std::int64_t tap = 0; tap < area; ++tap) {
            std::uint16_t bits = 0;
            std::memcpy(&bits, weights + (channel * area + tap) * kElement, sizeof bits);
            block[tap * kBlock + place] = core::ops::floatFromBfloat(bits);
        }
        block[area * kBlock + place] = bias[channel];
    }
}

void runBf16Depthwise(const Bf16Depthwise& conv, const std::byte* src, const float* packed, std::byte* dst)
{
    const std::int64_t pitch = conv.channels * kElement, area = conv.kernelHeight * conv.kernelWidth;
    // All blocks of a row, then the next: what is read and written lies together.
    parallelFor(conv.batch * conv.outHeight * conv.blocks(), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t item = begin; item < end; ++item) {
            const std::int64_t block = item % conv.blocks(), line = item / conv.blocks();
            const std::int64_t y = line % conv.outHeight, image = line / conv.outHeight;
            const std::int64_t real = std::min(kBlock, conv.channels - block * kBlock);
            const float* weights = packed + block * conv.blockFloats();
            Bf16DepthwiseRow row { .rows = {},
                .weights = {},
                .taps = 0,
                .pitch = pitch,
                .width = conv.width,
                .outWidth = conv.outWidth,
                .kernelWidth = conv.kernelWidth,
                .stride = conv.strideWidth,
                .padLeft = conv.padLeft,
                .bias = weights + area * kBlock,
                .least = conv.least,
                .most = conv.most,
                .mask = static_cast<std::uint32_t>((std::uint64_t { 1 } << real) - 1),
                .dst = dst + line * conv.outWidth * pitch + block * kBlock * kElement };
            for (std::int64_t tap = 0; tap < conv.kernelHeight; ++tap) {
                const std::int64_t from = y * conv.strideHeight - conv.padTop + tap;
                if (from < 0 || from >= conv.height)
                    continue;
                row.rows[row.taps]
                    = src + (image * conv.height + from) * conv.width * pitch + block * kBlock * kElement;
                row.weights[row.taps++] = weights + tap * conv.kernelWidth * kBlock;
            }
            runBf16DepthwiseRow(row);
        }
    });
}

} // namespace cpu
