// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/strides.h"

namespace core::ops {

Strides denseStrides(const Shape& shape)
{
    Strides strides(shape.size());
    std::int64_t stride = 1;
    for (std::size_t d = shape.size(); d-- > 0;) {
        strides[d] = stride;
        stride *= shape[d];
    }
    return strides;
}

Strides broadcastStrides(const Shape& from, const Shape& to)
{
    const Strides dense = denseStrides(from);
    Strides strides(to.size(), 0);
    const std::size_t offset = to.size() - from.size();
    for (std::size_t d = 0; d < from.size(); ++d)
        strides[offset + d] = from[d] == 1 ? 0 : dense[d];
    return strides;
}

Shape positionAt(std::int64_t index, const Shape& shape)
{
    Shape position(shape.size(), 0);
    for (std::size_t d = shape.size(); d-- > 0 && index > 0; index /= shape[d])
        position[d] = index % shape[d];
    return position;
}

} // namespace core::ops
