// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/device.h"

#include <memory>

namespace gpu {

/// The first CUDA device. Throws core::Error with CUDA's own words where there is none.
std::unique_ptr<Device> makeCudaDevice();

} // namespace gpu
