// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/int8_depthwise.h"

#include "cpu/threads.h"

#include <algorithm>
#include <cstring>

namespace cpu {

namespace {

constexpr std::int64_t kBlock = 64, kTaps = 4;

/// Bytes of a block's weights.
std::int64_t blockBytes(const Int8Depthwise& conv)
{
    return conv.kernelWidth * conv.groups() * kBlock * kTaps;
}

/// Which channel of a register of bytes stands at `index` once they are words: see gather().
std::int64_t channelAt(std::int64_t index)
{
    const std::int64_t vector = index / 16, quarter = index % 16 / 4;
    return quarter * 16 + vector * 4 + index % 4;
}

/// The channel of `index` in `block`; -1 where there is none.
std::int64_t channelOf(const Int8Depthwise& conv, std::int64_t block, std::int64_t index)
{
    const std::int64_t channel
        = conv.pixels() == 2 ? channelAt(index) % conv.channels : block * kBlock + channelAt(index);
    return channel < conv.channels ? channel : -1;
}

} // namespace

#if !defined(__x86_64__)
void runInt8DepthwiseRow(const Int8DepthwiseRow&) { }
#endif

std::int64_t packedInt8DepthwiseBytes(const Int8Depthwise& conv)
{
    return conv.blocks() * (blockBytes(conv) + kBlock * static_cast<std::int64_t>(sizeof(std::int32_t)));
}

std::int64_t int8DepthwiseScratch(const Int8Depthwise& conv)
{
    return conv.columns() * conv.groups() * kBlock * kTaps;
}

void packInt8Depthwise(
    const Int8Depthwise& conv, const std::int8_t* weights, std::int32_t zero, std::byte* to)
{
    std::memset(to, 0, static_cast<std::size_t>(packedInt8DepthwiseBytes(conv)));
    for (std::int64_t block = 0; block < conv.blocks(); ++block) {
        auto* packed = reinterpret_cast<std::int8_t*>(to) + block * blockBytes(conv);
        auto* start = reinterpret_cast<std::int32_t*>(to + conv.blocks() * blockBytes(conv)) + block * kBlock;
        for (std::int64_t index = 0; index < kBlock; ++index) {
            const std::int64_t channel = channelOf(conv, block, index);
            if (channel < 0)
                continue;
            for (std::int64_t y = 0; y < conv.kernelHeight; ++y)
                for (std::int64_t x = 0; x < conv.kernelWidth; ++x) {
                    const std::int8_t weight
                        = weights[(channel * conv.kernelHeight + y) * conv.kernelWidth + x];
                    packed[((x * conv.groups() + y / kTaps) * kBlock + index) * kTaps + y % kTaps] = weight;
                    start[index] -= zero * weight;
                }
        }
    }
}

void orderForInt8Depthwise(const Int8Depthwise& conv, const float* channels, float* to)
{
    for (std::int64_t at = 0; at < conv.blocks() * kBlock; ++at) {
        const std::int64_t channel = channelOf(conv, at / kBlock, at % kBlock);
        to[at] = channel < 0 ? 0 : channels[channel];
    }
}

void runInt8Depthwise(const Int8Depthwise& conv, const Int8DepthwiseArguments& arguments)
{
    const auto* weights = reinterpret_cast<const std::int8_t*>(arguments.weights);
    const auto* start = reinterpret_cast<const std::int32_t*>(weights + conv.blocks() * blockBytes(conv));
    const PanelEpilogue& as = *arguments.epilogue;
    const auto threads = static_cast<std::int64_t>(arguments.threads);
    // All blocks of a row, then the next: what is read and written lies together.
    const std::int64_t items = conv.batch * conv.blocks() * conv.outHeight;
    parallelFor(threads, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t thread = begin; thread < end; ++thread)
            for (std::int64_t item = items * thread / threads; item < items * (thread + 1) / threads;
                 ++item) {
                const std::int64_t block = item % conv.blocks(), line = item / conv.blocks();
                const std::int64_t y = line % conv.outHeight, image = line / conv.outHeight;
                const std::int64_t first = block * kBlock, real = std::min(kBlock, conv.channels - first);
                Int8DepthwiseRow row { .rows = {},
                    .pitch = conv.channels,
                    .width = conv.width,
                    .outWidth = conv.outWidth,
                    .kernelWidth = conv.kernelWidth,
                    .groups = conv.groups(),
                    .stride = conv.strideWidth,
                    .padLeft = conv.padLeft,
                    .columns = conv.columns(),
                    .pixels = conv.pixels(),
                    .mask = real == kBlock || conv.pixels() == 2 ? ~std::uint64_t { 0 }
                                                                 : (std::uint64_t { 1 } << real) - 1,
                    .weights = weights + block * blockBytes(conv),
                    .start = start + first,
                    .scale = as.scale + first,
                    .bias = as.bias + first,
                    .least = as.least,
                    .most = as.most,
                    .zero = as.zero,
                    .inputZero = arguments.zero,
                    .columnWords = arguments.scratch + thread * int8DepthwiseScratch(conv),
                    .dst
                    = arguments.dst + (image * conv.outHeight + y) * conv.outWidth * conv.channels + first };
                for (std::int64_t tap = 0; tap < conv.kernelHeight; ++tap) {
                    const std::int64_t from = y * conv.strideHeight - conv.padTop + tap;
                    row.rows[tap] = from < 0 || from >= conv.height
                        ? nullptr
                        : arguments.src + (image * conv.height + from) * conv.width * conv.channels + first;
                }
                runInt8DepthwiseRow(row);
            }
    });
}

} // namespace cpu
