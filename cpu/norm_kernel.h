// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace cpu {

/// LayerNormalization of rows: (x - mean) / sqrt(variance + epsilon) * scale + shift, the variance from the
/// differences to the mean. Vectorised for what the process may use (isa.h).
struct NormKernel {
    std::int64_t width = 0;
    float epsilon = 0;

    /// One row of `width` numbers; `y` may be `x`. `shift` may be null.
    void run(const float* x, const float* scale, const float* shift, float* y) const;
};

} // namespace cpu
