// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/kernel.h"

namespace gpu {

/// Where a convolution that is computed as a product reads: a row is an output pixel, a term an element of
/// the kernel's window. Images have channels innermost; dimensions that an image does not have are 1, in
/// front.
struct ConvolutionPlaces {
    /// The first element of a window: an image's offset, and where the window begins in it. Rows beyond the
    /// last, and terms beyond the last, lie far outside of every image.
    struct Line {
        std::int64_t image;
        int z, y, x;
    };
    struct Term {
        int z, y, x, channel;
    };
    static constexpr int kOutside = -(1 << 29);

    std::int64_t rows; // output pixels of all images
    int groups, channels, features, terms; // input and output channels, and terms, of one group
    int inputSize[3], outputSize[3], kernel[3], strides[3], dilations[3], pads[3];
    int group = 0; // which one offsets are about

    BREAKEVEN_DEVICE Line lineAt(std::int64_t row) const
    {
        if (row >= rows)
            return { 0, kOutside, 0, 0 };
        const int pixels = outputSize[0] * outputSize[1] * outputSize[2];
        const int pixel = static_cast<int>(row % pixels);
        const int z = pixel / outputSize[2] / outputSize[1], y = pixel / outputSize[2] % outputSize[1],
                  x = pixel % outputSize[2];
        const std::int64_t plane = inputSize[0] * inputSize[1] * inputSize[2];
        return { row / pixels * plane * groups * channels, z * strides[0] - pads[0], y * strides[1] - pads[1],
            x * strides[2] - pads[2] };
    }

    BREAKEVEN_DEVICE Term termAt(std::int64_t index) const
    {
        if (index >= terms)
            return { kOutside, 0, 0, 0 };
        const int term = static_cast<int>(index);
        if (channels == terms) // a window of one pixel: nothing to divide
            return { 0, 0, 0, term };
        const int tap = term / channels;
        return { tap / kernel[2] / kernel[1] * dilations[0], tap / kernel[2] % kernel[1] * dilations[1],
            tap % kernel[2] * dilations[2], term % channels };
    }

    /// The term `step` channels on, in the next pixel of the window where those of this one end there.
    BREAKEVEN_DEVICE Term after(Term term, int step) const
    {
        term.channel += step;
        if (term.channel < channels)
            return term;
        term.channel = 0;
        term.x += dilations[2];
        if (term.x < kernel[2] * dilations[2])
            return term;
        term.x = 0;
        term.y += dilations[1];
        if (term.y < kernel[1] * dilations[1])
            return term;
        term.y = 0;
        term.z += dilations[0];
        return term.z < kernel[0] * dilations[0] ? term : Term { kOutside, 0, 0, 0 };
    }

    /// In the input's memory, in elements; -1 outside of the image.
    BREAKEVEN_DEVICE std::int64_t offsetOf(const Line& line, const Term& term) const
    {
        const int z = line.z + term.z, y = line.y + term.y, x = line.x + term.x;
        if (z < 0 || z >= inputSize[0] || y < 0 || y >= inputSize[1] || x < 0 || x >= inputSize[2])
            return -1;
        const std::int64_t pixel = (z * inputSize[1] + y) * inputSize[2] + x;
        return line.image + (pixel * groups + group) * channels + term.channel;
    }
};

} // namespace gpu
