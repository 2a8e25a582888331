// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cpu/lowering.h"

#include <string>

namespace cpu {

/// All that the packed weights of a lowered graph depend on, as one digest: the bytes of every weight, what
/// programKey() covers, the kernels that were chosen, the sizes of caches that oneDNN blocks for, and this
/// very program, whose code the packing is. Reads all weights once, on the team, and gives back the pages of
/// mapped files.
std::string weightKey(const Lowering& lowering, const core::Graph& graph, const core::Shapes& shapes);

} // namespace cpu
