// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/image_window.h"

#include <cmath>

/// Images resized, or normalised channel by channel.
namespace gpu {

/// N channels of a pixel made of several in each direction, channels last.
template <typename T, int N> struct ResizeBody {
    struct Axis {
        std::int64_t input, output, count; // taps of each index
        const std::int64_t* indices; // [output][count]; the first is -1 outside of the image
        const float* weights;
    };

    Axis axis[ImageWindow::kDims];
    const T* x;
    T* y;
    std::int64_t channels;
    float outside;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t image = index;
        const std::int64_t channel = takeRemainder(image, channels / N) * N;
        const std::int64_t* indices[ImageWindow::kDims];
        const float* weights[ImageWindow::kDims];
        bool inside = true;
        for (int d = ImageWindow::kDims - 1; d >= 0; --d) {
            const std::int64_t at = takeRemainder(image, axis[d].output) * axis[d].count;
            indices[d] = axis[d].indices + at;
            weights[d] = axis[d].weights + at;
            inside = inside && indices[d][0] >= 0;
        }
        float sums[N] = {};
        for (std::int64_t z = 0; inside && z < axis[0].count; ++z)
            for (std::int64_t r = 0; r < axis[1].count; ++r) {
                const std::int64_t line
                    = ((image * axis[0].input + indices[0][z]) * axis[1].input + indices[1][r])
                    * axis[2].input;
                for (std::int64_t c = 0; c < axis[2].count; ++c) {
                    const auto pack = Pack<T, N>::at(x + (line + indices[2][c]) * channels + channel);
                    const float weight = weights[0][z] * weights[1][r] * weights[2][c];
                    for (int i = 0; i < N; ++i)
                        sums[i] += weight * static_cast<float>(pack.values[i]);
                }
            }
        Pack<T, N> result;
        for (int i = 0; i < N; ++i)
            result.values[i] = T(inside ? sums[i] : outside);
        result.storeAt(y + index * N);
    }
};

/// Each element by the squares of its neighbours among the channels, which are last.
template <typename T> struct LocalNormBody {
    const T* x;
    T* y;
    std::int64_t channels, before, behind; // neighbours
    float factor, bias, exponent;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t pixel = index;
        const std::int64_t channel = takeRemainder(pixel, channels);
        const std::int64_t first = channel < before ? 0 : channel - before;
        const std::int64_t last = channels - 1 - channel < behind ? channels - 1 : channel + behind;
        float squares = 0;
        for (std::int64_t c = first; c <= last; ++c) {
            const auto value = static_cast<float>(x[pixel * channels + c]);
            squares += value * value;
        }
        y[index] = T(static_cast<float>(x[index]) * powf(bias + factor * squares, -exponent));
    }
};

/// Each channel by statistics that are given, in numbers of type Given.
template <typename T, typename Given> struct BatchNormBody {
    const T* x;
    T* y;
    const Given *scale, *bias, *mean, *variance;
    std::int64_t run, channels; // elements of one channel that lie together
    float epsilon;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t rest = index;
        takeRemainder(rest, run);
        const std::int64_t c = takeRemainder(rest, channels);
        const float factor = static_cast<float>(scale[c]) / sqrtf(static_cast<float>(variance[c]) + epsilon);
        y[index] = T((static_cast<float>(x[index]) - static_cast<float>(mean[c])) * factor
            + static_cast<float>(bias[c]));
    }
};

} // namespace gpu
