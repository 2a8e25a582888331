// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/strides.h"

/// Walking over tensors whose number and layouts are known when a program is compiled; see strides.h for
/// those that the source knows.
namespace core::ops {

/// Dimensions in the order of memory, the innermost last, and each operand's steps along them; 0 repeats.
struct Walk {
    std::vector<std::int64_t> dims;
    std::vector<Strides> strides; // by operand
};

/// The same elements in the same order with as few dimensions as can be: those of 1 left out, and those that
/// every operand runs through with one step made one. A single element has none.
Walk merged(const Walk& walk);

/// `shape` with dimensions of 1 in front until it has `rank`.
Shape alignedTo(const Shape& shape, std::size_t rank);

} // namespace core::ops
