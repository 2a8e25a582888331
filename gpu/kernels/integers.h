// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/integer_products.h"
#include "gpu/kernels/quantise.h"

namespace gpu {

/// All that makes quantised numbers, or computes with them.
using IntegerKernels = KernelList<IntegerConvolution, IntegerDepthwise<1>, IntegerDepthwise<kPack>,
    AnyIntegerProduct, AnyIntegerConvolution, QuantiseBody<float>, QuantiseBody<Half>, QuantiseBody<Bfloat>,
    QuantiseBody<std::int32_t>, DequantiseBody<float>, DequantiseBody<Half>, DequantiseBody<Bfloat>,
    RangeBody, RangeScaleBody, ScaleSumsBody, LookUpBody, QuantisedPairBody, GroupRows<QuantisedSoftmaxRow>>;

} // namespace gpu
