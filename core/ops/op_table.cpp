// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"

#include "core/error.h"
#include "core/ops/parse.h"

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
    { OpKind::Conv, "Conv", 1, 2, 3, 1, parseConv, nullptr, nullptr },
    { OpKind::Gemm, "Gemm", 7, 2, 3, 1, parseGemm, nullptr, nullptr },
    { OpKind::MatMul, "MatMul", 1, 2, 3, 1, parseMatMul, nullptr, nullptr },
    { OpKind::FusedAttention, "FusedAttention", 1, 3, 4, 1, parseAttention, nullptr, nullptr },
    // pooling and normalisation
    { OpKind::MaxPool, "MaxPool", 1, 1, 1, 2, parsePool, nullptr, nullptr },
    { OpKind::AveragePool, "AveragePool", 1, 1, 1, 1, parsePool, nullptr, nullptr },
    { OpKind::GlobalAveragePool, "GlobalAveragePool", 1, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::GlobalMaxPool, "GlobalMaxPool", 1, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::BatchNormalization, "BatchNormalization", 7, 5, 5, 1, parseBatchNorm, nullptr, nullptr },
    { OpKind::LayerNormalization, "LayerNormalization", 1, 2, 3, 3, parseLayerNorm, nullptr, nullptr },
    { OpKind::Softmax, "Softmax", 1, 1, 1, 1, parseSoftmax, nullptr, nullptr },
    { OpKind::LogSoftmax, "LogSoftmax", 1, 1, 1, 1, parseSoftmax, nullptr, nullptr },
    // elementwise, one input
    { OpKind::Relu, "Relu", 6, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::LeakyRelu, "LeakyRelu", 6, 1, 1, 1, parseLeakyRelu, nullptr, nullptr },
    { OpKind::Elu, "Elu", 6, 1, 1, 1, parseElu, nullptr, nullptr },
    { OpKind::Selu, "Selu", 6, 1, 1, 1, parseSelu, nullptr, nullptr },
    { OpKind::Sigmoid, "Sigmoid", 6, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::HardSigmoid, "HardSigmoid", 6, 1, 1, 1, parseHardSigmoid, nullptr, nullptr },
    { OpKind::HardSwish, "HardSwish", 1, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Tanh, "Tanh", 6, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Softplus, "Softplus", 1, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Softsign, "Softsign", 1, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::ThresholdedRelu, "ThresholdedRelu", 10, 1, 1, 1, parseThresholdedRelu, nullptr, nullptr },
    { OpKind::Clip, "Clip", 6, 1, 3, 1, parseClip, nullptr, nullptr },
    { OpKind::Gelu, "Gelu", 1, 1, 1, 1, parseGelu, nullptr, nullptr },
    { OpKind::Erf, "Erf", 9, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Exp, "Exp", 6, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Log, "Log", 6, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Sqrt, "Sqrt", 6, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Reciprocal, "Reciprocal", 6, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Abs, "Abs", 6, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Neg, "Neg", 6, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Floor, "Floor", 6, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Ceil, "Ceil", 6, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Round, "Round", 11, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Sign, "Sign", 9, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Sin, "Sin", 7, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Cos, "Cos", 7, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Not, "Not", 1, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Identity, "Identity", 1, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Dropout, "Dropout", 7, 1, 3, 2, parseNone, nullptr, nullptr },
    { OpKind::Cast, "Cast", 6, 1, 1, 1, parseCast, nullptr, nullptr },
    // elementwise, broadcast
    { OpKind::Add, "Add", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Sub, "Sub", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Mul, "Mul", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Div, "Div", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Pow, "Pow", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Min, "Min", 6, 1, -1, 1, parseNone, nullptr, nullptr },
    { OpKind::Max, "Max", 6, 1, -1, 1, parseNone, nullptr, nullptr },
    { OpKind::Mean, "Mean", 6, 1, -1, 1, parseNone, nullptr, nullptr },
    { OpKind::Sum, "Sum", 6, 1, -1, 1, parseNone, nullptr, nullptr },
    { OpKind::Mod, "Mod", 10, 2, 2, 1, parseMod, nullptr, nullptr },
    { OpKind::PRelu, "PRelu", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Equal, "Equal", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Greater, "Greater", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::GreaterOrEqual, "GreaterOrEqual", 12, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Less, "Less", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::LessOrEqual, "LessOrEqual", 12, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::And, "And", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Or, "Or", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Xor, "Xor", 7, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Where, "Where", 9, 3, 3, 1, parseNone, nullptr, nullptr },
    // reductions
    { OpKind::ReduceMean, "ReduceMean", 1, 1, 2, 1, parseAxes, nullptr, nullptr },
    { OpKind::ReduceSum, "ReduceSum", 1, 1, 2, 1, parseAxes, nullptr, nullptr },
    { OpKind::ReduceMax, "ReduceMax", 1, 1, 2, 1, parseAxes, nullptr, nullptr },
    { OpKind::ReduceMin, "ReduceMin", 1, 1, 2, 1, parseAxes, nullptr, nullptr },
    { OpKind::ReduceProd, "ReduceProd", 1, 1, 2, 1, parseAxes, nullptr, nullptr },
    { OpKind::ReduceSumSquare, "ReduceSumSquare", 1, 1, 2, 1, parseAxes, nullptr, nullptr },
    { OpKind::ReduceL1, "ReduceL1", 1, 1, 2, 1, parseAxes, nullptr, nullptr },
    { OpKind::ReduceL2, "ReduceL2", 1, 1, 2, 1, parseAxes, nullptr, nullptr },
    { OpKind::ArgMax, "ArgMax", 1, 1, 1, 1, parseArg, nullptr, nullptr },
    { OpKind::ArgMin, "ArgMin", 1, 1, 1, 1, parseArg, nullptr, nullptr },
    // data movement
    { OpKind::Transpose, "Transpose", 1, 1, 1, 1, parseTranspose, nullptr, nullptr },
    { OpKind::Reshape, "Reshape", 5, 2, 2, 1, parseReshape, nullptr, nullptr },
    { OpKind::Flatten, "Flatten", 1, 1, 1, 1, parseFlatten, nullptr, nullptr },
    { OpKind::Squeeze, "Squeeze", 1, 1, 2, 1, parseAxes, nullptr, nullptr },
    { OpKind::Unsqueeze, "Unsqueeze", 1, 1, 2, 1, parseAxes, nullptr, nullptr },
    { OpKind::Concat, "Concat", 4, 1, -1, 1, parseConcat, nullptr, nullptr },
    { OpKind::Split, "Split", 2, 1, 2, -1, parseSplit, nullptr, nullptr },
    { OpKind::Slice, "Slice", 1, 1, 5, 1, parseAxes, nullptr, nullptr },
    { OpKind::Gather, "Gather", 1, 2, 2, 1, parseGather, nullptr, nullptr },
    { OpKind::Expand, "Expand", 8, 2, 2, 1, parseNone, nullptr, nullptr },
    { OpKind::Pad, "Pad", 2, 1, 4, 1, parsePad, nullptr, nullptr },
    { OpKind::Tile, "Tile", 6, 2, 2, 1, parseNone, nullptr, nullptr },
    // constants and shapes
    { OpKind::Constant, "Constant", 1, 0, 0, 1, parseConstant, nullptr, nullptr },
    { OpKind::ConstantOfShape, "ConstantOfShape", 9, 1, 1, 1, parseConstantOfShape, nullptr, nullptr },
    { OpKind::Shape, "Shape", 1, 1, 1, 1, parseShape, nullptr, nullptr },
    { OpKind::Size, "Size", 1, 1, 1, 1, parseNone, nullptr, nullptr },
    { OpKind::Range, "Range", 11, 3, 3, 1, parseNone, nullptr, nullptr },
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

} // namespace core
