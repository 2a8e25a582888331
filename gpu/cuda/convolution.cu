// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda/launch.cuh"
#include "gpu/cuda/tables.h"
#include "gpu/kernels/convolution.h"

namespace gpu {

std::span<const CudaKernel> convolutionTable()
{
    static const auto kernels = cudaKernels(ConvolutionKernels {});
    return kernels;
}

} // namespace gpu
