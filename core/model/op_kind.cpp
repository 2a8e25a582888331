// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/op_kind.h"

#include <array>
#include <utility>

namespace core {

namespace {

constexpr std::array kNames {
    std::pair { OpKind::Unknown, std::string_view("Unknown") },
    std::pair { OpKind::Conv, std::string_view("Conv") },
    std::pair { OpKind::Gemm, std::string_view("Gemm") },
    std::pair { OpKind::MatMul, std::string_view("MatMul") },
    std::pair { OpKind::FusedAttention, std::string_view("FusedAttention") },
    std::pair { OpKind::Det, std::string_view("Det") },
    std::pair { OpKind::Einsum, std::string_view("Einsum") },
    std::pair { OpKind::MaxPool, std::string_view("MaxPool") },
    std::pair { OpKind::AveragePool, std::string_view("AveragePool") },
    std::pair { OpKind::GlobalAveragePool, std::string_view("GlobalAveragePool") },
    std::pair { OpKind::GlobalMaxPool, std::string_view("GlobalMaxPool") },
    std::pair { OpKind::BatchNormalization, std::string_view("BatchNormalization") },
    std::pair { OpKind::LayerNormalization, std::string_view("LayerNormalization") },
    std::pair { OpKind::Softmax, std::string_view("Softmax") },
    std::pair { OpKind::LogSoftmax, std::string_view("LogSoftmax") },
    std::pair { OpKind::Hardmax, std::string_view("Hardmax") },
    std::pair { OpKind::LpNormalization, std::string_view("LpNormalization") },
    std::pair { OpKind::MeanVarianceNormalization, std::string_view("MeanVarianceNormalization") },
    std::pair { OpKind::NegativeLogLikelihoodLoss, std::string_view("NegativeLogLikelihoodLoss") },
    std::pair { OpKind::SoftmaxCrossEntropyLoss, std::string_view("SoftmaxCrossEntropyLoss") },
    std::pair { OpKind::Relu, std::string_view("Relu") },
    std::pair { OpKind::LeakyRelu, std::string_view("LeakyRelu") },
    std::pair { OpKind::Elu, std::string_view("Elu") },
    std::pair { OpKind::Selu, std::string_view("Selu") },
    std::pair { OpKind::Sigmoid, std::string_view("Sigmoid") },
    std::pair { OpKind::HardSigmoid, std::string_view("HardSigmoid") },
    std::pair { OpKind::HardSwish, std::string_view("HardSwish") },
    std::pair { OpKind::Tanh, std::string_view("Tanh") },
    std::pair { OpKind::Softplus, std::string_view("Softplus") },
    std::pair { OpKind::Softsign, std::string_view("Softsign") },
    std::pair { OpKind::ThresholdedRelu, std::string_view("ThresholdedRelu") },
    std::pair { OpKind::Clip, std::string_view("Clip") },
    std::pair { OpKind::Gelu, std::string_view("Gelu") },
    std::pair { OpKind::Erf, std::string_view("Erf") },
    std::pair { OpKind::Exp, std::string_view("Exp") },
    std::pair { OpKind::Log, std::string_view("Log") },
    std::pair { OpKind::Sqrt, std::string_view("Sqrt") },
    std::pair { OpKind::Reciprocal, std::string_view("Reciprocal") },
    std::pair { OpKind::Abs, std::string_view("Abs") },
    std::pair { OpKind::Neg, std::string_view("Neg") },
    std::pair { OpKind::Floor, std::string_view("Floor") },
    std::pair { OpKind::Ceil, std::string_view("Ceil") },
    std::pair { OpKind::Round, std::string_view("Round") },
    std::pair { OpKind::Sign, std::string_view("Sign") },
    std::pair { OpKind::Sin, std::string_view("Sin") },
    std::pair { OpKind::Cos, std::string_view("Cos") },
    std::pair { OpKind::Tan, std::string_view("Tan") },
    std::pair { OpKind::Asin, std::string_view("Asin") },
    std::pair { OpKind::Acos, std::string_view("Acos") },
    std::pair { OpKind::Atan, std::string_view("Atan") },
    std::pair { OpKind::Sinh, std::string_view("Sinh") },
    std::pair { OpKind::Cosh, std::string_view("Cosh") },
    std::pair { OpKind::Asinh, std::string_view("Asinh") },
    std::pair { OpKind::Acosh, std::string_view("Acosh") },
    std::pair { OpKind::Atanh, std::string_view("Atanh") },
    std::pair { OpKind::Celu, std::string_view("Celu") },
    std::pair { OpKind::Mish, std::string_view("Mish") },
    std::pair { OpKind::Swish, std::string_view("Swish") },
    std::pair { OpKind::Shrink, std::string_view("Shrink") },
    std::pair { OpKind::IsNaN, std::string_view("IsNaN") },
    std::pair { OpKind::IsInf, std::string_view("IsInf") },
    std::pair { OpKind::BitwiseNot, std::string_view("BitwiseNot") },
    std::pair { OpKind::Not, std::string_view("Not") },
    std::pair { OpKind::Identity, std::string_view("Identity") },
    std::pair { OpKind::OptionalHasElement, std::string_view("OptionalHasElement") },
    std::pair { OpKind::OptionalGetElement, std::string_view("OptionalGetElement") },
    std::pair { OpKind::Dropout, std::string_view("Dropout") },
    std::pair { OpKind::Cast, std::string_view("Cast") },
    std::pair { OpKind::CastLike, std::string_view("CastLike") },
    std::pair { OpKind::BitCast, std::string_view("BitCast") },
    std::pair { OpKind::Add, std::string_view("Add") },
    std::pair { OpKind::Sub, std::string_view("Sub") },
    std::pair { OpKind::Mul, std::string_view("Mul") },
    std::pair { OpKind::Div, std::string_view("Div") },
    std::pair { OpKind::Pow, std::string_view("Pow") },
    std::pair { OpKind::Min, std::string_view("Min") },
    std::pair { OpKind::Max, std::string_view("Max") },
    std::pair { OpKind::Mean, std::string_view("Mean") },
    std::pair { OpKind::Sum, std::string_view("Sum") },
    std::pair { OpKind::Mod, std::string_view("Mod") },
    std::pair { OpKind::PRelu, std::string_view("PRelu") },
    std::pair { OpKind::Equal, std::string_view("Equal") },
    std::pair { OpKind::Greater, std::string_view("Greater") },
    std::pair { OpKind::GreaterOrEqual, std::string_view("GreaterOrEqual") },
    std::pair { OpKind::Less, std::string_view("Less") },
    std::pair { OpKind::LessOrEqual, std::string_view("LessOrEqual") },
    std::pair { OpKind::And, std::string_view("And") },
    std::pair { OpKind::Or, std::string_view("Or") },
    std::pair { OpKind::Xor, std::string_view("Xor") },
    std::pair { OpKind::Where, std::string_view("Where") },
    std::pair { OpKind::SwiGLU, std::string_view("SwiGLU") },
    std::pair { OpKind::BitShift, std::string_view("BitShift") },
    std::pair { OpKind::BitwiseAnd, std::string_view("BitwiseAnd") },
    std::pair { OpKind::BitwiseOr, std::string_view("BitwiseOr") },
    std::pair { OpKind::BitwiseXor, std::string_view("BitwiseXor") },
    std::pair { OpKind::ReduceMean, std::string_view("ReduceMean") },
    std::pair { OpKind::ReduceSum, std::string_view("ReduceSum") },
    std::pair { OpKind::ReduceMax, std::string_view("ReduceMax") },
    std::pair { OpKind::ReduceMin, std::string_view("ReduceMin") },
    std::pair { OpKind::ReduceProd, std::string_view("ReduceProd") },
    std::pair { OpKind::ReduceSumSquare, std::string_view("ReduceSumSquare") },
    std::pair { OpKind::ReduceL1, std::string_view("ReduceL1") },
    std::pair { OpKind::ReduceL2, std::string_view("ReduceL2") },
    std::pair { OpKind::ReduceLogSum, std::string_view("ReduceLogSum") },
    std::pair { OpKind::ReduceLogSumExp, std::string_view("ReduceLogSumExp") },
    std::pair { OpKind::ArgMax, std::string_view("ArgMax") },
    std::pair { OpKind::ArgMin, std::string_view("ArgMin") },
    std::pair { OpKind::CumSum, std::string_view("CumSum") },
    std::pair { OpKind::CumProd, std::string_view("CumProd") },
    std::pair { OpKind::GatherElements, std::string_view("GatherElements") },
    std::pair { OpKind::Trilu, std::string_view("Trilu") },
    std::pair { OpKind::EyeLike, std::string_view("EyeLike") },
    std::pair { OpKind::GatherND, std::string_view("GatherND") },
    std::pair { OpKind::Scatter, std::string_view("Scatter") },
    std::pair { OpKind::ScatterElements, std::string_view("ScatterElements") },
    std::pair { OpKind::ScatterND, std::string_view("ScatterND") },
    std::pair { OpKind::TensorScatter, std::string_view("TensorScatter") },
    std::pair { OpKind::OneHot, std::string_view("OneHot") },
    std::pair { OpKind::TopK, std::string_view("TopK") },
    std::pair { OpKind::ReverseSequence, std::string_view("ReverseSequence") },
    std::pair { OpKind::DepthToSpace, std::string_view("DepthToSpace") },
    std::pair { OpKind::SpaceToDepth, std::string_view("SpaceToDepth") },
    std::pair { OpKind::CenterCropPad, std::string_view("CenterCropPad") },
    std::pair { OpKind::NonZero, std::string_view("NonZero") },
    std::pair { OpKind::Compress, std::string_view("Compress") },
    std::pair { OpKind::Unique, std::string_view("Unique") },
    std::pair { OpKind::NonMaxSuppression, std::string_view("NonMaxSuppression") },
    std::pair { OpKind::Transpose, std::string_view("Transpose") },
    std::pair { OpKind::Reshape, std::string_view("Reshape") },
    std::pair { OpKind::Flatten, std::string_view("Flatten") },
    std::pair { OpKind::Squeeze, std::string_view("Squeeze") },
    std::pair { OpKind::Unsqueeze, std::string_view("Unsqueeze") },
    std::pair { OpKind::Concat, std::string_view("Concat") },
    std::pair { OpKind::Split, std::string_view("Split") },
    std::pair { OpKind::Slice, std::string_view("Slice") },
    std::pair { OpKind::Gather, std::string_view("Gather") },
    std::pair { OpKind::Expand, std::string_view("Expand") },
    std::pair { OpKind::Pad, std::string_view("Pad") },
    std::pair { OpKind::Tile, std::string_view("Tile") },
    std::pair { OpKind::Resize, std::string_view("Resize") },
    std::pair { OpKind::Upsample, std::string_view("Upsample") },
    std::pair { OpKind::RNN, std::string_view("RNN") },
    std::pair { OpKind::GRU, std::string_view("GRU") },
    std::pair { OpKind::LSTM, std::string_view("LSTM") },
    std::pair { OpKind::ConvTranspose, std::string_view("ConvTranspose") },
    std::pair { OpKind::DeformConv, std::string_view("DeformConv") },
    std::pair { OpKind::LpPool, std::string_view("LpPool") },
    std::pair { OpKind::GlobalLpPool, std::string_view("GlobalLpPool") },
    std::pair { OpKind::MaxUnpool, std::string_view("MaxUnpool") },
    std::pair { OpKind::Col2Im, std::string_view("Col2Im") },
    std::pair { OpKind::InstanceNormalization, std::string_view("InstanceNormalization") },
    std::pair { OpKind::GroupNormalization, std::string_view("GroupNormalization") },
    std::pair { OpKind::RMSNormalization, std::string_view("RMSNormalization") },
    std::pair { OpKind::LRN, std::string_view("LRN") },
    std::pair { OpKind::GridSample, std::string_view("GridSample") },
    std::pair { OpKind::AffineGrid, std::string_view("AffineGrid") },
    std::pair { OpKind::RoiAlign, std::string_view("RoiAlign") },
    std::pair { OpKind::MaxRoiPool, std::string_view("MaxRoiPool") },
    std::pair { OpKind::QuantizeLinear, std::string_view("QuantizeLinear") },
    std::pair { OpKind::DequantizeLinear, std::string_view("DequantizeLinear") },
    std::pair { OpKind::DynamicQuantizeLinear, std::string_view("DynamicQuantizeLinear") },
    std::pair { OpKind::MatMulInteger, std::string_view("MatMulInteger") },
    std::pair { OpKind::QLinearMatMul, std::string_view("QLinearMatMul") },
    std::pair { OpKind::ConvInteger, std::string_view("ConvInteger") },
    std::pair { OpKind::QLinearConv, std::string_view("QLinearConv") },
    std::pair { OpKind::Attention, std::string_view("Attention") },
    std::pair { OpKind::RotaryEmbedding, std::string_view("RotaryEmbedding") },
    std::pair { OpKind::LinearAttention, std::string_view("LinearAttention") },
    std::pair { OpKind::CausalConvWithState, std::string_view("CausalConvWithState") },
    std::pair { OpKind::DFT, std::string_view("DFT") },
    std::pair { OpKind::STFT, std::string_view("STFT") },
    std::pair { OpKind::SimplifiedLayerNormalization, std::string_view("SimplifiedLayerNormalization") },
    std::pair { OpKind::Constant, std::string_view("Constant") },
    std::pair { OpKind::ConstantOfShape, std::string_view("ConstantOfShape") },
    std::pair { OpKind::Shape, std::string_view("Shape") },
    std::pair { OpKind::Size, std::string_view("Size") },
    std::pair { OpKind::RandomNormal, std::string_view("RandomNormal") },
    std::pair { OpKind::RandomNormalLike, std::string_view("RandomNormalLike") },
    std::pair { OpKind::RandomUniform, std::string_view("RandomUniform") },
    std::pair { OpKind::RandomUniformLike, std::string_view("RandomUniformLike") },
    std::pair { OpKind::Bernoulli, std::string_view("Bernoulli") },
    std::pair { OpKind::Multinomial, std::string_view("Multinomial") },
    std::pair { OpKind::HannWindow, std::string_view("HannWindow") },
    std::pair { OpKind::HammingWindow, std::string_view("HammingWindow") },
    std::pair { OpKind::BlackmanWindow, std::string_view("BlackmanWindow") },
    std::pair { OpKind::MelWeightMatrix, std::string_view("MelWeightMatrix") },
    std::pair { OpKind::TfIdfVectorizer, std::string_view("TfIdfVectorizer") },
    std::pair { OpKind::Range, std::string_view("Range") },
    std::pair { OpKind::If, std::string_view("If") },
    std::pair { OpKind::Loop, std::string_view("Loop") },
    std::pair { OpKind::Scan, std::string_view("Scan") },
};

constexpr std::array kDomainNames {
    DomainName { "com.microsoft", "Gelu", OpKind::Gelu, "Gelu" },
    DomainName { "ai.onnx.preview", "FlexAttention", OpKind::FlexAttention, "FlexAttention" },
    DomainName { "com.microsoft", "SimplifiedLayerNormalization", OpKind::SimplifiedLayerNormalization,
        "SimplifiedLayerNormalization" },
    DomainName { "com.microsoft", "BiasGelu", OpKind::BiasGelu, "BiasGelu" },
    DomainName { "com.microsoft", "FastGelu", OpKind::FastGelu, "FastGelu" },
    DomainName { "com.microsoft", "QuickGelu", OpKind::QuickGelu, "QuickGelu" },
    DomainName { "com.microsoft", "FusedMatMul", OpKind::MsFusedMatMul, "MsFusedMatMul" },
    DomainName { "com.microsoft", "FusedConv", OpKind::MsFusedConv, "MsFusedConv" },
    DomainName { "com.microsoft", "MatMulNBits", OpKind::MatMulNBits, "MatMulNBits" },
    DomainName {
        "com.microsoft", "SkipLayerNormalization", OpKind::SkipLayerNormalization, "SkipLayerNormalization" },
    DomainName { "com.microsoft", "SkipSimplifiedLayerNormalization",
        OpKind::SkipSimplifiedLayerNormalization, "SkipSimplifiedLayerNormalization" },
    DomainName { "com.microsoft", "EmbedLayerNormalization", OpKind::EmbedLayerNormalization,
        "EmbedLayerNormalization" },
    DomainName { "com.microsoft", "Attention", OpKind::MsAttention, "MsAttention" },
    DomainName { "com.microsoft", "MultiHeadAttention", OpKind::MultiHeadAttention, "MultiHeadAttention" },
    DomainName { "com.microsoft", "RotaryEmbedding", OpKind::MsRotaryEmbedding, "MsRotaryEmbedding" },
    DomainName { "com.microsoft", "QuantizeLinear", OpKind::MsQuantizeLinear, "MsQuantizeLinear" },
    DomainName { "com.microsoft", "DequantizeLinear", OpKind::MsDequantizeLinear, "MsDequantizeLinear" },
    DomainName { "com.microsoft", "QLinearAdd", OpKind::QLinearAdd, "QLinearAdd" },
    DomainName { "com.microsoft", "QLinearMul", OpKind::QLinearMul, "QLinearMul" },
    DomainName { "com.microsoft", "QLinearSigmoid", OpKind::QLinearSigmoid, "QLinearSigmoid" },
    DomainName { "com.microsoft", "QLinearLeakyRelu", OpKind::QLinearLeakyRelu, "QLinearLeakyRelu" },
    DomainName { "com.microsoft", "QLinearSoftmax", OpKind::QLinearSoftmax, "QLinearSoftmax" },
    DomainName { "com.microsoft", "QLinearConcat", OpKind::QLinearConcat, "QLinearConcat" },
    DomainName { "com.microsoft", "QLinearAveragePool", OpKind::QLinearAveragePool, "QLinearAveragePool" },
    DomainName { "com.microsoft", "QLinearGlobalAveragePool", OpKind::QLinearGlobalAveragePool,
        "QLinearGlobalAveragePool" },
    DomainName { "com.microsoft", "QGemm", OpKind::QGemm, "QGemm" },
    DomainName {
        "com.microsoft", "MatMulIntegerToFloat", OpKind::MatMulIntegerToFloat, "MatMulIntegerToFloat" },
    DomainName {
        "com.microsoft", "DynamicQuantizeMatMul", OpKind::DynamicQuantizeMatMul, "DynamicQuantizeMatMul" },
    DomainName { "com.microsoft", "DynamicQuantizeLSTM", OpKind::DynamicQuantizeLSTM, "DynamicQuantizeLSTM" },
};

} // namespace

std::string_view opName(OpKind kind)
{
    for (const auto& [value, name] : kNames)
        if (value == kind)
            return name;
    for (const DomainName& other : kDomainNames)
        if (other.kind == kind)
            return other.name;
    return "Unknown";
}

std::span<const DomainName> domainNames()
{
    return kDomainNames;
}

OpKind opFromName(std::string_view name, std::string_view domain)
{
    if (!domain.empty() && domain != "ai.onnx") {
        for (const DomainName& other : kDomainNames)
            if (other.domain == domain && other.type == name)
                return other.kind;
        return OpKind::Unknown;
    }
    // Fused... nodes exist between passes and engines only: a file cannot ask for one.
    if (name.starts_with("Fused"))
        return OpKind::Unknown;
    for (const auto& [value, known] : kNames)
        if (known == name)
            return value;
    return OpKind::Unknown;
}

} // namespace core
