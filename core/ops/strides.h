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

/// How many of the last dimensions every operand runs through with one step, as if they were one dimension.
template <std::size_t N> std::size_t mergedDims(const Shape& shape, const std::array<Strides, N>& strides)
{
    std::size_t merged = shape.empty() ? 0 : 1;
    for (; merged < shape.size(); ++merged) {
        const std::size_t d = shape.size() - merged;
        for (std::size_t n = 0; n < N; ++n)
            if (strides[n][d - 1] != strides[n][d] * shape[d])
                return merged;
    }
    return merged;
}

/// Calls body(first, count, offsets, steps) for each run of elements whose operands advance evenly: a loop
/// over `count` that compilers can vectorise. Element first + k of `shape` is at offsets[n] + k * steps[n].
template <std::size_t N, typename Body>
void walkRuns(const Shape& shape, const std::array<Strides, N>& strides, Body&& body)
{
    const std::size_t merged = mergedDims(shape, strides);
    const auto split = static_cast<std::ptrdiff_t>(shape.size() - merged);
    const std::int64_t count = elementCount(Shape(shape.begin() + split, shape.end()));
    std::array<Strides, N> outer;
    std::array<std::int64_t, N> steps {};
    for (std::size_t n = 0; n < N; ++n) {
        outer[n].assign(strides[n].begin(), strides[n].begin() + split);
        steps[n] = merged == 0 ? 0 : strides[n].back();
    }
    if (count > 0)
        walk(Shape(shape.begin(), shape.begin() + split), outer,
            [&](std::int64_t run, const auto& at) { body(run * count, count, at, steps); });
}

} // namespace core::ops
