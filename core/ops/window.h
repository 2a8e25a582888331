// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/attributes.h"

#include <optional>

namespace core {

/// The sliding window of a convolution or a pool once the input's size is known: every default filled in,
/// auto_pad turned into numbers. One entry per spatial dimension.
struct Window {
    Shape kernel, strides, dilations, padsBegin, padsEnd, output;
};

/// `input` and `kernel` are spatial sizes only. Throws Error (a predicate) when the attributes do not fit
/// them.
Window convWindow(const ConvAttributes& conv, const Shape& input, const Shape& kernel);
Window poolWindow(const PoolAttributes& pool, const Shape& input);

/// Of a ConvTranspose: `output` and the pads are those of its output, over which the windows are spread.
Window transposedWindow(const ConvTransposeAttributes& attributes, const Shape& input, const Shape& kernel);

namespace ops {

/// Where a window's element reads: the offset in the input's plane, or nothing in the padding.
/// `at` and `tap` are the positions in the output and in the kernel.
std::optional<std::int64_t> planeOffset(
    const Window& window, const Shape& input, const Shape& at, const Shape& tap);

/// Elements of a window that lie in the input or its padding, so in the divisor when the padding counts: a
/// window of ceil mode may stand out beyond even that.
std::int64_t paddedTaps(const Window& window, const Shape& input, const Shape& at);

/// The next position of `shape` in row-major order; false behind the last.
bool advance(Shape& position, const Shape& shape);

/// All but the first two dimensions (batch and channels).
Shape spatial(const Shape& shape);

} // namespace ops
} // namespace core
