// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"

#include "core/ops/functions.h"
#include "core/ops/functions_microsoft.h"
#include "core/ops/functions_quantise.h"
#include "core/ops/functions_resample.h"
#include "core/ops/functions_sequence.h"
#include "core/ops/parse.h"
#include "core/ops/parse_fields.h"
#include "core/ops/rules.h"

#include <algorithm>

namespace core {
namespace {

using namespace ops;

// kind, name, since opset, least and most inputs (-1: any number), most outputs, attributes, shape rule,
// loop. "since" is the first version whose meaning the row has, which for many operators is older than ONNX's
// latest change.
// clang-format off
constexpr OpRow kRows[] = {
    // dense arithmetic
    { OpKind::Conv, "Conv", 1, 2, 3, 1, parseConv, inferConv, convLoop },
    { OpKind::Gemm, "Gemm", 7, 2, 3, 1, parseGemm, inferGemm, gemmLoop },
    { OpKind::MatMul, "MatMul", 1, 2, 3, 1, parseMatMul, inferMatMul, matMulLoop },
    { OpKind::FusedAttention, "FusedAttention", 1, 3, 4, 1, parseAttention, inferAttention, attentionLoop },
    { OpKind::Det, "Det", 11, 1, 1, 1, parseNone, inferDet, detLoop },
    { OpKind::Einsum, "Einsum", 12, 1, -1, 1, parseFields<EinsumAttributes>, inferEinsum, einsumLoop },
    { OpKind::ConvTranspose, "ConvTranspose", 1, 2, 3, 1, parseConvTranspose, inferConvTranspose, convTransposeLoop },
    { OpKind::DeformConv, "DeformConv", 19, 3, 5, 1, parseDeformConv, inferDeformConv, deformConvLoop },
    // pooling and normalisation
    { OpKind::MaxPool, "MaxPool", 1, 1, 1, 2, parsePool, inferPool, poolLoop },
    { OpKind::AveragePool, "AveragePool", 1, 1, 1, 1, parsePool, inferPool, poolLoop },
    { OpKind::GlobalAveragePool, "GlobalAveragePool", 1, 1, 1, 1, parseNone, inferGlobalPool, globalPoolLoop },
    { OpKind::GlobalMaxPool, "GlobalMaxPool", 1, 1, 1, 1, parseNone, inferGlobalPool, globalPoolLoop },
    { OpKind::BatchNormalization, "BatchNormalization", 7, 5, 5, 5, parseBatchNorm, inferBatchNorm, batchNormLoop },
    { OpKind::LayerNormalization, "LayerNormalization", 1, 2, 3, 3, parseLayerNorm, inferLayerNorm, layerNormLoop },
    { OpKind::Softmax, "Softmax", 1, 1, 1, 1, parseSoftmax, inferSoftmax, softmaxLoop },
    { OpKind::LogSoftmax, "LogSoftmax", 1, 1, 1, 1, parseSoftmax, inferSoftmax, softmaxLoop },
    { OpKind::Hardmax, "Hardmax", 1, 1, 1, 1, parseSoftmax, inferSoftmax, softmaxLoop },
    { OpKind::LpNormalization, "LpNormalization", 1, 1, 1, 1, parseFields<LpNormAttributes>, inferLpNorm, lpNormLoop },
    { OpKind::MeanVarianceNormalization, "MeanVarianceNormalization", 9, 1, 1, 1, parseFields<MeanVarianceAttributes>, inferMeanVariance, meanVarianceLoop },
    { OpKind::NegativeLogLikelihoodLoss, "NegativeLogLikelihoodLoss", 12, 2, 3, 1, parseFields<LossAttributes>, inferLoss, negativeLogLikelihoodLoop },
    { OpKind::SoftmaxCrossEntropyLoss, "SoftmaxCrossEntropyLoss", 12, 2, 3, 2, parseFields<LossAttributes>, inferLoss, crossEntropyLoop },
    { OpKind::LpPool, "LpPool", 2, 1, 1, 1, parsePool, inferPool, poolLoop },
    { OpKind::GlobalLpPool, "GlobalLpPool", 2, 1, 1, 1, parseGlobalLpPool, inferGlobalPool, globalLpPoolLoop },
    { OpKind::MaxUnpool, "MaxUnpool", 9, 2, 3, 1, parseMaxUnpool, inferMaxUnpool, maxUnpoolLoop },
    { OpKind::Col2Im, "Col2Im", 18, 3, 3, 1, parseCol2Im, inferCol2Im, col2ImLoop },
    { OpKind::InstanceNormalization, "InstanceNormalization", 6, 3, 3, 1, parseInstanceNorm, inferInstanceNorm, instanceNormLoop },
    { OpKind::GroupNormalization, "GroupNormalization", 18, 3, 3, 1, parseGroupNorm, inferGroupNorm, groupNormLoop },
    { OpKind::RMSNormalization, "RMSNormalization", 23, 2, 2, 1, parseLayerNorm, inferRmsNorm, rmsNormLoop },
    { OpKind::LRN, "LRN", 1, 1, 1, 1, parseLocalNorm, inferLocalNorm, localNormLoop },
    { OpKind::SimplifiedLayerNormalization, "SimplifiedLayerNormalization", 1, 2, 2, 2, parseLayerNorm, inferRmsNorm, rmsNormLoop },
    // elementwise, one input
    { OpKind::Relu, "Relu", 6, 1, 1, 1, parseNone, inferUnaryNumber, unaryLoop },
    { OpKind::LeakyRelu, "LeakyRelu", 6, 1, 1, 1, parseLeakyRelu, inferUnaryFloat, unaryLoop },
    { OpKind::Elu, "Elu", 6, 1, 1, 1, parseElu, inferUnaryFloat, unaryLoop },
    { OpKind::Selu, "Selu", 6, 1, 1, 1, parseSelu, inferUnaryFloat, unaryLoop },
    { OpKind::Sigmoid, "Sigmoid", 6, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::HardSigmoid, "HardSigmoid", 6, 1, 1, 1, parseHardSigmoid, inferUnaryFloat, unaryLoop },
    { OpKind::HardSwish, "HardSwish", 1, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Tanh, "Tanh", 6, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Softplus, "Softplus", 1, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Softsign, "Softsign", 1, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::ThresholdedRelu, "ThresholdedRelu", 10, 1, 1, 1, parseThresholdedRelu, inferUnaryFloat, unaryLoop },
    { OpKind::Clip, "Clip", 6, 1, 3, 1, parseClip, inferClip, clipLoop },
    { OpKind::Gelu, "Gelu", 1, 1, 1, 1, parseGelu, inferUnaryFloat, unaryLoop },
    { OpKind::Erf, "Erf", 9, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Exp, "Exp", 6, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Log, "Log", 6, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Sqrt, "Sqrt", 6, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Reciprocal, "Reciprocal", 6, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Abs, "Abs", 6, 1, 1, 1, parseNone, inferUnaryNumber, unaryLoop },
    { OpKind::Neg, "Neg", 6, 1, 1, 1, parseNone, inferUnaryNumber, unaryLoop },
    { OpKind::Floor, "Floor", 6, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Ceil, "Ceil", 6, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Round, "Round", 11, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Sign, "Sign", 9, 1, 1, 1, parseNone, inferUnaryNumber, unaryLoop },
    { OpKind::Sin, "Sin", 7, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Cos, "Cos", 7, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Tan, "Tan", 7, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Asin, "Asin", 7, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Acos, "Acos", 7, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Atan, "Atan", 7, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Sinh, "Sinh", 9, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Cosh, "Cosh", 9, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Asinh, "Asinh", 9, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Acosh, "Acosh", 9, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Atanh, "Atanh", 9, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Celu, "Celu", 12, 1, 1, 1, parseElu, inferUnaryFloat, unaryLoop },
    { OpKind::Mish, "Mish", 18, 1, 1, 1, parseNone, inferUnaryFloat, unaryLoop },
    { OpKind::Swish, "Swish", 24, 1, 1, 1, parseElu, inferUnaryFloat, unaryLoop },
    { OpKind::Shrink, "Shrink", 9, 1, 1, 1, parseFields<ShrinkAttributes>, inferUnaryNumber, shrinkLoop },
    { OpKind::IsNaN, "IsNaN", 9, 1, 1, 1, parseNone, inferFloatTest, isNanLoop },
    { OpKind::IsInf, "IsInf", 10, 1, 1, 1, parseFields<IsInfAttributes>, inferFloatTest, isInfLoop },
    { OpKind::BitwiseNot, "BitwiseNot", 18, 1, 1, 1, parseNone, inferBitwise, bitwiseNotLoop },
    { OpKind::Not, "Not", 1, 1, 1, 1, parseNone, inferNot, notLoop },
    { OpKind::Identity, "Identity", 1, 1, 1, 1, parseNone, inferIdentity, copyLoop },
    { OpKind::OptionalHasElement, "OptionalHasElement", 15, 0, 1, 1, parseNone, inferHasElement, hasElementLoop },
    { OpKind::OptionalGetElement, "OptionalGetElement", 15, 1, 1, 1, parseNone, inferIdentity, copyLoop },
    { OpKind::Dropout, "Dropout", 7, 1, 3, 2, parseFields<DropoutAttributes>, inferDropout, dropoutLoop },
    { OpKind::Cast, "Cast", 6, 1, 1, 1, parseCast, inferCast, castLoop },
    { OpKind::CastLike, "CastLike", 15, 2, 2, 1, parseNone, inferCastLike, castLoop },
    { OpKind::BitCast, "BitCast", 26, 1, 1, 1, parseCast, inferBitCast, copyLoop },
    // elementwise, broadcast
    { OpKind::Add, "Add", 7, 2, 2, 1, parseNone, inferArithmetic, arithmeticLoop },
    { OpKind::Sub, "Sub", 7, 2, 2, 1, parseNone, inferArithmetic, arithmeticLoop },
    { OpKind::Mul, "Mul", 7, 2, 2, 1, parseNone, inferArithmetic, arithmeticLoop },
    { OpKind::Div, "Div", 7, 2, 2, 1, parseNone, inferArithmetic, arithmeticLoop },
    { OpKind::Pow, "Pow", 7, 2, 2, 1, parseNone, inferPow, powLoop },
    { OpKind::Min, "Min", 6, 1, -1, 1, parseNone, inferArithmetic, variadicLoop },
    { OpKind::Max, "Max", 6, 1, -1, 1, parseNone, inferArithmetic, variadicLoop },
    { OpKind::Mean, "Mean", 6, 1, -1, 1, parseNone, inferMean, variadicLoop },
    { OpKind::Sum, "Sum", 6, 1, -1, 1, parseNone, inferArithmetic, variadicLoop },
    { OpKind::Mod, "Mod", 10, 2, 2, 1, parseMod, inferArithmetic, arithmeticLoop },
    { OpKind::PRelu, "PRelu", 7, 2, 2, 1, parseNone, inferPRelu, arithmeticLoop },
    { OpKind::Equal, "Equal", 7, 2, 2, 1, parseNone, inferEqual, comparisonLoop },
    { OpKind::Greater, "Greater", 7, 2, 2, 1, parseNone, inferOrder, comparisonLoop },
    { OpKind::GreaterOrEqual, "GreaterOrEqual", 12, 2, 2, 1, parseNone, inferOrder, comparisonLoop },
    { OpKind::Less, "Less", 7, 2, 2, 1, parseNone, inferOrder, comparisonLoop },
    { OpKind::LessOrEqual, "LessOrEqual", 12, 2, 2, 1, parseNone, inferOrder, comparisonLoop },
    { OpKind::And, "And", 7, 2, 2, 1, parseNone, inferLogic, logicLoop },
    { OpKind::Or, "Or", 7, 2, 2, 1, parseNone, inferLogic, logicLoop },
    { OpKind::Xor, "Xor", 7, 2, 2, 1, parseNone, inferLogic, logicLoop },
    { OpKind::Where, "Where", 9, 3, 3, 1, parseNone, inferWhere, whereLoop },
    { OpKind::SwiGLU, "SwiGLU", 28, 2, 2, 1, parseElu, inferSwiGlu, swiGluLoop },
    { OpKind::BitShift, "BitShift", 11, 2, 2, 1, parseFields<BitShiftAttributes>, inferBitwise, bitShiftLoop },
    { OpKind::BitwiseAnd, "BitwiseAnd", 18, 2, 2, 1, parseNone, inferBitwise, bitwiseLoop },
    { OpKind::BitwiseOr, "BitwiseOr", 18, 2, 2, 1, parseNone, inferBitwise, bitwiseLoop },
    { OpKind::BitwiseXor, "BitwiseXor", 18, 2, 2, 1, parseNone, inferBitwise, bitwiseLoop },
    // reductions
    { OpKind::ReduceMean, "ReduceMean", 1, 1, 2, 1, parseAxes, inferReduce, reduceLoop },
    { OpKind::ReduceSum, "ReduceSum", 1, 1, 2, 1, parseAxes, inferReduce, reduceLoop },
    { OpKind::ReduceMax, "ReduceMax", 1, 1, 2, 1, parseAxes, inferReduce, reduceLoop },
    { OpKind::ReduceMin, "ReduceMin", 1, 1, 2, 1, parseAxes, inferReduce, reduceLoop },
    { OpKind::ReduceProd, "ReduceProd", 1, 1, 2, 1, parseAxes, inferReduce, reduceLoop },
    { OpKind::ReduceSumSquare, "ReduceSumSquare", 1, 1, 2, 1, parseAxes, inferReduce, reduceLoop },
    { OpKind::ReduceL1, "ReduceL1", 1, 1, 2, 1, parseAxes, inferReduce, reduceLoop },
    { OpKind::ReduceL2, "ReduceL2", 1, 1, 2, 1, parseAxes, inferReduce, reduceLoop },
    { OpKind::ReduceLogSum, "ReduceLogSum", 1, 1, 2, 1, parseAxes, inferReduce, reduceLoop },
    { OpKind::ReduceLogSumExp, "ReduceLogSumExp", 1, 1, 2, 1, parseAxes, inferReduce, reduceLoop },
    { OpKind::ArgMax, "ArgMax", 1, 1, 1, 1, parseArg, inferArg, argLoop },
    { OpKind::ArgMin, "ArgMin", 1, 1, 1, 1, parseArg, inferArg, argLoop },
    { OpKind::CumSum, "CumSum", 11, 2, 2, 1, parseFields<CumulativeAttributes>, inferCumulative, cumulativeLoop },
    { OpKind::CumProd, "CumProd", 26, 2, 2, 1, parseFields<CumulativeAttributes>, inferCumulative, cumulativeLoop },
    // picking and placing elements
    { OpKind::GatherElements, "GatherElements", 11, 2, 2, 1, parseGather, inferGatherElements, gatherElementsLoop },
    { OpKind::Trilu, "Trilu", 14, 1, 2, 1, parseFields<TriangleAttributes>, inferTrilu, triluLoop },
    { OpKind::EyeLike, "EyeLike", 9, 1, 1, 1, parseFields<EyeAttributes>, inferEyeLike, eyeLikeLoop },
    { OpKind::GatherND, "GatherND", 11, 2, 2, 1, parseFields<GatherNdAttributes>, inferGatherNd, gatherNdLoop },
    { OpKind::Scatter, "Scatter", 9, 3, 3, 1, parseFields<ScatterAttributes>, inferScatterElements, scatterElementsLoop },
    { OpKind::ScatterElements, "ScatterElements", 11, 3, 3, 1, parseFields<ScatterAttributes>, inferScatterElements, scatterElementsLoop },
    { OpKind::ScatterND, "ScatterND", 11, 3, 3, 1, parseFields<ScatterAttributes>, inferScatterNd, scatterNdLoop },
    { OpKind::TensorScatter, "TensorScatter", 24, 2, 3, 1, parseFields<TensorScatterAttributes>, inferTensorScatter, tensorScatterLoop },
    { OpKind::OneHot, "OneHot", 9, 3, 3, 1, parseFields<OneHotAttributes>, inferOneHot, oneHotLoop },
    { OpKind::TopK, "TopK", 1, 1, 2, 2, parseFields<TopKAttributes>, inferTopK, topKLoop },
    { OpKind::ReverseSequence, "ReverseSequence", 10, 2, 2, 1, parseFields<ReverseSequenceAttributes>, inferReverseSequence, reverseSequenceLoop },
    { OpKind::DepthToSpace, "DepthToSpace", 1, 1, 1, 1, parseFields<DepthSpaceAttributes>, inferDepthToSpace, depthToSpaceLoop },
    { OpKind::SpaceToDepth, "SpaceToDepth", 1, 1, 1, 1, parseFields<DepthSpaceAttributes>, inferSpaceToDepth, spaceToDepthLoop },
    { OpKind::CenterCropPad, "CenterCropPad", 18, 2, 2, 1, parseFields<CenterCropPadAttributes>, inferCenterCropPad, centerCropPadLoop },
    { OpKind::NonZero, "NonZero", 9, 1, 1, 1, parseNone, inferNonZero, nullptr, produceNonZero },
    { OpKind::Compress, "Compress", 9, 2, 2, 1, parseFields<CompressAttributes>, inferCompress, nullptr, produceCompress },
    { OpKind::Unique, "Unique", 11, 1, 1, 4, parseFields<UniqueAttributes>, inferUnique, nullptr, produceUnique },
    { OpKind::NonMaxSuppression, "NonMaxSuppression", 10, 2, 5, 1, parseFields<BoxAttributes>, inferNonMaxSuppression, nullptr, produceNonMaxSuppression },
    // data movement
    { OpKind::Transpose, "Transpose", 1, 1, 1, 1, parseTranspose, inferTranspose, transposeLoop },
    { OpKind::Reshape, "Reshape", 5, 2, 2, 1, parseReshape, inferReshape, copyLoop },
    { OpKind::Flatten, "Flatten", 1, 1, 1, 1, parseFlatten, inferFlatten, copyLoop },
    { OpKind::Squeeze, "Squeeze", 1, 1, 2, 1, parseAxes, inferSqueeze, copyLoop },
    { OpKind::Unsqueeze, "Unsqueeze", 1, 1, 2, 1, parseAxes, inferUnsqueeze, copyLoop },
    { OpKind::Concat, "Concat", 4, 1, -1, 1, parseConcat, inferConcat, concatLoop },
    { OpKind::Split, "Split", 2, 1, 2, -1, parseSplit, inferSplit, splitLoop },
    { OpKind::Slice, "Slice", 1, 1, 5, 1, parseAxes, inferSlice, sliceLoop },
    { OpKind::Gather, "Gather", 1, 2, 2, 1, parseGather, inferGather, gatherLoop },
    { OpKind::Expand, "Expand", 8, 2, 2, 1, parseNone, inferExpand, expandLoop },
    { OpKind::Pad, "Pad", 2, 1, 4, 1, parsePad, inferPad, padLoop },
    { OpKind::Tile, "Tile", 6, 2, 2, 1, parseNone, inferTile, tileLoop },
    // resampling
    { OpKind::Resize, "Resize", 10, 1, 4, 1, parseResize, inferResize, resizeLoop },
    { OpKind::Upsample, "Upsample", 7, 1, 2, 1, parseUpsample, inferResize, resizeLoop },
    { OpKind::GridSample, "GridSample", 16, 2, 2, 1, parseGridSample, inferGridSample, gridSampleLoop },
    { OpKind::AffineGrid, "AffineGrid", 20, 2, 2, 1, parseAffineGrid, inferAffineGrid, affineGridLoop },
    { OpKind::RoiAlign, "RoiAlign", 10, 3, 3, 1, parseRoiAlign, inferRoiAlign, roiAlignLoop },
    { OpKind::MaxRoiPool, "MaxRoiPool", 1, 2, 2, 1, parseMaxRoiPool, inferMaxRoiPool, maxRoiPoolLoop },
    // sequences
    { OpKind::RNN, "RNN", 7, 3, 6, 2, parseRnn, inferRecurrent, recurrentLoop },
    { OpKind::GRU, "GRU", 7, 3, 6, 2, parseGru, inferRecurrent, recurrentLoop },
    { OpKind::LSTM, "LSTM", 7, 3, 8, 3, parseLstm, inferRecurrent, recurrentLoop },
    { OpKind::Attention, "Attention", 23, 3, 7, 4, parseScaledAttention, inferScaledAttention, scaledAttentionLoop },
    { OpKind::RotaryEmbedding, "RotaryEmbedding", 23, 3, 4, 1, parseRotaryEmbedding, inferRotaryEmbedding, rotaryEmbeddingLoop },
    { OpKind::LinearAttention, "LinearAttention", 27, 3, 6, 2, parseLinearAttention, inferLinearAttention, linearAttentionLoop },
    { OpKind::CausalConvWithState, "CausalConvWithState", 27, 2, 4, 2, parseCausalConv, inferCausalConv, causalConvLoop },
    { OpKind::DFT, "DFT", 17, 1, 3, 1, parseDft, inferDft, dftLoop },
    { OpKind::STFT, "STFT", 17, 2, 4, 1, parseStft, inferStft, stftLoop },
    { OpKind::FlexAttention, "FlexAttention", 1, 3, -1, 1, parseFlexAttention, inferFlexAttention, flexAttentionLoop },
    // quantised
    { OpKind::QuantizeLinear, "QuantizeLinear", 10, 2, 3, 1, parseQuantise, inferQuantise, quantiseLoop },
    { OpKind::DequantizeLinear, "DequantizeLinear", 10, 2, 3, 1, parseQuantise, inferDequantise, dequantiseLoop },
    { OpKind::DynamicQuantizeLinear, "DynamicQuantizeLinear", 11, 1, 1, 3, parseNone, inferDynamicQuantise, dynamicQuantiseLoop },
    { OpKind::MatMulInteger, "MatMulInteger", 10, 2, 4, 1, parseNone, inferIntegerMatMul, integerMatMulLoop },
    { OpKind::QLinearMatMul, "QLinearMatMul", 10, 8, 8, 1, parseNone, inferQuantisedMatMul, quantisedMatMulLoop },
    { OpKind::ConvInteger, "ConvInteger", 10, 2, 4, 1, parseConv, inferIntegerConv, integerConvLoop },
    { OpKind::QLinearConv, "QLinearConv", 10, 8, 9, 1, parseConv, inferQuantisedConv, quantisedConvLoop },
    // of com.microsoft
    { OpKind::BiasGelu, "BiasGelu", 1, 2, 2, 1, parseNone, inferBiasedActivation, biasedActivationLoop },
    { OpKind::FastGelu, "FastGelu", 1, 1, 2, 1, parseNone, inferBiasedActivation, biasedActivationLoop },
    { OpKind::QuickGelu, "QuickGelu", 1, 1, 1, 1, parseQuickGelu, inferBiasedActivation, biasedActivationLoop },
    { OpKind::MsFusedMatMul, "MsFusedMatMul", 1, 2, 2, 1, parseFusedMatMul, inferFusedMatMul, fusedMatMulLoop },
    { OpKind::MsFusedConv, "MsFusedConv", 1, 2, 4, 1, parseFusedConv, inferFusedConv, fusedConvLoop },
    { OpKind::MatMulNBits, "MatMulNBits", 1, 3, 6, 1, parseBlockMatMul, inferBlockMatMul, blockMatMulLoop },
    { OpKind::SkipLayerNormalization, "SkipLayerNormalization", 1, 3, 5, 4, parseSkipNorm, inferSkipNorm, skipNormLoop },
    { OpKind::SkipSimplifiedLayerNormalization, "SkipSimplifiedLayerNormalization", 1, 3, 4, 4, parseSkipNorm, inferSkipNorm, skipNormLoop },
    { OpKind::EmbedLayerNormalization, "EmbedLayerNormalization", 1, 1, 9, 3, parseEmbedNorm, inferEmbedNorm, embedNormLoop },
    { OpKind::MsAttention, "MsAttention", 1, 2, 7, 2, parseMsAttention, inferMsAttention, msAttentionLoop },
    { OpKind::MultiHeadAttention, "MultiHeadAttention", 1, 1, 10, 3, parseMsAttention, inferMultiHeadAttention, multiHeadAttentionLoop },
    { OpKind::MsRotaryEmbedding, "MsRotaryEmbedding", 1, 4, 4, 1, parseMsRotaryEmbedding, inferMsRotaryEmbedding, msRotaryEmbeddingLoop },
    { OpKind::MsQuantizeLinear, "MsQuantizeLinear", 1, 2, 3, 1, parseQuantise, inferQuantise, quantiseLoop },
    { OpKind::MsDequantizeLinear, "MsDequantizeLinear", 1, 2, 3, 1, parseQuantise, inferDequantise, dequantiseLoop },
    { OpKind::QLinearAdd, "QLinearAdd", 1, 2, 8, 1, parseNone, inferQuantisedBinary, quantisedBinaryLoop },
    { OpKind::QLinearMul, "QLinearMul", 1, 2, 8, 1, parseNone, inferQuantisedBinary, quantisedBinaryLoop },
    { OpKind::QLinearSigmoid, "QLinearSigmoid", 1, 2, 5, 1, parseNone, inferQuantisedUnary, quantisedUnaryLoop },
    { OpKind::QLinearLeakyRelu, "QLinearLeakyRelu", 1, 2, 5, 1, parseLeakyRelu, inferQuantisedUnary, quantisedUnaryLoop },
    { OpKind::QLinearSoftmax, "QLinearSoftmax", 1, 2, 5, 1, parseQuantisedSoftmax, inferQuantisedUnary, quantisedUnaryLoop },
    { OpKind::QLinearConcat, "QLinearConcat", 1, 5, -1, 1, parseConcat, inferQuantisedConcat, quantisedConcatLoop },
    { OpKind::QLinearAveragePool, "QLinearAveragePool", 1, 2, 5, 1, parseQuantisedPool, inferQuantisedPool, quantisedPoolLoop },
    { OpKind::QLinearGlobalAveragePool, "QLinearGlobalAveragePool", 1, 4, 5, 1, parseQuantisedGlobalPool, inferQuantisedPool, quantisedPoolLoop },
    { OpKind::QGemm, "QGemm", 1, 6, 9, 1, parseGemm, inferQuantisedGemm, quantisedGemmLoop },
    { OpKind::MatMulIntegerToFloat, "MatMulIntegerToFloat", 1, 4, 7, 1, parseNone, inferMatMulToFloat, matMulToFloatLoop },
    { OpKind::DynamicQuantizeMatMul, "DynamicQuantizeMatMul", 1, 3, 5, 1, parseNone, inferDynamicMatMul, dynamicMatMulLoop },
    { OpKind::DynamicQuantizeLSTM, "DynamicQuantizeLSTM", 1, 3, 12, 3, parseDynamicLstm, inferDynamicLstm, dynamicLstmLoop },
    // constants and shapes
    { OpKind::Constant, "Constant", 1, 0, 0, 1, parseConstant, inferConstant, constantLoop },
    { OpKind::ConstantOfShape, "ConstantOfShape", 9, 1, 1, 1, parseConstantOfShape, inferConstantOfShape, constantOfShapeLoop },
    { OpKind::Shape, "Shape", 1, 1, 1, 1, parseShape, inferShape, shapeLoop },
    { OpKind::Size, "Size", 1, 1, 1, 1, parseNone, inferSize, sizeLoop },
    { OpKind::RandomNormal, "RandomNormal", 1, 0, 0, 1, parseFields<RandomNormalAttributes>, inferRandom, randomNormalLoop },
    { OpKind::RandomNormalLike, "RandomNormalLike", 1, 1, 1, 1, parseFields<RandomNormalAttributes>, inferRandom, randomNormalLoop },
    { OpKind::RandomUniform, "RandomUniform", 1, 0, 0, 1, parseFields<RandomUniformAttributes>, inferRandom, randomUniformLoop },
    { OpKind::RandomUniformLike, "RandomUniformLike", 1, 1, 1, 1, parseFields<RandomUniformAttributes>, inferRandom, randomUniformLoop },
    { OpKind::Bernoulli, "Bernoulli", 15, 1, 1, 1, parseFields<BernoulliAttributes>, inferBernoulli, bernoulliLoop },
    { OpKind::Multinomial, "Multinomial", 7, 1, 1, 1, parseFields<MultinomialAttributes>, inferMultinomial, multinomialLoop },
    { OpKind::HannWindow, "HannWindow", 17, 1, 1, 1, parseFields<WindowAttributes>, inferWindow, windowLoop },
    { OpKind::HammingWindow, "HammingWindow", 17, 1, 1, 1, parseFields<WindowAttributes>, inferWindow, windowLoop },
    { OpKind::BlackmanWindow, "BlackmanWindow", 17, 1, 1, 1, parseFields<WindowAttributes>, inferWindow, windowLoop },
    { OpKind::MelWeightMatrix, "MelWeightMatrix", 17, 5, 5, 1, parseFields<MelAttributes>, inferMel, melLoop },
    { OpKind::TfIdfVectorizer, "TfIdfVectorizer", 9, 1, 1, 1, parseTfIdf, inferTfIdf, tfIdfLoop },
    { OpKind::Range, "Range", 11, 3, 3, 1, parseNone, inferRange, rangeLoop },
    // control flow; bodies' captures are inputs too
    { OpKind::If, "If", 1, 1, -1, -1, parseSubgraph, inferIf, nullptr, produceControlFlow },
    { OpKind::Loop, "Loop", 1, 0, -1, -1, parseSubgraph, inferLoop, nullptr, produceControlFlow },
    { OpKind::Scan, "Scan", 8, 0, -1, -1, parseScan, inferScan, nullptr, produceControlFlow },
};
// clang-format on

} // namespace

const OpRow* opRow(OpKind kind)
{
    const auto* found = std::find_if(
        std::begin(kRows), std::end(kRows), [kind](const OpRow& row) { return row.kind == kind; });
    return found == std::end(kRows) ? nullptr : found;
}

std::span<const OpRow> opRows()
{
    return kRows;
}

bool InferContext::has(std::size_t index) const
{
    return index < types.size() && types[index] != ElementType::Undefined;
}

std::vector<std::int64_t> InferContext::integers(std::size_t index, const char* what) const
{
    const auto& view = known[index];
    if (!view)
        throw NeedsData("takes its {} from data that is not known.", what);
    if (!kIndices.contains(view->type))
        throw Error("takes its {} from {}, expected int32 or int64.", what, elementName(view->type));
    return integersOf(*view);
}

std::size_t ownInputCount(const Node& node)
{
    std::size_t count = node.inputs.size();
    for (const PostOp& post : node.epilogue)
        if (post.kind == PostOp::Kind::Add && post.input >= 0)
            count = std::min(count, static_cast<std::size_t>(post.input));
    return count;
}

} // namespace core
