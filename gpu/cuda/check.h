// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cuda_runtime_api.h>

namespace gpu {

/// Throws for anything but success: core::OutOfMemory; DeviceLost for errors that stay with the process; else
/// core::Error. `doing` begins the sentence: "Cannot copy to the GPU".
void check(cudaError_t error, const char* doing);

} // namespace gpu
