// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/pick.h"

/// Elements that only move: any type of their size. A word may also be several elements that stay together.
namespace gpu {

/// 16 bytes, which a thread loads at once.
struct alignas(16) Quad {
    std::uint64_t halves[2];
};

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
            const std::int64_t at = takeRemainder(index, shape[d]);
            read += at * from[d];
            write += at * to[d];
        }
        target[write] = source[read];
    }
};

/// A tensor made of another one by reading each of its dimensions through a map.
template <typename Word> struct MappedBody {
    static constexpr int kMostDims = 8;

    struct Dim {
        std::int64_t count; // of the target, which lies dense, the last dimension innermost
        std::int64_t step; // in the source, from index to index
        const std::int64_t* table; // an index of the source for each, -1 for the fill; null: the same one
    };

    const Word* source; // at the indices 0
    Word* target;
    const Word* fill;
    int dims;
    Dim dim[kMostDims];

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t rest = index, read = 0;
        bool inside = true;
        for (int d = dims - 1; d >= 0; --d) {
            const std::int64_t at = takeRemainder(rest, dim[d].count);
            const std::int64_t from = dim[d].table ? dim[d].table[at] : at;
            inside = inside && from >= 0;
            read += from * dim[d].step;
        }
        target[index] = inside ? source[read] : *fill;
    }
};

/// Rows joined of a piece of each source, where those are dense.
template <typename Word> struct JoinBody {
    static constexpr int kMostSources = 16;

    const Word* source[kMostSources];
    std::int64_t end[kMostSources]; // of the source's piece, from the first one's beginning on
    Word* target; // where the first piece of the first row goes
    std::int64_t width, pitch; // words of a row that are joined here, and from row to row

    BREAKEVEN_DEVICE void operator()(std::int64_t index) const
    {
        std::int64_t row = index;
        const std::int64_t column = takeRemainder(row, width);
        int from = 0;
        while (column >= end[from])
            ++from;
        const std::int64_t begin = from > 0 ? end[from - 1] : 0;
        target[row * pitch + column] = source[from][row * (end[from] - begin) + column - begin];
    }
};

using MovementKernels = KernelList<CopyBody<std::uint8_t>, CopyBody<std::uint16_t>, CopyBody<std::uint32_t>,
    CopyBody<std::uint64_t>, MappedBody<std::uint8_t>, MappedBody<std::uint16_t>, MappedBody<std::uint32_t>,
    MappedBody<std::uint64_t>, MappedBody<Quad>, JoinBody<std::uint8_t>, JoinBody<std::uint16_t>,
    JoinBody<std::uint32_t>, JoinBody<std::uint64_t>, JoinBody<Quad>, GatherBody<std::uint8_t>,
    GatherBody<std::uint16_t>, GatherBody<std::uint32_t>, GatherBody<std::uint64_t>, GatherBody<Quad>,
    GatherElementsBody<std::uint8_t>, GatherElementsBody<std::uint16_t>, GatherElementsBody<std::uint32_t>,
    GatherElementsBody<std::uint64_t>, WhereBody<std::uint8_t>, WhereBody<std::uint16_t>,
    WhereBody<std::uint32_t>, WhereBody<std::uint64_t>>;

} // namespace gpu
