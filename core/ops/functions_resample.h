// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"

/// Attributes, shape rules and reference loops of the operators that sample images at computed places.
namespace core::ops {

Attributes parseResize(const OnnxAttributes& from);
Attributes parseUpsample(const OnnxAttributes& from);
Attributes parseGridSample(const OnnxAttributes& from);
Attributes parseAffineGrid(const OnnxAttributes& from);
Attributes parseRoiAlign(const OnnxAttributes& from);
Attributes parseMaxRoiPool(const OnnxAttributes& from);
void inferResize(InferContext& context);
void inferGridSample(InferContext& context);
void inferAffineGrid(InferContext& context);
void inferRoiAlign(InferContext& context);
void inferMaxRoiPool(InferContext& context);
void resizeLoop(const LoopContext& context);
void gridSampleLoop(const LoopContext& context);
void affineGridLoop(const LoopContext& context);
void roiAlignLoop(const LoopContext& context);
void maxRoiPoolLoop(const LoopContext& context);

} // namespace core::ops
