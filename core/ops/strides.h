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

/// A shape with each operand's steps along it.
template <std::size_t N> struct Path {
    Shape shape;
    std::array<Strides, N> strides;
};

/// The same elements in the same order with as few dimensions as can be: those of 1 left out, and those that
/// every operand runs through with one step made one.
template <std::size_t N> Path<N> mergedPath(const Shape& shape, const std::array<Strides, N>& strides)
{
    Path<N> path;
    for (std::size_t d = 0; d < shape.size(); ++d) {
        if (shape[d] == 1)
            continue;
        bool even = !path.shape.empty();
        for (std::size_t n = 0; n < N; ++n)
            even = even && path.strides[n].back() == strides[n][d] * shape[d];
        if (even)
            path.shape.back() *= shape[d];
        else
            path.shape.push_back(shape[d]);
        for (std::size_t n = 0; n < N; ++n)
            if (even)
                path.strides[n].back() = strides[n][d];
            else
                path.strides[n].push_back(strides[n][d]);
    }
    return path;
}

/// Calls body(first, count, offsets, steps) for each run of elements whose operands advance evenly: a loop
/// over `count` that compilers can vectorise. Element first + k of `shape` is at offsets[n] + k * steps[n].
template <std::size_t N, typename Body>
void walkRuns(const Shape& shape, const std::array<Strides, N>& strides, Body&& body)
{
    Path<N> outer = mergedPath(shape, strides);
    std::array<std::int64_t, N> steps {};
    std::int64_t count = 1;
    if (!outer.shape.empty()) {
        count = outer.shape.back();
        outer.shape.pop_back();
        for (std::size_t n = 0; n < N; ++n) {
            steps[n] = outer.strides[n].back();
            outer.strides[n].pop_back();
        }
    }
    if (count > 0)
        walk(outer.shape, outer.strides,
            [&](std::int64_t run, const auto& at) { body(run * count, count, at, steps); });
}

} // namespace core::ops
