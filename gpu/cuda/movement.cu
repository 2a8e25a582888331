// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda/launch.cuh"
#include "gpu/cuda/tables.h"
#include "gpu/kernels/movement.h"

namespace gpu {

std::span<const CudaKernel> movementTable()
{
    static const auto kernels = cudaKernels(MovementKernels {});
    return kernels;
}

} // namespace gpu
