// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/movement.h"

#include <initializer_list>

/// What elements move as: words of 1 to 16 bytes, the wider the fewer.
namespace gpu {

/// Bytes of the widest word that divides all of these counts of bytes.
inline std::size_t widestWord(std::initializer_list<std::int64_t> bytes)
{
    std::int64_t bits = 16;
    for (const std::int64_t count : bytes)
        bits |= count;
    return static_cast<std::size_t>(bits & -bits);
}

/// Calls `make.operator()<Word>()` for the word of so many bytes.
template <typename Make> auto withWord(std::size_t bytes, Make&& make)
{
    switch (bytes) {
    case 1:
        return make.template operator()<std::uint8_t>();
    case 2:
        return make.template operator()<std::uint16_t>();
    case 4:
        return make.template operator()<std::uint32_t>();
    case 8:
        return make.template operator()<std::uint64_t>();
    default:
        return make.template operator()<Quad>();
    }
}

} // namespace gpu
