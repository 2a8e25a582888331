// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/direct_conv.h"
#include "gpu/kernels/images.h"
#include "gpu/kernels/pools.h"

/// Windows over images: pooling, depthwise and direct convolutions, resizing.
namespace gpu {

template <template <typename, int> typename... Body>
using PackedKernels = KernelList<Body<float, 1>..., Body<float, kPack>..., Body<Half, 1>...,
    Body<Half, kPack>..., Body<Bfloat, 1>..., Body<Bfloat, kPack>...>;

template <typename List, typename... More> struct Extended;
template <typename... Body, typename... More> struct Extended<KernelList<Body...>, More...> {
    using List = KernelList<Body..., More...>;
};

using WindowKernels = Extended<PackedKernels<PoolBody, DepthwiseBody, TransposedConvBody, ResizeBody>,
    PoolBody<std::int8_t, 1>, PoolBody<std::int8_t, kPack>, PoolBody<std::uint8_t, 1>,
    PoolBody<std::uint8_t, kPack>, GlobalPoolBody<std::int8_t>, GlobalPoolBody<std::uint8_t>,
    GlobalPoolBody<float>, GlobalPoolBody<Half>, GlobalPoolBody<Bfloat>, LocalNormBody<float>,
    LocalNormBody<Half>, LocalNormBody<Bfloat>, BatchNormBody<float, float>, BatchNormBody<Half, Half>,
    BatchNormBody<Half, float>, BatchNormBody<Bfloat, Bfloat>, BatchNormBody<Bfloat, float>>::List;

} // namespace gpu
