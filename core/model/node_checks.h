// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"
#include "core/model/node_reader.h"

namespace core {

/// Drops trailing inputs and outputs that are left out, then compares the numbers with the operator's row.
/// Throws Error: `Cannot read model: node "conv_7" (Conv) has 4 inputs, expected 2 or 3.`
void checkArity(Node& node);

/// The node's attributes as its operator's row reads them. Throws Error with the node's name.
Attributes parseAttributes(const Node& node, const RawNode& raw);

} // namespace core
