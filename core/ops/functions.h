// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"

/// The shape rules and reference loops that the rows of the table point to. One function may serve several
/// operators: it looks at the node's kind.
namespace core::ops {

// dense arithmetic
void inferConv(InferContext& context);
void inferConvTranspose(InferContext& context);
void inferDeformConv(InferContext& context);
void inferGemm(InferContext& context);
void inferMatMul(InferContext& context);
void inferDet(InferContext& context);
void inferEinsum(InferContext& context);
void inferAttention(InferContext& context);
void convLoop(const LoopContext& context);
void convTransposeLoop(const LoopContext& context);
void deformConvLoop(const LoopContext& context);
void gemmLoop(const LoopContext& context);
void matMulLoop(const LoopContext& context);
void detLoop(const LoopContext& context);
void einsumLoop(const LoopContext& context);
void attentionLoop(const LoopContext& context);

// pooling and normalisation
void inferPool(InferContext& context);
void inferGlobalPool(InferContext& context);
void inferMaxUnpool(InferContext& context);
void inferCol2Im(InferContext& context);
void inferBatchNorm(InferContext& context);
void inferLayerNorm(InferContext& context);
void inferInstanceNorm(InferContext& context);
void inferGroupNorm(InferContext& context);
void inferRmsNorm(InferContext& context);
void inferLocalNorm(InferContext& context);
void inferSoftmax(InferContext& context);
void inferLpNorm(InferContext& context);
void inferMeanVariance(InferContext& context);
void inferLoss(InferContext& context);
void poolLoop(const LoopContext& context);
void globalLpPoolLoop(const LoopContext& context);
void maxUnpoolLoop(const LoopContext& context);
void col2ImLoop(const LoopContext& context);
void globalPoolLoop(const LoopContext& context);
void batchNormLoop(const LoopContext& context);
void layerNormLoop(const LoopContext& context);
void instanceNormLoop(const LoopContext& context);
void groupNormLoop(const LoopContext& context);
void rmsNormLoop(const LoopContext& context);
void localNormLoop(const LoopContext& context);
void softmaxLoop(const LoopContext& context);
void lpNormLoop(const LoopContext& context);
void meanVarianceLoop(const LoopContext& context);
void negativeLogLikelihoodLoop(const LoopContext& context);
void crossEntropyLoop(const LoopContext& context);

// elementwise, one input
void inferUnaryNumber(InferContext& context);
void inferUnaryFloat(InferContext& context);
void inferClip(InferContext& context);
void inferNot(InferContext& context);
void inferIdentity(InferContext& context);
void inferHasElement(InferContext& context);
void inferDropout(InferContext& context);
void inferCast(InferContext& context);
void inferFloatTest(InferContext& context);
void inferCastLike(InferContext& context);
void inferBitCast(InferContext& context);
void unaryLoop(const LoopContext& context);
void clipLoop(const LoopContext& context);
void notLoop(const LoopContext& context);
void copyLoop(const LoopContext& context);
void hasElementLoop(const LoopContext& context);
void dropoutLoop(const LoopContext& context);
void castLoop(const LoopContext& context);
void shrinkLoop(const LoopContext& context);
void isNanLoop(const LoopContext& context);
void isInfLoop(const LoopContext& context);
void bitwiseNotLoop(const LoopContext& context);

// elementwise, broadcast
void inferArithmetic(InferContext& context);
void inferPow(InferContext& context);
void inferMean(InferContext& context);
void inferPRelu(InferContext& context);
void inferEqual(InferContext& context);
void inferOrder(InferContext& context);
void inferLogic(InferContext& context);
void inferWhere(InferContext& context);
void inferSwiGlu(InferContext& context);
void inferBitwise(InferContext& context);
void arithmeticLoop(const LoopContext& context);
void powLoop(const LoopContext& context);
void variadicLoop(const LoopContext& context);
void comparisonLoop(const LoopContext& context);
void logicLoop(const LoopContext& context);
void whereLoop(const LoopContext& context);
void swiGluLoop(const LoopContext& context);
void bitShiftLoop(const LoopContext& context);
void bitwiseLoop(const LoopContext& context);

// reductions
void inferReduce(InferContext& context);
void inferArg(InferContext& context);
void inferCumulative(InferContext& context);
void reduceLoop(const LoopContext& context);
void argLoop(const LoopContext& context);
void cumulativeLoop(const LoopContext& context);

// picking and placing elements
void inferGatherElements(InferContext& context);
void inferTrilu(InferContext& context);
void inferEyeLike(InferContext& context);
void inferGatherNd(InferContext& context);
void inferScatterElements(InferContext& context);
void inferScatterNd(InferContext& context);
void inferTensorScatter(InferContext& context);
void inferOneHot(InferContext& context);
void inferTopK(InferContext& context);
void inferReverseSequence(InferContext& context);
void inferDepthToSpace(InferContext& context);
void inferSpaceToDepth(InferContext& context);
void inferCenterCropPad(InferContext& context);
void inferNonZero(InferContext& context);
void inferCompress(InferContext& context);
void inferUnique(InferContext& context);
void inferNonMaxSuppression(InferContext& context);
void gatherElementsLoop(const LoopContext& context);
void triluLoop(const LoopContext& context);
void eyeLikeLoop(const LoopContext& context);
void gatherNdLoop(const LoopContext& context);
void scatterElementsLoop(const LoopContext& context);
void scatterNdLoop(const LoopContext& context);
void tensorScatterLoop(const LoopContext& context);
void oneHotLoop(const LoopContext& context);
void topKLoop(const LoopContext& context);
void reverseSequenceLoop(const LoopContext& context);
void depthToSpaceLoop(const LoopContext& context);
void spaceToDepthLoop(const LoopContext& context);
void centerCropPadLoop(const LoopContext& context);
std::vector<Tensor> produceNonZero(const ProduceContext& context);
std::vector<Tensor> produceCompress(const ProduceContext& context);
std::vector<Tensor> produceUnique(const ProduceContext& context);
std::vector<Tensor> produceNonMaxSuppression(const ProduceContext& context);

// data movement
void inferTranspose(InferContext& context);
void inferReshape(InferContext& context);
void inferFlatten(InferContext& context);
void inferSqueeze(InferContext& context);
void inferUnsqueeze(InferContext& context);
void inferConcat(InferContext& context);
void inferSplit(InferContext& context);
void inferSlice(InferContext& context);
void inferGather(InferContext& context);
void inferExpand(InferContext& context);
void inferPad(InferContext& context);
void inferTile(InferContext& context);
void transposeLoop(const LoopContext& context);
void concatLoop(const LoopContext& context);
void splitLoop(const LoopContext& context);
void sliceLoop(const LoopContext& context);
void gatherLoop(const LoopContext& context);
void expandLoop(const LoopContext& context);
void padLoop(const LoopContext& context);
void tileLoop(const LoopContext& context);

// constants and shapes
void inferConstant(InferContext& context);
void inferConstantOfShape(InferContext& context);
void inferShape(InferContext& context);
void inferSize(InferContext& context);
void inferRandom(InferContext& context);
void inferBernoulli(InferContext& context);
void inferMultinomial(InferContext& context);
void inferWindow(InferContext& context);
void inferMel(InferContext& context);
void inferTfIdf(InferContext& context);
void inferRange(InferContext& context);
void constantLoop(const LoopContext& context);
void constantOfShapeLoop(const LoopContext& context);
void shapeLoop(const LoopContext& context);
void sizeLoop(const LoopContext& context);
void randomNormalLoop(const LoopContext& context);
void randomUniformLoop(const LoopContext& context);
void bernoulliLoop(const LoopContext& context);
void multinomialLoop(const LoopContext& context);
void windowLoop(const LoopContext& context);
void melLoop(const LoopContext& context);
void tfIdfLoop(const LoopContext& context);
void rangeLoop(const LoopContext& context);

// control flow
void inferIf(InferContext& context);
void inferLoop(InferContext& context);
void inferScan(InferContext& context);
std::vector<Tensor> produceControlFlow(const ProduceContext& context);
} // namespace core::ops
