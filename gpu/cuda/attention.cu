// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda/launch.cuh"
#include "gpu/cuda/tables.h"
#include "gpu/kernels/tensor_attention.h"

namespace gpu {

std::span<const CudaKernel> attentionTable()
{
    static const auto kernels = cudaKernels(AttentionKernels {});
    return kernels;
}

} // namespace gpu
