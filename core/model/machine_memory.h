// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace core {

/// Bytes of physical memory. The kernel grants far more than that and ends the process once it is written to,
/// so whoever allocates for a model asks here first.
std::size_t machineMemory();

} // namespace core
