// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"
#include "core/ops/for_range.h"

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

/// Where element `index` of `shape` is, in row-major order.
Shape positionAt(std::int64_t index, const Shape& shape);

/// Calls body(i, offsets) for the elements [begin, end) of `shape` in row-major order, with where each is in
/// each of the N operands.
template <std::size_t N, typename Body>
void walkPart(const Shape& shape, const std::array<Strides, N>& strides, std::int64_t begin, std::int64_t end,
    Body&& body)
{
    if (begin >= end)
        return;
    Shape position = positionAt(begin, shape);
    std::array<std::int64_t, N> offsets {};
    for (std::size_t n = 0; n < N; ++n)
        for (std::size_t d = 0; d < shape.size(); ++d)
            offsets[n] += strides[n][d] * position[d];
    for (std::int64_t i = begin; i < end; ++i) {
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

/// The same for all elements.
template <std::size_t N, typename Body>
void walk(const Shape& shape, const std::array<Strides, N>& strides, Body&& body)
{
    walkPart(shape, strides, 0, elementCount(shape), body);
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

/// All elements of a walk, in runs whose operands advance evenly.
template <std::size_t N> struct Runs {
    Path<N> outer;
    std::array<std::int64_t, N> steps {};
    std::int64_t count = 1; // of a run

    Runs(const Shape& shape, const std::array<Strides, N>& strides)
        : outer(mergedPath(shape, strides))
    {
        if (outer.shape.empty())
            return;
        count = outer.shape.back();
        outer.shape.pop_back();
        for (std::size_t n = 0; n < N; ++n) {
            steps[n] = outer.strides[n].back();
            outer.strides[n].pop_back();
        }
    }

    std::int64_t number() const { return count > 0 ? elementCount(outer.shape) : 0; }

    /// The elements [first, last) of each of the runs [begin, end).
    template <typename Body>
    void walkPart(
        std::int64_t begin, std::int64_t end, std::int64_t first, std::int64_t last, Body&& body) const
    {
        ops::walkPart(outer.shape, outer.strides, begin, end, [&](std::int64_t run, auto at) {
            for (std::size_t n = 0; n < N; ++n)
                at[n] += first * steps[n];
            body(run * count + first, last - first, at, steps);
        });
    }
};

/// Calls body(first, count, offsets, steps) for each run of elements whose operands advance evenly: a loop
/// over `count` that compilers can vectorise. Element first + k of `shape` is at offsets[n] + k * steps[n].
template <std::size_t N, typename Body>
void walkRuns(const Shape& shape, const std::array<Strides, N>& strides, Body&& body)
{
    const Runs<N> runs(shape, strides);
    runs.walkPart(0, runs.number(), 0, runs.count, body);
}

/// The same for elements that do not depend on each other: on several threads where an engine lends them,
/// and a single long run in pieces.
template <std::size_t N, typename Body>
void walkRunsApart(const Shape& shape, const std::array<Strides, N>& strides, Body&& body)
{
    const Runs<N> runs(shape, strides);
    const bool one = runs.number() == 1;
    forRange(
        one ? runs.count : runs.number(), one ? 1 : runs.count, [&](std::int64_t begin, std::int64_t end) {
            // One call for both cases: bodies are large, and are compiled for every type there is.
            runs.walkPart(one ? 0 : begin, one ? 1 : end, one ? begin : 0, one ? end : runs.count, body);
        });
}

} // namespace core::ops
