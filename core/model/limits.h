// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

/// Budgets for what a model file may ask of the reader, checked before memory is spent. A file beyond one of
/// them is refused with a sentence. Each is far above what networks of today have.
namespace core::limits {

/// Files of external data: some exporters write one a tensor. The kernel grants a process 65,530 maps.
inline constexpr std::size_t kExternalFiles = 16'384;

/// Bytes of the name of an external file: the kernel's own limit for a path.
inline constexpr std::size_t kPathBytes = 4096;

} // namespace core::limits
