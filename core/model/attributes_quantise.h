// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/element_type.h"

#include <cstdint>

/// Attributes of the operators on quantised numbers. Part of attributes.h.
namespace core {

/// QuantizeLinear, DequantizeLinear.
struct QuantiseAttributes {
    std::int64_t axis = 1;
    std::int64_t blockSize = 0; // 0: one scale per tensor or per index of the axis
    ElementType output = ElementType::Undefined; // Undefined: as the zero point or the scale has it
};

/// MatMulNBits: a weight matrix of `columns` rows, each `depth` long, in blocks with a scale each.
struct BlockMatMulAttributes {
    std::int64_t depth = 0, columns = 0; // K, N
    std::int64_t bits = 4;
    std::int64_t blockSize = 32;
};

} // namespace core
