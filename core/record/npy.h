// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"

#include <span>
#include <string>

namespace core {

/// NumPy's .npy format, versions 1 to 3, little endian, C or Fortran order (which comes out row-major).
/// Throws Error, a reason only, for the caller to put the file in front: `its header has no "shape".`
Tensor parseNpy(std::span<const std::byte> bytes);

/// Version 1.0. Throws Error, a reason only, for bfloat16, which NumPy does not have.
std::string toNpy(const TensorView& tensor);

} // namespace core
