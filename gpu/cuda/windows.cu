// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda/launch.cuh"
#include "gpu/cuda/tables.h"
#include "gpu/kernels/windows.h"

namespace gpu {

std::span<const CudaKernel> windowTable()
{
    static const auto kernels = cudaKernels(WindowKernels {});
    return kernels;
}

} // namespace gpu
