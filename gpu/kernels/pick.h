// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/spread.h"

/// Elements that are picked by what other tensors say.
namespace gpu {

/// Runs of words picked by index. There is nobody to tell of an index outside of the table: what it would
/// pick is 0, as in other engines on GPUs.
template <typename Word> struct GatherBody {
    const Word* source; // [outer][length][run]
    const void* indices; // [count], from the end where negative
    Word* target; // [outer][count][run]
    std::int64_t length, count, run;
    bool wide; // indices of 64 bits, not 32

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t outer = index;
        const std::int64_t inside = takeRemainder(outer, run), place = takeRemainder(outer, count);
        std::int64_t from = wide ? static_cast<const std::int64_t*>(indices)[place]
                                 : static_cast<const std::int32_t*>(indices)[place];
        from += from < 0 ? length : 0;
        target[index] = from >= 0 && from < length ? source[(outer * length + from) * run + inside] : Word {};
    }
};

/// Single elements picked along one dimension, wherever they are along the others; as GatherBody otherwise.
template <typename Word> struct GatherElementsBody {
    static constexpr int kMostDims = 8;

    const Word* source;
    const void* indices; // like the target
    Word* target;
    int dims;
    std::int64_t shape[kMostDims], strides[kMostDims]; // of the target; of the source, 0 along the dimension
    std::int64_t length, step; // of the source along it
    bool wide;

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t from = wide ? static_cast<const std::int64_t*>(indices)[index]
                                 : static_cast<const std::int32_t*>(indices)[index];
        from += from < 0 ? length : 0;
        std::int64_t rest = index, read = from * step;
        for (int d = dims - 1; d >= 0; --d)
            read += takeRemainder(rest, shape[d]) * strides[d];
        target[index] = from >= 0 && from < length ? source[read] : Word {};
    }
};

/// Elements of one tensor or another, as a third one says.
template <typename Word> struct WhereBody {
    const std::uint8_t* condition; // any byte but 0 is true
    const Word *yes, *no;
    Word* result;
    SpreadDims dims;
    SpreadDims::Operand operand[3];

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        result[index] = condition[dims.place(operand[0], index)] != 0 ? yes[dims.place(operand[1], index)]
                                                                      : no[dims.place(operand[2], index)];
    }
};

} // namespace gpu
