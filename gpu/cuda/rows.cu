// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda/launch.cuh"
#include "gpu/cuda/tables.h"
#include "gpu/kernels/rows.h"

namespace gpu {

std::span<const CudaKernel> rowTable()
{
    static const auto kernels = cudaKernels(RowKernels {});
    return kernels;
}

} // namespace gpu
