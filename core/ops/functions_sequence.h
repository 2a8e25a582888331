// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"

/// Attributes, shape rules and reference loops of the operators that run over sequences.
namespace core::ops {

Attributes parseRnn(const OnnxAttributes& from);
Attributes parseGru(const OnnxAttributes& from);
Attributes parseLstm(const OnnxAttributes& from);
Attributes parseDft(const OnnxAttributes& from);
Attributes parseStft(const OnnxAttributes& from);
Attributes parseScaledAttention(const OnnxAttributes& from);
Attributes parseFlexAttention(const OnnxAttributes& from);
Attributes parseRotaryEmbedding(const OnnxAttributes& from);
Attributes parseLinearAttention(const OnnxAttributes& from);
Attributes parseCausalConv(const OnnxAttributes& from);
void inferRecurrent(InferContext& context);
void inferDft(InferContext& context);
void inferStft(InferContext& context);
void inferScaledAttention(InferContext& context);
void inferFlexAttention(InferContext& context);
void inferRotaryEmbedding(InferContext& context);
void inferLinearAttention(InferContext& context);
void inferCausalConv(InferContext& context);
void recurrentLoop(const LoopContext& context);
void dftLoop(const LoopContext& context);
void stftLoop(const LoopContext& context);
void scaledAttentionLoop(const LoopContext& context);
void flexAttentionLoop(const LoopContext& context);
void rotaryEmbeddingLoop(const LoopContext& context);
void linearAttentionLoop(const LoopContext& context);
void causalConvLoop(const LoopContext& context);

} // namespace core::ops
