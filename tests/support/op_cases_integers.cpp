// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

/// Products whose inputs are quantised, as the passes make them of QDQ models.
namespace support {
namespace {

using core::ConvAttributes;
using core::ElementType;
using core::GemmAttributes;
using core::OpKind;
using core::PostOp;
using core::Quantisation;
using core::Shape;

constexpr auto kUnsigned = ElementType::UInt8;
constexpr auto kSigned = ElementType::Int8;

/// All of -127 to 127, in no order that a kernel could like.
Operand weights8(Shape shape)
{
    Operand operand { .shape = std::move(shape), .type = kSigned, .constant = true };
    for (std::int64_t i = 0; i < core::elementCount(operand.shape); ++i)
        operand.values.push_back(static_cast<double>(i * 97 % 255 - 127));
    return operand;
}

Operand activations8(Shape shape, ElementType type)
{
    return integers(std::move(shape), 128, type);
}

/// Scales of `channels` output channels that keep sums of `depth` products near 1.
Quantisation weightScales(std::int64_t channels, std::int64_t depth, std::int64_t axis)
{
    Quantisation as { .type = kSigned, .axis = axis };
    for (std::int64_t c = 0; c < channels; ++c)
        as.scales.push_back(0.01F * static_cast<float>(1 + c % 7) / static_cast<float>(depth));
    return as;
}

Quantisation inputScale(ElementType type, std::int64_t zero)
{
    return { .type = type, .scales = { 0.125F }, .zero = zero };
}

struct IntegerConv {
    Shape x, w;
    ConvAttributes attributes {};
    ElementType type = kUnsigned;
    std::int64_t zero = 3;
    std::vector<PostOp> epilogue {};
    std::optional<Operand> residual {};
    std::optional<Quantisation> residualAs {};
};

OpCase integerConv(const std::string& name, IntegerConv conv)
{
    const std::int64_t channels = conv.w[0], depth = core::elementCount(conv.w) / channels;
    CaseOptions options { .epilogue = std::move(conv.epilogue),
        .quantised = { { 0, inputScale(conv.type, conv.zero) }, { 1, weightScales(channels, depth, 0) } } };
    if (conv.residualAs)
        options.quantised.push_back({ 3, *conv.residualAs });
    // Sums of floats in another order may round to the next integer.
    if (!options.epilogue.empty() && options.epilogue.back().kind == PostOp::Kind::Quantise)
        options.tolerance = 1;
    std::vector<Operand> operands { activations8(std::move(conv.x), conv.type), weights8(std::move(conv.w)),
        weight({ channels }) };
    if (conv.residual)
        operands.push_back(*conv.residual);
    return opCase("integer conv " + name, OpKind::Conv, std::move(operands), std::move(conv.attributes),
        std::move(options));
}

PostOp quantiseTo(ElementType type, float scale, std::int64_t zero)
{
    return { .kind = PostOp::Kind::Quantise, .to = { .type = type, .scales = { scale }, .zero = zero } };
}

void addConvs(std::vector<OpCase>& cases)
{
    const ConvAttributes padded { .pads = { 1, 1, 1, 1 } };
    const PostOp relu { .kind = PostOp::Kind::Relu }, add { .kind = PostOp::Kind::Add, .input = 3 };
    const auto conv = [&](const std::string& name, IntegerConv what) {
        cases.push_back(integerConv(name, std::move(what)));
    };
    conv("1x1", { .x = { 2, 64, 9, 9 }, .w = { 32, 64, 1, 1 } });
    conv("1x1 odd channels", { .x = { 1, 17, 9, 9 }, .w = { 31, 17, 1, 1 } });
    conv("3x3 with a zero point in the padding",
        { .x = { 1, 32, 10, 10 }, .w = { 32, 32, 3, 3 }, .attributes = padded, .zero = 100 });
    conv("3x3 stride 2 of int8",
        { .x = { 2, 32, 11, 11 },
            .w = { 16, 32, 3, 3 },
            .attributes = { .strides = { 2, 2 }, .pads = { 1, 1, 1, 1 } },
            .type = kSigned,
            .zero = -5 });
    conv("3x3 of an image", { .x = { 1, 3, 16, 16 }, .w = { 32, 3, 3, 3 }, .attributes = padded });
    conv("grouped",
        { .x = { 1, 32, 8, 8 }, .w = { 64, 8, 3, 3 }, .attributes = { .pads = { 1, 1, 1, 1 }, .group = 4 } });
    conv("depthwise",
        { .x = { 2, 32, 9, 9 },
            .w = { 32, 1, 3, 3 },
            .attributes = { .pads = { 1, 1, 1, 1 }, .group = 32 } });
    conv("1-D", { .x = { 1, 16, 20 }, .w = { 24, 16, 3 }, .attributes = { .pads = { 1, 1 } } });
    conv("3-D",
        { .x = { 1, 8, 5, 6, 7 }, .w = { 16, 8, 3, 3, 3 }, .attributes = { .pads = { 1, 1, 1, 1, 1, 1 } } });
    conv("to uint8",
        { .x = { 1, 32, 10, 10 },
            .w = { 32, 32, 3, 3 },
            .attributes = padded,
            .epilogue = { relu, quantiseTo(kUnsigned, 0.05F, 7) } });
    conv("to int8",
        { .x = { 1, 64, 7, 7 }, .w = { 32, 64, 1, 1 }, .epilogue = { quantiseTo(kSigned, 0.05F, -3) } });
    const Operand integerResidual = activations8({ 1, 32, 10, 10 }, kUnsigned);
    const Quantisation residualAs { .type = kUnsigned, .scales = { 0.0625F }, .zero = 9 };
    conv("plus integers to uint8",
        { .x = { 1, 32, 10, 10 },
            .w = { 32, 32, 3, 3 },
            .attributes = padded,
            .epilogue = { add, relu, quantiseTo(kUnsigned, 0.05F, 0) },
            .residual = integerResidual,
            .residualAs = residualAs });
    conv("plus integers to floats",
        { .x = { 1, 32, 10, 10 },
            .w = { 32, 32, 1, 1 },
            .epilogue = { add, relu },
            .residual = integerResidual,
            .residualAs = residualAs });
    conv("plus floats to uint8",
        { .x = { 1, 32, 10, 10 },
            .w = { 32, 32, 1, 1 },
            .epilogue = { add, quantiseTo(kUnsigned, 0.05F, 128) },
            .residual = input({ 1, 32, 10, 10 }) });
}

void addProducts(std::vector<OpCase>& cases)
{
    const auto product = [&](const std::string& name, OpKind kind, Shape x, Shape w,
                             core::Attributes attributes, std::int64_t axis,
                             std::vector<PostOp> epilogue = {}, bool bias = true) {
        const std::int64_t columns = w[static_cast<std::size_t>(axis)],
                           depth = core::elementCount(w) / columns;
        CaseOptions options { .epilogue = std::move(epilogue),
            .tolerance = 1e-4,
            .quantised = { { 0, inputScale(kUnsigned, 60) }, { 1, weightScales(columns, depth, axis) } } };
        if (!options.epilogue.empty() && options.epilogue.back().kind == PostOp::Kind::Quantise)
            options.tolerance = 1;
        cases.push_back(opCase("integer " + name, kind,
            { activations8(std::move(x), kUnsigned), weights8(std::move(w)),
                bias ? weight({ columns }) : absent() },
            std::move(attributes), std::move(options)));
    };
    const core::MatMulAttributes matMul;
    product("matmul", OpKind::MatMul, { 3, 40 }, { 40, 24 }, matMul, 1);
    product("matmul of a batch", OpKind::MatMul, { 2, 5, 64 }, { 64, 96 }, matMul, 1, {}, false);
    product("matmul with gelu", OpKind::MatMul, { 2, 5, 64 }, { 64, 32 }, matMul, 1,
        { { .kind = PostOp::Kind::Gelu } });
    product("matmul to uint8", OpKind::MatMul, { 2, 5, 64 }, { 64, 32 }, matMul, 1,
        { quantiseTo(kUnsigned, 0.05F, 100) });
    product("gemm", OpKind::Gemm, { 4, 48 }, { 48, 10 }, GemmAttributes {}, 1);
    product("gemm transposed", OpKind::Gemm, { 4, 48 }, { 10, 48 }, GemmAttributes { .transB = true }, 0);
}

} // namespace

void addIntegerCases(std::vector<OpCase>& cases)
{
    addConvs(cases);
    addProducts(cases);
}

} // namespace support
