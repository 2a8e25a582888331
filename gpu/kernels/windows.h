// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/half.h"

/// Windows over images: pooling, depthwise and direct convolutions, resizing.
namespace gpu {

using WindowKernels = KernelList<>;

} // namespace gpu
