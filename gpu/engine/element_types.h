// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/lowering.h"

namespace gpu {

/// Calls make.operator()<T>() for the numbers that kernels compute with; throws Error for others.
template <typename Make> Work withReal(core::ElementType type, Make&& make)
{
    switch (type) {
    case core::ElementType::Float32:
        return make.template operator()<float>();
    case core::ElementType::Float16:
        return make.template operator()<Half>();
    case core::ElementType::BFloat16:
        return make.template operator()<Bfloat>();
    default:
        throw core::Error("computes with {}, and has no kernel for that.", core::elementName(type));
    }
}

/// And for 8-bit integers, of which kernels take the greatest.
template <typename Make> Work withComparable(core::ElementType type, Make&& make)
{
    switch (type) {
    case core::ElementType::Int8:
        return make.template operator()<std::int8_t>();
    case core::ElementType::UInt8:
        return make.template operator()<std::uint8_t>();
    default:
        return withReal(type, std::forward<Make>(make));
    }
}

} // namespace gpu
