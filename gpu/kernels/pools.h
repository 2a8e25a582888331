// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/image_window.h"

#include <cmath>

namespace gpu {

enum class Pooling { Max, Average, AveragePadded }; // the last one divides by taps in the padding, too

/// One output pixel's N channels of a pool.
template <typename T, int N> struct PoolBody {
    ImageWindow window;
    int padEnd[ImageWindow::kDims];
    const T* x;
    T* y;
    std::int64_t channels;
    Pooling pooling;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t image = index;
        const std::int64_t channel = takeRemainder(image, channels / N) * N;
        const ImageWindow::Place place = window.takePlace(image);
        const T* from = x + image * window.inputPixels() * channels + channel;
        float values[N];
        for (int i = 0; i < N; ++i)
            values[i] = pooling == Pooling::Max ? -INFINITY : 0.0F;
        int taps = 0;
        window.forEachTap(place, [&](int, std::int64_t pixel) {
            const auto pack = Pack<T, N>::at(from + pixel * channels);
            for (int i = 0; i < N; ++i)
                take(values[i], static_cast<float>(pack.values[i]), taps);
            ++taps;
        });
        const auto count = static_cast<float>(pooling == Pooling::AveragePadded ? paddedTaps(place) : taps);
        Pack<T, N> result;
        for (int i = 0; i < N; ++i)
            result.values[i] = T(pooling == Pooling::Max ? values[i] : values[i] / count);
        result.storeAt(y + index * N);
    }

private:
    /// The first is the maximum even if it is no number.
    BREAKEVEN_DEVICE void take(float& value, float next, int before) const
    {
        if (pooling != Pooling::Max)
            value += next;
        else if (before == 0 || next > value)
            value = next;
    }

    /// Those in the image or its padding: a window of ceil mode may stand out beyond even that.
    BREAKEVEN_DEVICE int paddedTaps(const ImageWindow::Place& place) const
    {
        int taps = 1;
        for (int d = 0; d < ImageWindow::kDims; ++d) {
            const int begin = place.at[d] * window.stride[d] - window.pad[d];
            const int room = (window.input[d] + padEnd[d] - 1 - begin) / window.dilation[d] + 1;
            taps *= room < window.kernel[d] ? room : window.kernel[d];
        }
        return taps;
    }
};

/// All pixels of an image, a chunk of channels a group: threads side by side read channels side by side.
template <typename T> struct GlobalPoolBody {
    static constexpr int kChannels = 32, kMostRows = 8; // of threads
    static constexpr std::size_t kSharedBytes = sizeof(float) * kChannels * kMostRows;

    const T* x;
    T* y;
    std::int64_t pixels, channels;
    bool maximum;

    BREAKEVEN_DEVICE std::int64_t chunks() const { return (channels + kChannels - 1) / kChannels; }

    template <typename Group> BREAKEVEN_DEVICE void operator()(std::int64_t index, Group& group) const
    {
        constexpr int kAcross = Group::kSize < kChannels ? Group::kSize : kChannels;
        constexpr int kRows = Group::kSize / kAcross;
        static_assert(kRows <= kMostRows);
        std::int64_t image = index;
        const std::int64_t first = takeRemainder(image, chunks()) * kChannels;
        const int row = group.rank() / kAcross;
        float* parts = group.template shared<float>(); // [kRows][kChannels]
        for (int c = group.rank() % kAcross; c < kChannels; c += kAcross) {
            float value = start();
            if (first + c < channels)
                for (std::int64_t pixel = row; pixel < pixels; pixel += kRows)
                    value
                        = with(value, static_cast<float>(x[(image * pixels + pixel) * channels + first + c]));
            parts[row * kChannels + c] = value;
        }
        group.sync();
        for (int c = group.rank(); c < kChannels && first + c < channels; c += Group::kSize) {
            float value = start();
            for (int i = 0; i < kRows; ++i)
                value = with(value, parts[i * kChannels + c]);
            y[image * channels + first + c] = T(maximum ? value : value / static_cast<float>(pixels));
        }
    }

private:
    BREAKEVEN_DEVICE float start() const { return maximum ? -INFINITY : 0.0F; }
    BREAKEVEN_DEVICE float with(float value, float next) const
    {
        return maximum ? (next > value ? next : value) : value + next;
    }
};

} // namespace gpu
