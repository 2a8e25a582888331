// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/walk.h"

#include <algorithm>

namespace core::ops {

Walk merged(const Walk& walk)
{
    Walk result { {}, std::vector<Strides>(walk.strides.size()) };
    for (std::size_t d = 0; d < walk.dims.size(); ++d) {
        if (walk.dims[d] == 1)
            continue;
        bool even = !result.dims.empty();
        for (std::size_t i = 0; i < walk.strides.size(); ++i)
            even = even && result.strides[i].back() == walk.strides[i][d] * walk.dims[d];
        if (even)
            result.dims.back() *= walk.dims[d];
        else
            result.dims.push_back(walk.dims[d]);
        for (std::size_t i = 0; i < walk.strides.size(); ++i)
            if (even)
                result.strides[i].back() = walk.strides[i][d];
            else
                result.strides[i].push_back(walk.strides[i][d]);
    }
    return result;
}

Shape alignedTo(const Shape& shape, std::size_t rank)
{
    Shape aligned(rank, 1);
    std::copy_backward(shape.begin(), shape.end(), aligned.end());
    return aligned;
}

} // namespace core::ops
