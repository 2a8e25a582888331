// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/division.h"

namespace gpu {

/// How operands are read along a result's dimensions, the last of which is the innermost.
struct SpreadDims {
    static constexpr int kMostDims = 6;

    /// One operand: it lies like the result, or has a stride along each dimension; 0 repeats.
    struct Operand {
        bool dense;
        std::int64_t strides[kMostDims];
    };

    int dims;
    std::int64_t shape[kMostDims];

    BREAKEVEN_DEVICE std::int64_t place(const Operand& of, std::int64_t index) const
    {
        if (of.dense)
            return index;
        std::int64_t at = 0;
        for (int d = dims - 1; d >= 0; --d)
            at += takeRemainder(index, shape[d]) * of.strides[d];
        return at;
    }
};

} // namespace gpu
