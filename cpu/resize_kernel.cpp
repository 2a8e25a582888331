// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/resize_kernel.h"

#include <algorithm>
#include <cstring>

namespace cpu {

namespace {

/// Floats of one line mixed of several: half of the first level of cache.
constexpr std::int64_t kMostMixed = 4096;

/// sums = or += x * a + y * b
void mix(const float* x, float a, const float* y, float b, std::int64_t count, bool adds, float* sums)
{
    if (adds)
        for (std::int64_t i = 0; i < count; ++i)
            sums[i] += x[i] * a + y[i] * b;
    else
        for (std::int64_t i = 0; i < count; ++i)
            sums[i] = x[i] * a + y[i] * b;
}

} // namespace

ResizeKernel::Axis ResizeKernel::axisOf(
    const core::ResizeAttributes& resize, const core::ops::ResizeAxis& axis)
{
    Axis made { .input = axis.input, .output = axis.output };
    if (!axis.changes())
        return made;
    const core::ops::Taps taps = core::ops::tapsOf(resize, axis);
    made.taps = taps.count;
    for (std::size_t i = 0; i < taps.indices.size(); ++i) {
        made.indices.push_back(static_cast<std::int32_t>(taps.indices[i]));
        made.weights.push_back(static_cast<float>(taps.weights[i]));
    }
    return made;
}

std::optional<ResizeKernel> ResizeKernel::make(
    const core::ResizeAttributes& resize, std::span<const core::ops::ResizeAxis> axes, std::int64_t channels)
{
    ResizeKernel kernel;
    kernel.m_channels = channels;
    kernel.m_width = axisOf(resize, axes.back());
    if (axes.size() > 1)
        kernel.m_height = axisOf(resize, axes[axes.size() - 2]);
    if (axes.size() > 2)
        kernel.m_depth = axisOf(resize, axes[0]);
    return kernel.cut() ? std::optional(std::move(kernel)) : std::nullopt;
}

bool ResizeKernel::cut()
{
    if (!mixesLines() || m_width.weights.empty()) { // needs no line in between
        m_pieces = { { 0, m_width.output, 0, m_width.input } };
        return true;
    }
    for (std::int64_t pixel = 0; pixel < m_width.output; ++pixel) {
        const auto taps = std::span(m_width.indices)
                              .subspan(static_cast<std::size_t>(pixel * m_width.taps),
                                  static_cast<std::size_t>(m_width.taps));
        const auto [least, most] = std::ranges::minmax(taps);
        const std::int64_t from
            = m_pieces.empty() ? least : std::min<std::int64_t>(m_pieces.back().from, least);
        const std::int64_t last
            = m_pieces.empty() ? most + 1 : std::max<std::int64_t>(m_pieces.back().last, most + 1);
        if (!m_pieces.empty() && (last - from) * m_channels <= kMostMixed)
            m_pieces.back() = { m_pieces.back().begin, pixel + 1, from, last };
        else if ((most + 1 - least) * m_channels <= kMostMixed)
            m_pieces.push_back({ pixel, pixel + 1, least, most + 1 });
        else
            return false;
    }
    return true;
}

/// The floats [first, first + count) of the input's lines that the output's `line` is made of, summed up.
void ResizeKernel::mixLines(
    const float* image, std::int64_t line, std::int64_t first, std::int64_t count, float* to) const
{
    const std::int64_t d = line / m_height.output, h = line % m_height.output;
    const std::int64_t pitch = m_width.input * m_channels, all = m_depth.taps * m_height.taps;
    const float* waiting = nullptr;
    float weight = 0;
    for (std::int64_t tap = 0; tap < all; ++tap) {
        const auto i = static_cast<std::size_t>(d * m_depth.taps + tap / m_height.taps);
        const auto j = static_cast<std::size_t>(h * m_height.taps + tap % m_height.taps);
        const std::int64_t plane = m_depth.weights.empty() ? d : m_depth.indices[i];
        const std::int64_t row = m_height.weights.empty() ? h : m_height.indices[j];
        const float factor = (m_depth.weights.empty() ? 1 : m_depth.weights[i])
            * (m_height.weights.empty() ? 1 : m_height.weights[j]);
        const float* x = image + (plane * m_height.input + row) * pitch + first;
        if (!waiting) { // two at a time, for the sums are then loaded and stored half as often
            waiting = x;
            weight = factor;
            continue;
        }
        mix(waiting, weight, x, factor, count, tap > 1, to);
        waiting = nullptr;
    }
}

/// Pixels of one line; `from` is pixel piece.from of it. 0 stands for any number.
template <std::int64_t kChannels, std::int64_t kTaps>
void ResizeKernel::mixPixels(const float* from, const Piece& piece, float* to) const
{
    const std::int64_t channels = kChannels > 0 ? kChannels : m_channels,
                       taps = kTaps > 0 ? kTaps : m_width.taps;
    const float* weights = m_width.weights.data() + piece.begin * taps;
    const std::int32_t* indices = m_width.indices.data() + piece.begin * taps;
    for (std::int64_t pixel = piece.begin; pixel < piece.end; ++pixel) {
        for (std::int64_t tap = 0; tap < taps; tap += 2) {
            const float* x = from + (indices[tap] - piece.from) * channels;
            const float* y = from + (indices[tap + 1] - piece.from) * channels;
            mix(x, weights[tap], y, weights[tap + 1], channels, tap > 0, to);
        }
        to += channels;
        weights += taps;
        indices += taps;
    }
}

template <std::int64_t kTaps> ResizeKernel::Mixer ResizeKernel::mixerFor() const
{
    switch (m_channels) {
    case 1:
        return &ResizeKernel::mixPixels<1, kTaps>;
    case 8:
        return &ResizeKernel::mixPixels<8, kTaps>;
    case 16:
        return &ResizeKernel::mixPixels<16, kTaps>;
    default:
        return &ResizeKernel::mixPixels<0, kTaps>;
    }
}

void ResizeKernel::run(const float* from, float* to, std::int64_t begin, std::int64_t end) const
{
    const std::int64_t pitch = m_width.input * m_channels;
    const auto mixPart = m_width.taps == 2 ? mixerFor<2>()
        : m_width.taps == 4                ? mixerFor<4>()
                                           : mixerFor<0>();
    float mixed[kMostMixed];
    for (std::int64_t all = begin; all < end; ++all) {
        const std::int64_t line = all % lines();
        const float* image = from + all / lines() * m_depth.input * m_height.input * pitch;
        float* y = to + all * lineFloats();
        if (m_width.weights.empty()) {
            if (mixesLines())
                mixLines(image, line, 0, pitch, y);
            else
                std::memcpy(y, image + line * pitch, static_cast<std::size_t>(pitch) * sizeof(float));
            continue;
        }
        for (const Piece& piece : m_pieces) {
            if (mixesLines())
                mixLines(image, line, piece.from * m_channels, (piece.last - piece.from) * m_channels, mixed);
            (this->*mixPart)(
                mixesLines() ? mixed : image + line * pitch, piece, y + piece.begin * m_channels);
        }
    }
}

} // namespace cpu
