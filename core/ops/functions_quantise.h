// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"

/// Attributes, shape rules and reference loops of the operators on quantised numbers.
namespace core::ops {

Attributes parseQuantise(const OnnxAttributes& from);
void inferQuantise(InferContext& context);
void inferDequantise(InferContext& context);
void inferDynamicQuantise(InferContext& context);
void inferIntegerMatMul(InferContext& context); // MatMulInteger
void inferQuantisedMatMul(InferContext& context); // QLinearMatMul
void inferIntegerConv(InferContext& context); // ConvInteger
void inferQuantisedConv(InferContext& context); // QLinearConv
void quantiseLoop(const LoopContext& context);
void dequantiseLoop(const LoopContext& context);
void dynamicQuantiseLoop(const LoopContext& context);
void integerMatMulLoop(const LoopContext& context);
void quantisedMatMulLoop(const LoopContext& context);
void integerConvLoop(const LoopContext& context);
void quantisedConvLoop(const LoopContext& context);

} // namespace core::ops
