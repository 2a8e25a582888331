// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"

#include <vector>

namespace core::ops {

/// Which dimensions of its first input a reduction makes one element of; only that input's shape is looked
/// at.
std::vector<bool> reducedAxes(const LoopContext& context);

} // namespace core::ops
