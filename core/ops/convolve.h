// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/for_range.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"
#include "core/ops/window.h"

/// What all convolutions share: packed weights, and sums over the taps of a window for every pixel.
namespace core::ops {

struct ConvSizes {
    std::int64_t batch, group, inputChannels, outputChannels; // channels of one group
    std::int64_t inputPlane, outputPlane, taps;
};

/// Weights as [group][tap][input channel][output channel], so that the innermost loop runs over output
/// channels: contiguous, long in most layers whatever the image's width, and so fast without any blocking.
/// `at` says where the weight of (group, output channel, input channel, tap) is.
template <typename Work, typename At> std::vector<Work> packedWeights(const ConvSizes& sizes, At&& at)
{
    std::vector<Work> packed(
        static_cast<std::size_t>(sizes.group * sizes.taps * sizes.inputChannels * sizes.outputChannels));
    std::size_t to = 0;
    for (std::int64_t g = 0; g < sizes.group; ++g)
        for (std::int64_t tap = 0; tap < sizes.taps; ++tap)
            for (std::int64_t i = 0; i < sizes.inputChannels; ++i)
                for (std::int64_t o = 0; o < sizes.outputChannels; ++o)
                    packed[to++] = static_cast<Work>(at(g, o, i, tap));
    return packed;
}

/// Of weights as Conv has them: [group * output channel][input channel][tap].
template <typename Work, typename T>
std::vector<Work> packedConvWeights(const T* weights, const ConvSizes& sizes)
{
    return packedWeights<Work>(sizes, [&](std::int64_t g, std::int64_t o, std::int64_t i, std::int64_t tap) {
        return weights[((g * sizes.outputChannels + o) * sizes.inputChannels + i) * sizes.taps + tap];
    });
}

/// For every pixel of every group of every image: begin(group, sums) sets the sums of its output channels,
/// end(image * groups + group, pixel, sums) takes them; both may be called on several threads at the same
/// time. `offsetOf` says where in the input's plane a tap of an output position reads, if anywhere.
template <typename Sum, typename X, typename Offset, typename Begin, typename End>
void convolve(const X* x, const std::vector<Sum>& packed, const ConvSizes& sizes, const Shape& output,
    const Shape& kernel, Offset&& offsetOf, Begin&& begin, End&& end)
{
    const std::int64_t tapWeights = sizes.inputChannels * sizes.outputChannels;
    const std::int64_t taps = sizes.inputChannels > 0 ? sizes.taps : 0; // without channels there is no input
    forRange(sizes.batch * sizes.group * sizes.outputPlane, sizes.taps * tapWeights,
        [&](std::int64_t first, std::int64_t last) {
            std::vector<Sum> sums(static_cast<std::size_t>(sizes.outputChannels));
            Shape tap(output.size(), 0), at;
            for (std::int64_t i = first; i < last; ++i) {
                const std::int64_t block = i / sizes.outputPlane, pixel = i % sizes.outputPlane;
                if (i == first || pixel == 0)
                    at = positionAt(pixel, output);
                const X* input = x + block * sizes.inputChannels * sizes.inputPlane;
                const std::int64_t group = block % sizes.group;
                const Sum* weights = packed.data() + group * sizes.taps * tapWeights;
                begin(group, sums);
                for (std::int64_t k = 0; k < taps; ++k, advance(tap, kernel))
                    if (const auto offset = offsetOf(at, tap))
                        addProducts(sums, input + *offset, sizes.inputPlane, weights + k * tapWeights,
                            sizes.inputChannels);
                end(block, pixel, sums);
                advance(at, output);
            }
        });
}

/// `begin` of convolve() where the sums start at a bias of all output channels, or at 0 when it is null.
template <typename T> auto startAt(const T* bias)
{
    return [bias](std::int64_t group, std::vector<double>& sums) {
        for (std::size_t o = 0; o < sums.size(); ++o)
            sums[o] = bias ? bias[static_cast<std::size_t>(group) * sums.size() + o] : T {};
    };
}

/// `end` of convolve() where the sums are the output.
template <typename T> auto storeTo(T* y, const ConvSizes& sizes)
{
    return [y, &sizes](std::int64_t block, std::int64_t pixel, const std::vector<double>& sums) {
        T* to = y + block * sizes.outputChannels * sizes.outputPlane + pixel;
        for (std::size_t o = 0; o < sums.size(); ++o)
            to[static_cast<std::int64_t>(o) * sizes.outputPlane] = static_cast<T>(sums[o]);
    };
}

/// The sizes of a convolution of `input` with `weights`, both whole shapes.
ConvSizes convSizes(const Window& window, const Shape& input, const Shape& weights, std::int64_t group);

} // namespace core::ops
