// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/half.h"

/// Rows and other runs of elements that a group of threads works on together.
namespace gpu {

using RowKernels = KernelList<>;

} // namespace gpu
