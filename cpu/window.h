// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/window.h"
#include "cpu/lowering.h"

namespace cpu {

/// A sliding window in oneDNN's terms: dilation 0 is dense, padding may be negative at the end.
struct Window {
    Dims kernel, strides, dilations, padsBegin, padsEnd;
};

/// The end padding is what makes the formula give the output's size, which is how oneDNN expresses ceil mode.
/// `input` has batch and channels in front.
inline Window windowOf(const core::Window& window, const core::Shape& input)
{
    Window seen { .kernel = window.kernel, .strides = window.strides, .padsBegin = window.padsBegin };
    for (std::size_t i = 0; i < window.kernel.size(); ++i) {
        const std::int64_t reach = (window.kernel[i] - 1) * window.dilations[i] + 1;
        seen.dilations.push_back(window.dilations[i] - 1);
        seen.padsEnd.push_back(
            (window.output[i] - 1) * window.strides[i] + reach - input[i + 2] - window.padsBegin[i]);
    }
    return seen;
}

} // namespace cpu
