// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda/launch.cuh"
#include "gpu/cuda/tables.h"
#include "gpu/kernels/tiles.h"

namespace gpu {

std::span<const CudaKernel> tileTable()
{
    static const auto kernels = cudaKernels(TileKernels {});
    return kernels;
}

} // namespace gpu
