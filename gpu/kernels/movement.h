// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/kernel.h"

/// Elements that only move: any type of their size.
namespace gpu {

/// Elements of a tensor, taken along `shape` with steps of `from` and put with steps of `to`: transposes,
/// parts, repeats, layouts.
template <typename Word> struct CopyBody {
    static constexpr int kMostDims = 8;

    const Word* source;
    Word* target;
    int dims;
    std::int64_t shape[kMostDims], from[kMostDims], to[kMostDims];

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t read = 0, write = 0;
        for (int d = dims - 1; d >= 0; --d) {
            const std::int64_t at = index % shape[d];
            read += at * from[d];
            write += at * to[d];
            index /= shape[d];
        }
        target[write] = source[read];
    }
};

using MovementKernels = KernelList<CopyBody<std::uint8_t>, CopyBody<std::uint16_t>, CopyBody<std::uint32_t>,
    CopyBody<std::uint64_t>>;

} // namespace gpu
