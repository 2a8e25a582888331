// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace core {

// OpKind::Shape does not shadow the type core::Shape, though GCC says so.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"

/// Every operator Breakeven knows, by its ONNX name in the default domain, plus those the passes make
/// (Fused...). `Unknown` stands for any other operator of a file: it loads, is listed, and every engine
/// refuses it by name.
enum class OpKind {
    Unknown,
    // dense arithmetic
    Conv,
    Gemm,
    MatMul,
    FusedAttention,
    Det,
    // pooling and normalisation
    MaxPool,
    AveragePool,
    GlobalAveragePool,
    GlobalMaxPool,
    BatchNormalization,
    LayerNormalization,
    Softmax,
    LogSoftmax,
    Hardmax,
    LpNormalization,
    MeanVarianceNormalization,
    NegativeLogLikelihoodLoss,
    SoftmaxCrossEntropyLoss,
    // elementwise, one input
    Relu,
    LeakyRelu,
    Elu,
    Selu,
    Sigmoid,
    HardSigmoid,
    HardSwish,
    Tanh,
    Softplus,
    Softsign,
    ThresholdedRelu,
    Clip,
    Gelu,
    Erf,
    Exp,
    Log,
    Sqrt,
    Reciprocal,
    Abs,
    Neg,
    Floor,
    Ceil,
    Round,
    Sign,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Asinh,
    Acosh,
    Atanh,
    Celu,
    Mish,
    Swish,
    Shrink,
    IsNaN,
    IsInf,
    BitwiseNot,
    Not,
    Identity,
    Dropout,
    Cast,
    CastLike,
    BitCast,
    // elementwise, broadcast
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Min,
    Max,
    Mean,
    Sum,
    Mod,
    PRelu,
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    And,
    Or,
    Xor,
    Where,
    SwiGLU,
    BitShift,
    BitwiseAnd,
    BitwiseOr,
    BitwiseXor,
    // reductions
    ReduceMean,
    ReduceSum,
    ReduceMax,
    ReduceMin,
    ReduceProd,
    ReduceSumSquare,
    ReduceL1,
    ReduceL2,
    ReduceLogSum,
    ReduceLogSumExp,
    ArgMax,
    ArgMin,
    CumSum,
    CumProd,
    // picking and placing elements
    GatherElements,
    Trilu,
    EyeLike,
    GatherND,
    Scatter,
    ScatterElements,
    ScatterND,
    TensorScatter,
    OneHot,
    TopK,
    ReverseSequence,
    DepthToSpace,
    SpaceToDepth,
    CenterCropPad,
    // data movement
    Transpose,
    Reshape,
    Flatten,
    Squeeze,
    Unsqueeze,
    Concat,
    Split,
    Slice,
    Gather,
    Expand,
    Pad,
    Tile,
    // resampling
    Resize,
    Upsample,
    // constants and shapes
    Constant,
    ConstantOfShape,
    Shape,
    Size,
    Range,
    // control flow
    If,
    Loop,
    Scan,
};

#pragma GCC diagnostic pop

/// "Conv", ...; "Unknown" for Unknown (the node's own `type` has the file's word).
std::string_view opName(OpKind kind);

/// OpKind::Unknown when Breakeven has no such operator. `domain` is "" or "ai.onnx" for the default one.
OpKind opFromName(std::string_view name, std::string_view domain);

} // namespace core
