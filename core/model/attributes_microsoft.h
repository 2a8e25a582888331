// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// Attributes that only operators of the domain com.microsoft have. Part of attributes.h.
namespace core {

/// FusedMatMul: alpha * A B, either turned. Turned batches: the first dimension comes to be the last but one.
struct FusedMatMulAttributes {
    float alpha = 1;
    bool transA = false, transB = false;
    bool transBatchA = false, transBatchB = false;
};

/// EmbedLayerNormalization.
struct EmbedNormAttributes {
    float epsilon = 1e-12F;
};

} // namespace core
