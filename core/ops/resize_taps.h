// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"

/// Which elements of the input each element of a resized dimension is made of.
namespace core::ops {

/// One dimension on its way from `input` to `output` elements.
struct ResizeAxis {
    std::int64_t input, output;
    double scale;
    double regionBegin = 0, regionEnd = 1; // of tf_crop_and_resize

    bool changes() const { return input != output || scale != 1; }
};

/// How every dimension of a Resize or an Upsample is resized; only the shape of the first input is looked at.
std::vector<ResizeAxis> resizeAxes(const LoopContext& context);

/// Per element of the output: the first of `count` neighbours in the input, not yet clamped to its borders,
/// and their weights.
struct Taps {
    std::int64_t count = 1;
    std::vector<std::int64_t> indices; // clamped to the input, [output][count]
    std::vector<double> weights;
    std::vector<bool> outside; // gets the extrapolation value instead
};

/// For the linear and the cubic mode.
Taps tapsOf(const ResizeAttributes& resize, const ResizeAxis& axis);

/// For the nearest mode: one index per element of the output, kFill (strided_copy.h) outside of the region.
std::vector<std::int64_t> nearestOf(const ResizeAttributes& resize, const ResizeAxis& axis);

} // namespace core::ops
