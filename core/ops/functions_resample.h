// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"

/// Attributes, shape rules and reference loops of the operators that sample images at computed places.
namespace core::ops {

Attributes parseResize(const OnnxAttributes& from);
Attributes parseUpsample(const OnnxAttributes& from);
void inferResize(InferContext& context);
void resizeLoop(const LoopContext& context);

} // namespace core::ops
