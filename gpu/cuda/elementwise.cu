// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda/launch.cuh"
#include "gpu/cuda/tables.h"
#include "gpu/kernels/elementwise.h"

namespace gpu {

std::span<const CudaKernel> elementwiseTable()
{
    static const auto kernels = cudaKernels(ElementwiseKernels {});
    return kernels;
}

} // namespace gpu
