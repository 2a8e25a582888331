// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/division.h"
#include "gpu/kernels/half.h"

namespace gpu {

/// A window that slides over images with channels last, [N, depth, height, width, C]; those of fewer
/// dimensions have ones in front.
struct ImageWindow {
    static constexpr int kDims = 3;

    int input[kDims], output[kDims], kernel[kDims], stride[kDims], dilation[kDims], pad[kDims];

    BREAKEVEN_DEVICE std::int64_t inputPixels() const
    {
        return static_cast<std::int64_t>(input[0]) * input[1] * input[2];
    }

    /// Where pixel `index` of all images' outputs is; index becomes the image.
    struct Place {
        int at[kDims];
    };
    BREAKEVEN_DEVICE Place takePlace(std::int64_t& index) const
    {
        Place place {};
        for (int d = kDims - 1; d >= 0; --d)
            place.at[d] = static_cast<int>(takeRemainder(index, output[d]));
        return place;
    }

    /// Calls use(tap, pixel) for the taps that meet the image, both counted row by row.
    template <typename Use> BREAKEVEN_DEVICE void forEachTap(const Place& place, Use use) const
    {
        for (int z = 0; z < kernel[0]; ++z) {
            const int depth = positionOf(0, place, z);
            if (depth < 0 || depth >= input[0])
                continue;
            for (int y = 0; y < kernel[1]; ++y) {
                const int row = positionOf(1, place, y);
                if (row < 0 || row >= input[1])
                    continue;
                const std::int64_t line = (static_cast<std::int64_t>(depth) * input[1] + row) * input[2];
                for (int x = 0; x < kernel[2]; ++x) {
                    const int column = positionOf(2, place, x);
                    if (column >= 0 && column < input[2])
                        use((z * kernel[1] + y) * kernel[2] + x, line + column);
                }
            }
        }
    }

    /// The same backwards, for windows that spread pixels over an output: the taps that reach a place.
    template <typename Use> BREAKEVEN_DEVICE void forEachReach(const Place& place, Use use) const
    {
        for (int z = 0; z < kernel[0]; ++z) {
            const int depth = originOf(0, place, z);
            if (depth < 0)
                continue;
            for (int y = 0; y < kernel[1]; ++y) {
                const int row = originOf(1, place, y);
                if (row < 0)
                    continue;
                const std::int64_t line = (static_cast<std::int64_t>(depth) * input[1] + row) * input[2];
                for (int x = 0; x < kernel[2]; ++x) {
                    const int column = originOf(2, place, x);
                    if (column >= 0)
                        use((z * kernel[1] + y) * kernel[2] + x, line + column);
                }
            }
        }
    }

private:
    BREAKEVEN_DEVICE int positionOf(int d, const Place& place, int tap) const
    {
        return place.at[d] * stride[d] - pad[d] + tap * dilation[d];
    }

    /// The pixel that a tap spreads to the place; -1 where there is none.
    BREAKEVEN_DEVICE int originOf(int d, const Place& place, int tap) const
    {
        const int distance = place.at[d] + pad[d] - tap * dilation[d];
        if (distance < 0 || distance % stride[d] != 0)
            return -1;
        const int origin = distance / stride[d];
        return origin < input[d] ? origin : -1;
    }
};

/// Channels that a thread computes together, loaded and stored at once.
template <typename T, int N> struct alignas(N * sizeof(T)) Pack {
    T values[N];

    static BREAKEVEN_DEVICE Pack at(const T* from) { return *reinterpret_cast<const Pack*>(from); }
    BREAKEVEN_DEVICE void storeAt(T* to) const { *reinterpret_cast<Pack*>(to) = *this; }
};

/// How many channels threads of one kernel take, where the number of channels allows.
constexpr int kPack = 4;

} // namespace gpu
