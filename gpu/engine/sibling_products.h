// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/lowering.h"

#include <vector>

/// Products of one value with several constant matrices of the same size, such as the queries, keys and
/// values of an attention, are one product of a batch: it fills a GPU that each of them leaves half empty.
namespace gpu {

/// Indices of the nodes that are computed along with `node`, itself first; it alone where there are none.
/// Empty for a node that an earlier one has computed already.
std::vector<int> siblingsOf(const Lowering& lowering, const core::Node& node);

/// Their product as one step; defines all outputs.
void addSiblings(Lowering& lowering, const std::vector<int>& siblings);

} // namespace gpu
