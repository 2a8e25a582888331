// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/attributes.h"
#include "cpu/lowering.h"

namespace cpu {

/// A sliding window (convolution, pooling) in oneDNN's terms: dilation 0 is dense, padding may be negative at
/// the end.
struct Window {
    Dims kernel, strides, dilations, padsBegin, padsEnd;
};

/// Fills in ONNX's defaults and automatic padding. The end padding is what makes the formula give `output`,
/// which is how oneDNN expresses ceil mode.
inline Window windowOf(const core::Shape& kernel, const core::Shape& strides, const core::Shape& dilations,
    const core::Shape& pads, core::AutoPad autoPad, const core::Shape& input, const core::Shape& output)
{
    Window window;
    for (std::size_t i = 0; i < kernel.size(); ++i) {
        const std::int64_t stride = strides.empty() ? 1 : strides[i];
        const std::int64_t dilation = dilations.empty() ? 1 : dilations[i];
        const std::int64_t reach = (output[i + 2] - 1) * stride + (kernel[i] - 1) * dilation + 1;
        const std::int64_t total = reach - input[i + 2];
        const std::int64_t automatic = std::max<std::int64_t>(total, 0);
        std::int64_t begin = 0;
        if (autoPad == core::AutoPad::NotSet)
            begin = pads.empty() ? 0 : pads[i];
        else if (autoPad == core::AutoPad::SameUpper)
            begin = automatic / 2;
        else if (autoPad == core::AutoPad::SameLower)
            begin = automatic - automatic / 2;
        window.kernel.push_back(kernel[i]);
        window.strides.push_back(stride);
        window.dilations.push_back(dilation - 1);
        window.padsBegin.push_back(begin);
        window.padsEnd.push_back(total - begin);
    }
    return window;
}

} // namespace cpu
