// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

/// Walking over dense row-major tensors.
namespace core::ops {

/// Distances in elements, one per dimension; 0 repeats, negative runs backwards.
using Strides = std::vector<std::int64_t>;

/// Of a dense row-major tensor.
Strides denseStrides(const Shape& shape);

/// With which a tensor of shape `from` is read along the dimensions of `to`: 0 where it is broadcast.
Strides broadcastStrides(const Shape& from, const Shape& to);

/// Calls body(i, offsets) for each element i of `shape` in row-major order, with where it is in each of the N
/// operands.
template <std::size_t N, typename Body>
void walk(const Shape& shape, const std::array<Strides, N>& strides, Body&& body)
{
    const std::int64_t count = elementCount(shape);
    std::vector<std::int64_t> position(shape.size(), 0);
    std::array<std::int64_t, N> offsets {};
    for (std::int64_t i = 0; i < count; ++i) {
        body(i, offsets);
        for (std::size_t d = shape.size(); d-- > 0;) {
            for (std::size_t n = 0; n < N; ++n)
                offsets[n] += strides[n][d];
            if (++position[d] < shape[d])
                break;
            position[d] = 0;
            for (std::size_t n = 0; n < N; ++n)
                offsets[n] -= strides[n][d] * shape[d];
        }
    }
}

} // namespace core::ops
