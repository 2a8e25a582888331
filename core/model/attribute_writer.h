// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"
#include "core/model/wire.h"

namespace core {

/// Throws Error for a node that an ONNX file of this opset has no words for: made by passes, of an operator
/// Breakeven does not know, or with attributes that another opset turned into inputs.
void requireWritable(const Node& node, int opset);

/// Appends the node's attributes to its NodeProto, spelled as the operator of `opset` wants them.
void writeAttributes(protozero::pbf_writer& nodeMessage, const Node& node, int opset);

} // namespace core
