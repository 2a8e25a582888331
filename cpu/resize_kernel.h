// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/resize_taps.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cpu {

/// Images made of weighted sums of another one's pixels, the weights a product of one factor per dimension:
/// the linear and the cubic mode of Resize. A pixel is `channels` floats that lie together; what is around
/// the images does not matter. Made once; runs on any number of threads, each with a part of it.
class ResizeKernel {
public:
    /// `axes` are the one to three dimensions of the images, the innermost last. nullopt where one pixel is
    /// made of more than fits into the first level of cache.
    static std::optional<ResizeKernel> make(const core::ResizeAttributes& resize,
        std::span<const core::ops::ResizeAxis> axes, std::int64_t channels);

    /// Lines of an image that is written.
    std::int64_t lines() const { return m_depth.output * m_height.output; }
    std::int64_t lineFloats() const { return m_width.output * m_channels; }
    /// Writes the lines [begin, end) of images that lie behind each other, counted through all of them.
    void run(const float* from, float* to, std::int64_t begin, std::int64_t end) const;

private:
    /// One dimension; without weights it stays as it is.
    struct Axis {
        std::int64_t input = 1, output = 1, taps = 1;
        std::vector<std::int32_t> indices {}; // [output][taps]
        std::vector<float> weights {};
    };
    /// Pixels of a line which are made of few enough, those from `from` to `last`, to be mixed in the first
    /// level of cache.
    struct Piece {
        std::int64_t begin, end, from, last;
    };

    using Mixer = void (ResizeKernel::*)(const float*, const Piece&, float*) const;

    static Axis axisOf(const core::ResizeAttributes& resize, const core::ops::ResizeAxis& axis);
    bool cut();
    bool mixesLines() const { return !m_depth.weights.empty() || !m_height.weights.empty(); }
    void mixLines(
        const float* image, std::int64_t line, std::int64_t first, std::int64_t count, float* to) const;
    template <std::int64_t kChannels, std::int64_t kTaps>
    void mixPixels(const float* from, const Piece& piece, float* to) const;
    template <std::int64_t kTaps> Mixer mixerFor() const;

    Axis m_depth {}, m_height {}, m_width {};
    std::int64_t m_channels = 1;
    std::vector<Piece> m_pieces;
};

} // namespace cpu
