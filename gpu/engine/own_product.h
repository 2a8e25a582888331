// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/device.h"

namespace gpu {

/// The product by own kernels: where no library computes it.
void multiplyByTiles(Device& device, const Product& product);

/// The activation of a product, in place over its result.
void activate(Device& device, const Product& product);

} // namespace gpu
