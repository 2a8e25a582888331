// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace cpu {

/// Rounds floats to 8-bit integers as QuantizeLinear does: nearest(x / scale), ties to even, plus `zero`,
/// clamped to the type; not-a-number is 0. Vectorised for what the process may use (isa.h).
struct QuantiseKernel {
    float scale = 1;
    std::int32_t zero = 0;
    bool isSigned = false; // int8, else uint8

    /// `count` elements behind each other.
    void run(const float* x, std::uint8_t* y, std::int64_t count) const;

    /// Pixels [begin, end) of an image of `channels` planes, each of `plane` pixels, as rows of channels.
    void fromPlanes(const float* x, std::uint8_t* y, std::int64_t channels, std::int64_t plane,
        std::int64_t begin, std::int64_t end) const;

    /// The same of an image in blocks of `block` channels (nChw16c and the like).
    void fromBlocks(const float* x, std::uint8_t* y, std::int64_t channels, std::int64_t block,
        std::int64_t plane, std::int64_t begin, std::int64_t end) const;
};

} // namespace cpu
