// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/movement.h"

#include <initializer_list>
#include <utility>

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

/// Calls `make.operator()<Word>()` for a single element of so many bytes.
template <typename Make> auto withElement(std::size_t bytes, Make&& make)
{
    switch (bytes) {
    case 1:
        return make.template operator()<std::uint8_t>();
    case 2:
        return make.template operator()<std::uint16_t>();
    case 4:
        return make.template operator()<std::uint32_t>();
    default:
        return make.template operator()<std::uint64_t>();
    }
}

/// The same for a word of so many bytes.
template <typename Make> auto withWord(std::size_t bytes, Make&& make)
{
    return bytes == sizeof(Quad) ? make.template operator()<Quad>()
                                 : withElement(bytes, std::forward<Make>(make));
}

} // namespace gpu
