// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/activation.h"
#include "gpu/kernels/image_window.h"

/// Convolutions that are no products: each output is summed up where it stands.
namespace gpu {

/// What follows the sums of a convolution with channels last: a bias, a residual, one activation.
template <typename T> struct ConvEnding {
    const T *bias, *residual; // may be null; the residual lies like the result
    Activation activation;

    template <int N>
    BREAKEVEN_DEVICE void store(const float (&sums)[N], T* y, std::int64_t at, std::int64_t channel) const
    {
        Pack<T, N> result;
        for (int i = 0; i < N; ++i) {
            const float sum = sums[i] + (bias ? static_cast<float>(bias[channel + i]) : 0.0F)
                + (residual ? static_cast<float>(residual[at + i]) : 0.0F);
            result.values[i] = T(activated(activation, sum));
        }
        result.storeAt(y + at);
    }
};

/// A depthwise convolution, N channels of a pixel: several only where every channel has one of its own and
/// weights lie beside each other.
template <typename T, int N> struct DepthwiseBody {
    ImageWindow window;
    const T *x, *weights;
    T* y;
    ConvEnding<T> ending;
    std::int64_t channels, multiplier; // of the output; of these for each of the input
    std::int64_t tapStep, channelStep; // elements from weight to weight

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t image = index;
        const std::int64_t channel = takeRemainder(image, channels / N) * N;
        const ImageWindow::Place place = window.takePlace(image);
        const std::int64_t inputs = multiplier == 1 ? channels : channels / multiplier;
        const T* from
            = x + image * window.inputPixels() * inputs + (multiplier == 1 ? channel : channel / multiplier);
        const T* weight = weights + channel * channelStep;
        float sums[N] = {};
        window.forEachTap(place, [&](int tap, std::int64_t pixel) {
            const auto values = Pack<T, N>::at(from + pixel * inputs);
            const auto factors = Pack<T, N>::at(weight + tap * tapStep);
            for (int i = 0; i < N; ++i)
                sums[i] += static_cast<float>(values.values[i]) * static_cast<float>(factors.values[i]);
        });
        ending.store(sums, y, index * N, channel);
    }
};

/// A transposed convolution, N channels of a pixel: several only where weights lie beside each other and
/// groups have so many.
template <typename T, int N> struct TransposedConvBody {
    ImageWindow window; // over the output, its kernel spreading each pixel of the input
    const T *x, *weights;
    T* y;
    ConvEnding<T> ending;
    std::int64_t groups, inputs, outputs; // channels of one group
    std::int64_t groupStep, inputStep, outputStep, tapStep; // elements from weight to weight

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t image = index;
        const std::int64_t channel = takeRemainder(image, groups * outputs / N) * N;
        const ImageWindow::Place place = window.takePlace(image);
        std::int64_t group = channel;
        const std::int64_t output = takeRemainder(group, outputs);
        const T* from = x + image * window.inputPixels() * groups * inputs + group * inputs;
        const T* weight = weights + group * groupStep + output * outputStep;
        float sums[N] = {};
        window.forEachReach(place, [&](int tap, std::int64_t pixel) {
            const T* values = from + pixel * groups * inputs;
            const T* factor = weight + tap * tapStep;
            for (std::int64_t i = 0; i < inputs; ++i) {
                const auto value = static_cast<float>(values[i]);
                const auto factors = Pack<T, N>::at(factor + i * inputStep);
                for (int j = 0; j < N; ++j)
                    sums[j] += value * static_cast<float>(factors.values[j]);
            }
        });
        ending.store(sums, y, index * N, channel);
    }
};

} // namespace gpu
