// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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

} // namespace core::ops
