// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/kernel.h"

#include <cuda_runtime_api.h>

#include <span>

namespace gpu {

/// Launches `count` elements or groups of a body on a stream.
using CudaKernel = cudaError_t (*)(const void* body, std::int64_t count, cudaStream_t stream);

/// The kernels of a family for the device, by number. One source each, for they take long to compile.
std::span<const CudaKernel> elementwiseTable();
std::span<const CudaKernel> movementTable();
std::span<const CudaKernel> rowTable();
std::span<const CudaKernel> windowTable();
std::span<const CudaKernel> tileTable();
std::span<const CudaKernel> convolutionTable();
std::span<const CudaKernel> attentionTable();
std::span<const CudaKernel> integerTable();

std::span<const CudaKernel> cudaTable(Family family);

} // namespace gpu
