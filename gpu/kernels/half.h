// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/kernel.h"

#if defined(__CUDACC__)
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#else
#include "core/ops/half.h"
#endif

namespace gpu {

/// float16 and bfloat16 as they lie in memory; arithmetic is in float32.
struct Half {
    std::uint16_t bits;

    Half() = default;
    BREAKEVEN_DEVICE Half(float value);
    BREAKEVEN_DEVICE operator float() const;
};

struct Bfloat {
    std::uint16_t bits;

    Bfloat() = default;
    BREAKEVEN_DEVICE Bfloat(float value);
    BREAKEVEN_DEVICE operator float() const;
};

#if defined(__CUDACC__)
BREAKEVEN_DEVICE inline Half::Half(float value)
    : bits(__half_as_ushort(__float2half_rn(value)))
{
}
BREAKEVEN_DEVICE inline Half::operator float() const
{
    return __half2float(__ushort_as_half(bits));
}
BREAKEVEN_DEVICE inline Bfloat::Bfloat(float value)
    : bits(__bfloat16_as_ushort(__float2bfloat16_rn(value)))
{
}
BREAKEVEN_DEVICE inline Bfloat::operator float() const
{
    return __bfloat162float(__ushort_as_bfloat16(bits));
}
#else
inline Half::Half(float value)
    : bits(core::ops::halfFromFloat(value))
{
}
inline Half::operator float() const
{
    return core::ops::floatFromHalf(bits);
}
inline Bfloat::Bfloat(float value)
    : bits(core::ops::bfloatFromFloat(value))
{
}
inline Bfloat::operator float() const
{
    return core::ops::floatFromBfloat(bits);
}
#endif

} // namespace gpu
