// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"

/// Attributes, shape rules and reference loops of the operators of the domain com.microsoft, as ONNX Runtime
/// documents them.
namespace core::ops {

// activations and products
Attributes parseQuickGelu(const OnnxAttributes& from);
Attributes parseFusedMatMul(const OnnxAttributes& from);
Attributes parseFusedConv(const OnnxAttributes& from);
Attributes parseBlockMatMul(const OnnxAttributes& from);
void inferBiasedActivation(InferContext& context); // BiasGelu, FastGelu, QuickGelu
void inferFusedMatMul(InferContext& context);
void inferFusedConv(InferContext& context);
void inferBlockMatMul(InferContext& context); // MatMulNBits
void biasedActivationLoop(const LoopContext& context);
void fusedMatMulLoop(const LoopContext& context);
void fusedConvLoop(const LoopContext& context);
void blockMatMulLoop(const LoopContext& context);

// normalisation and attention
Attributes parseSkipNorm(const OnnxAttributes& from);
Attributes parseEmbedNorm(const OnnxAttributes& from);
Attributes parseMsAttention(const OnnxAttributes& from);
Attributes parseMsRotaryEmbedding(const OnnxAttributes& from);
void inferSkipNorm(InferContext& context); // SkipLayerNormalization, SkipSimplifiedLayerNormalization
void inferEmbedNorm(InferContext& context);
void inferMsAttention(InferContext& context);
void inferMultiHeadAttention(InferContext& context);
void inferMsRotaryEmbedding(InferContext& context);
void skipNormLoop(const LoopContext& context);
void embedNormLoop(const LoopContext& context);
void msAttentionLoop(const LoopContext& context);
void multiHeadAttentionLoop(const LoopContext& context);
void msRotaryEmbeddingLoop(const LoopContext& context);

// quantised
Attributes parseQuantisedSoftmax(const OnnxAttributes& from);
Attributes parseQuantisedPool(const OnnxAttributes& from);
Attributes parseQuantisedGlobalPool(const OnnxAttributes& from);
Attributes parseDynamicLstm(const OnnxAttributes& from);
void inferQuantisedUnary(InferContext& context); // QLinearSigmoid, QLinearLeakyRelu, QLinearSoftmax
void inferQuantisedBinary(InferContext& context); // QLinearAdd, QLinearMul
void inferQuantisedConcat(InferContext& context);
void inferQuantisedPool(InferContext& context); // QLinearAveragePool, QLinearGlobalAveragePool
void inferQuantisedGemm(InferContext& context);
void inferMatMulToFloat(InferContext& context); // MatMulIntegerToFloat
void inferDynamicMatMul(InferContext& context); // DynamicQuantizeMatMul
void inferDynamicLstm(InferContext& context);
void quantisedUnaryLoop(const LoopContext& context);
void quantisedBinaryLoop(const LoopContext& context);
void quantisedConcatLoop(const LoopContext& context);
void quantisedPoolLoop(const LoopContext& context);
void quantisedGemmLoop(const LoopContext& context);
void matMulToFloatLoop(const LoopContext& context);
void dynamicMatMulLoop(const LoopContext& context);
void dynamicLstmLoop(const LoopContext& context);

} // namespace core::ops
