// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/kernel.h"

namespace gpu {

/// index modulo size; index becomes the quotient. Neither is negative. In 32 bits where they suffice: a GPU
/// divides 64 by some hundred instructions, a multiple of what most kernels do besides.
BREAKEVEN_DEVICE inline std::int64_t takeRemainder(std::int64_t& index, std::int64_t size)
{
    if (((index | size) >> 32) == 0) {
        const auto whole = static_cast<std::uint32_t>(index), part = static_cast<std::uint32_t>(size);
        const std::uint32_t quotient = whole / part;
        index = quotient;
        return whole - quotient * part;
    }
    const std::int64_t remainder = index % size;
    index /= size;
    return remainder;
}

} // namespace gpu
