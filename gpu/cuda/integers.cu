// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda/launch.cuh"
#include "gpu/cuda/tables.h"
#include "gpu/kernels/integers.h"

namespace gpu {

std::span<const CudaKernel> integerTable()
{
    static const auto kernels = cudaKernels(IntegerKernels {});
    return kernels;
}

} // namespace gpu
