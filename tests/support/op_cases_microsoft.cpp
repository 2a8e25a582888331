// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

namespace support {

using core::ElementType;
using core::OpKind;
using core::Shape;

namespace {

Operand bytes(Shape shape, ElementType type = ElementType::UInt8)
{
    return integers(std::move(shape), type == ElementType::UInt8 ? 256 : 128, type);
}

Operand real(std::vector<double> values)
{
    Shape shape;
    if (values.size() > 1)
        shape = { std::ssize(values) };
    return { .shape = std::move(shape), .constant = true, .values = std::move(values) };
}

Operand zero(double value, ElementType type = ElementType::UInt8)
{
    return { .shape = {}, .type = type, .constant = true, .values = { value } };
}

void addFusedCases(std::vector<OpCase>& cases)
{
    const Operand x = input({ 2, 5, 8 });
    cases.push_back(opCase("biasgelu", OpKind::BiasGelu, { x, weight({ 8 }) }));
    cases.push_back(opCase("fastgelu", OpKind::FastGelu, { x }));
    cases.push_back(opCase("fastgelu with bias", OpKind::FastGelu, { x, weight({ 8 }) }));
    cases.push_back(
        opCase("quickgelu", OpKind::QuickGelu, { x }, core::ActivationAttributes { .alpha = 1.702F }));
    cases.push_back(opCase("fusedmatmul", OpKind::MsFusedMatMul, { input({ 2, 8, 5 }), input({ 2, 6, 8 }) },
        core::FusedMatMulAttributes { .alpha = 0.5F, .transA = true, .transB = true }));
    cases.push_back(opCase("fusedmatmul of turned batches", OpKind::MsFusedMatMul,
        { input({ 5, 2, 3, 8 }), input({ 8, 2, 3, 6 }) },
        core::FusedMatMulAttributes { .transBatchA = true, .transBatchB = true }));
    using Activation = core::RecurrentAttributes::Activation;
    cases.push_back(opCase("fusedconv", OpKind::MsFusedConv,
        { input({ 1, 3, 6, 6 }), weight({ 4, 3, 3, 3 }), weight({ 4 }), input({ 1, 4, 4, 4 }) },
        core::FusedConvAttributes {
            .conv = {}, .activation = Activation { Activation::Function::LeakyRelu, 0.1F } }));
    cases.push_back(opCase("skiplayernorm", OpKind::SkipLayerNormalization,
        { x, input({ 5, 8 }), weight({ 8 }), weight({ 8 }), weight({ 8 }) }, core::NormAttributes {},
        { .outputs = 4 }));
    cases.push_back(opCase("skipsimplifiedlayernorm", OpKind::SkipSimplifiedLayerNormalization,
        { x, x, weight({ 8 }), weight({ 8 }) }, core::NormAttributes {}, { .outputs = 4 }));
    cases.push_back(opCase("simplifiedlayernorm", OpKind::SimplifiedLayerNormalization, { x, weight({ 8 }) },
        core::NormAttributes {}, { .outputs = 2 }));
    const Operand ids = integers({ 2, 5 }, 2, ElementType::Int32);
    cases.push_back(opCase("embedlayernorm", OpKind::EmbedLayerNormalization,
        { integers({ 2, 5 }, 20, ElementType::Int32), ids, weight({ 20, 8 }), weight({ 9, 8 }),
            weight({ 2, 8 }), weight({ 8 }), weight({ 8 }), ids },
        core::EmbedNormAttributes {}, { .outputs = 3 }));
}

void addMsAttentionCases(std::vector<OpCase>& cases)
{
    using Attention = core::ScaledAttentionAttributes;
    const Operand mask = integers({ 2, 4 }, 2, ElementType::Int32);
    cases.push_back(opCase("ms attention", OpKind::MsAttention,
        { input({ 2, 4, 6 }), matrix({ 6, 24 }), weight({ 24 }), mask }, Attention { .heads = 2 }));
    cases.push_back(opCase("ms attention with past", OpKind::MsAttention,
        { input({ 2, 4, 6 }), matrix({ 6, 24 }), weight({ 24 }), absent(), input({ 2, 2, 2, 3, 4 }) },
        Attention { .heads = 2, .causal = true }, { .outputs = 2 }));
    cases.push_back(opCase("multiheadattention", OpKind::MultiHeadAttention,
        { input({ 2, 4, 8 }), input({ 2, 5, 8 }), input({ 2, 5, 6 }), weight({ 22 }), absent(),
            input({ 1, 2, 4, 5 }) },
        Attention { .heads = 2 }));
    cases.push_back(opCase("multiheadattention of split keys", OpKind::MultiHeadAttention,
        { input({ 2, 4, 8 }), input({ 2, 2, 5, 4 }), input({ 2, 2, 5, 3 }), absent(), absent(), absent(),
            input({ 2, 2, 3, 4 }), input({ 2, 2, 3, 3 }) },
        Attention { .heads = 2 }, { .outputs = 3 }));
    cases.push_back(opCase("ms rotary", OpKind::MsRotaryEmbedding,
        { input({ 2, 3, 16 }), integers({ 2, 3 }, 10), weight({ 10, 4 }), weight({ 10, 4 }) },
        core::RotaryAttributes {}));
    cases.push_back(opCase("flexattention", OpKind::FlexAttention,
        { input({ 2, 4, 5, 8 }), input({ 2, 2, 7, 8 }), input({ 2, 2, 7, 6 }) },
        core::SubgraphAttributes {}));
}

void addQuantisedElementCases(std::vector<OpCase>& cases)
{
    const Operand x = bytes({ 2, 4, 6 });
    for (const OpKind kind : { OpKind::QLinearAdd, OpKind::QLinearMul })
        cases.push_back(opCase(std::string(core::opName(kind)), kind,
            { x, real({ 0.04 }), zero(117), bytes({ 4, 1 }), real({ 0.03 }), zero(100), real({ 0.08 }),
                zero(120) }));
    const std::vector<Operand> unary { x, real({ 0.05 }), zero(117), real({ 0.004 }), zero(0) };
    cases.push_back(opCase("qlinearsigmoid", OpKind::QLinearSigmoid, unary));
    cases.push_back(opCase("qlinearleakyrelu", OpKind::QLinearLeakyRelu,
        { bytes({ 3, 7 }, ElementType::Int8), real({ 0.05 }), absent(), real({ 0.06 }) },
        core::ActivationAttributes { .alpha = 0.2F }));
    cases.push_back(
        opCase("qlinearsoftmax", OpKind::QLinearSoftmax, unary, core::AxisAttributes { .axis = 1 }));
    cases.push_back(opCase("qlinearsoftmax flattened", OpKind::QLinearSoftmax, unary,
        core::AxisAttributes { .axis = 1, .flattened = true }));
    cases.push_back(opCase("qlinearconcat", OpKind::QLinearConcat,
        { real({ 0.05 }), zero(128), x, real({ 0.04 }), zero(117), bytes({ 2, 3, 6 }), real({ 0.07 }),
            zero(90) },
        core::AxisAttributes { .axis = 1 }));
    const std::vector<Operand> image { bytes({ 2, 3, 7, 8 }), real({ 0.05 }), zero(117), real({ 0.04 }),
        zero(120) };
    cases.push_back(opCase("qlinearaveragepool", OpKind::QLinearAveragePool, image,
        core::PoolAttributes { .kernel = { 3, 3 }, .strides = { 2, 2 }, .pads = { 1, 1, 1, 1 } }));
    cases.push_back(opCase("qlinearaveragepool of channels last", OpKind::QLinearAveragePool, image,
        core::PoolAttributes { .kernel = { 3, 2 }, .channelsLast = true }));
    cases.push_back(
        opCase("qlinearglobalaveragepool", OpKind::QLinearGlobalAveragePool, image, core::PoolAttributes {}));
    cases.push_back(opCase("ms quantise", OpKind::MsQuantizeLinear,
        { input({ 3, 4 }), real({ 0.05 }), zero(117) }, core::QuantiseAttributes {}));
    cases.push_back(opCase("ms dequantise", OpKind::MsDequantizeLinear,
        { bytes({ 3, 4 }), real({ 0.05 }), zero(117) }, core::QuantiseAttributes {}));
}

void addRealProductCases(std::vector<OpCase>& cases)
{
    const Operand a = bytes({ 5, 8 }), b = bytes({ 8, 2 }, ElementType::Int8);
    const Operand scales = real({ 0.02, 0.03 });
    const Operand zeros { .shape = { 2 }, .type = ElementType::Int8, .constant = true, .values = { -3, 5 } };
    cases.push_back(opCase("qgemm", OpKind::QGemm,
        { a, real({ 0.03 }), zero(117), b, scales, zeros, integers({ 2 }, 2000, ElementType::Int32),
            real({ 0.9 }), zero(128) },
        core::GemmAttributes {}));
    cases.push_back(opCase("qgemm to float", OpKind::QGemm,
        { bytes({ 8, 5 }), real({ 0.03 }), zero(117), bytes({ 2, 8 }, ElementType::Int8), scales, zeros },
        core::GemmAttributes { .alpha = 0.7F, .transA = true, .transB = true }));
    cases.push_back(opCase("matmulintegertofloat", OpKind::MatMulIntegerToFloat,
        { a, b, real({ 0.03 }), scales, zero(117), zeros, weight({ 2 }) }));
    cases.push_back(opCase("dynamicquantizematmul", OpKind::DynamicQuantizeMatMul,
        { input({ 2, 5, 8 }), b, scales, zeros, weight({ 2 }) }));
    using Function = core::RecurrentAttributes::Activation::Function;
    const Operand spread { .shape = { 1 }, .constant = true, .values = { 0.005 } };
    const Operand none { .shape = { 1 }, .type = ElementType::Int8, .constant = true, .values = { 0 } };
    cases.push_back(opCase("dynamicquantizelstm", OpKind::DynamicQuantizeLSTM,
        { input({ 5, 2, 6 }), bytes({ 1, 6, 16 }, ElementType::Int8), bytes({ 1, 4, 16 }, ElementType::Int8),
            weight({ 1, 32 }), absent(), absent(), absent(), absent(), spread, none, spread, none },
        core::RecurrentAttributes {
            .activations { { Function::Sigmoid }, { Function::Tanh }, { Function::Tanh } } },
        { .outputs = 3 }));
    cases.push_back(opCase("matmulnbits", OpKind::MatMulNBits,
        { input({ 2, 3, 40 }), bytes({ 3, 2, 16 }), weight({ 6 }), bytes({ 3 }), absent(), weight({ 3 }) },
        core::BlockMatMulAttributes { .depth = 40, .columns = 3 }));
}

} // namespace

void addMicrosoftCases(std::vector<OpCase>& cases)
{
    addFusedCases(cases);
    addMsAttentionCases(cases);
    addQuantisedElementCases(cases);
    addRealProductCases(cases);
}

} // namespace support
