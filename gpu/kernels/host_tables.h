// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/kernel.h"

#include <span>

namespace gpu {

/// The kernels of a family for the host, by number.
std::span<const HostKernel> hostTable(Family family);

} // namespace gpu
