// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"
#include "core/ops/types.h"

/// Indices that come as data: any number may stand there, so each is checked before it is used.
namespace core::ops {

using IndexTypes = Types<std::int32_t, std::int64_t>;

/// From [-length, length) to [0, length); throws Error for any other index.
inline std::int64_t checkedIndex(std::int64_t index, std::int64_t length)
{
    if (index < -length || index >= length)
        throw Error("reads index {} of a dimension of {}.", index, length);
    return index < 0 ? index + length : index;
}

/// Where the slice lies that a tuple of `depth` indices picks from the dimensions of `shape` from `first` on,
/// counted in slices.
template <typename Index>
std::int64_t tupleOffset(const Index* tuple, std::int64_t depth, const Shape& shape, std::size_t first)
{
    std::int64_t offset = 0;
    for (std::int64_t d = 0; d < depth; ++d) {
        const std::int64_t length = shape[first + static_cast<std::size_t>(d)];
        offset = offset * length + checkedIndex(tuple[d], length);
    }
    return offset;
}

} // namespace core::ops
