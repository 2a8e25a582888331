// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

namespace support {

using core::ConvAttributes;
using core::GemmAttributes;
using core::OpKind;
using core::PostOp;
using core::Shape;

namespace {

void addConvCases(std::vector<OpCase>& cases)
{
    const auto conv
        = [&](const std::string& name, Shape x, Shape w, ConvAttributes attributes, bool bias = true) {
              const Shape channels { w[0] };
              cases.push_back(opCase("conv " + name, OpKind::Conv,
                  { input(std::move(x)), weight(std::move(w)), bias ? weight(channels) : absent() },
                  std::move(attributes)));
          };
    conv("1x1", { 2, 64, 14, 14 }, { 128, 64, 1, 1 }, {});
    conv("1x1 stride 2", { 1, 64, 14, 14 }, { 32, 64, 1, 1 }, { .strides = { 2, 2 } }, false);
    conv("1x1 odd channels", { 3, 17, 9, 9 }, { 31, 17, 1, 1 }, {});
    conv("3x3", { 1, 32, 14, 14 }, { 64, 32, 3, 3 }, { .pads = { 1, 1, 1, 1 } });
    conv("3x3 no bias", { 2, 32, 14, 14 }, { 32, 32, 3, 3 }, { .kernel = { 3, 3 }, .pads = { 1, 1, 1, 1 } },
        false);
    conv(
        "3x3 stride 2", { 2, 64, 28, 28 }, { 64, 64, 3, 3 }, { .strides = { 2, 2 }, .pads = { 1, 1, 1, 1 } });
    conv("3x3 unpadded", { 1, 16, 12, 10 }, { 16, 16, 3, 3 }, {});
    conv("3x3 dilated", { 1, 16, 16, 16 }, { 24, 16, 3, 3 },
        { .dilations = { 2, 2 }, .pads = { 2, 2, 2, 2 } });
    conv("3x3 dilated unevenly", { 1, 8, 15, 17 }, { 8, 8, 3, 3 },
        { .dilations = { 1, 3 }, .pads = { 1, 3, 1, 3 } });
    conv("7x7 stride 2 of an image", { 1, 3, 33, 33 }, { 64, 3, 7, 7 },
        { .strides = { 2, 2 }, .pads = { 3, 3, 3, 3 } });
    conv("3x3 stride 2 of an image", { 2, 3, 32, 32 }, { 32, 3, 3, 3 },
        { .strides = { 2, 2 }, .pads = { 1, 1, 1, 1 } });
    // Large enough for tiles.
    conv("3x3 in tiles", { 1, 64, 32, 32 }, { 64, 64, 3, 3 }, { .pads = { 1, 1, 1, 1 } });
    conv("3x3 in tiles that hang over, image by image", { 3, 64, 30, 29 }, { 64, 64, 3, 3 },
        { .pads = { 1, 1, 1, 1 } });
    conv("3x3 in tiles, odd channels, no bias", { 2, 40, 31, 22 }, { 56, 40, 3, 3 },
        { .pads = { 0, 1, 2, 0 } }, false);
    conv("3x3 in tiles, unpadded", { 1, 48, 26, 34 }, { 32, 48, 3, 3 }, {});
    conv("5x3", { 1, 17, 11, 13 }, { 19, 17, 5, 3 }, { .pads = { 2, 1, 2, 1 } });
    conv("one channel in", { 1, 1, 28, 28 }, { 8, 1, 5, 5 }, { .pads = { 2, 2, 2, 2 } });
    conv("one channel out", { 2, 16, 10, 10 }, { 1, 16, 3, 3 }, { .pads = { 1, 1, 1, 1 } });
    conv("asymmetric pads", { 1, 16, 12, 12 }, { 16, 16, 3, 3 }, { .pads = { 0, 1, 2, 0 } });
    conv("asymmetric pads and strides", { 2, 16, 15, 14 }, { 16, 16, 3, 3 },
        { .strides = { 2, 1 }, .pads = { 0, 0, 1, 2 } });
    conv("grouped", { 2, 32, 10, 10 }, { 64, 8, 3, 3 }, { .pads = { 1, 1, 1, 1 }, .group = 4 });
    conv("grouped odd", { 1, 9, 10, 10 }, { 15, 3, 3, 3 }, { .pads = { 1, 1, 1, 1 }, .group = 3 }, false);
    conv("grouped 1x1", { 1, 32, 7, 7 }, { 32, 16, 1, 1 }, { .group = 2 });
    conv("depthwise", { 2, 32, 14, 14 }, { 32, 1, 3, 3 }, { .pads = { 1, 1, 1, 1 }, .group = 32 });
    conv("depthwise stride 2", { 1, 48, 15, 15 }, { 48, 1, 3, 3 },
        { .strides = { 2, 2 }, .pads = { 1, 1, 1, 1 }, .group = 48 });
    conv("depthwise odd channels", { 1, 17, 9, 9 }, { 17, 1, 5, 5 }, { .pads = { 2, 2, 2, 2 }, .group = 17 },
        false);
    conv("depthwise multiplier 2", { 1, 8, 9, 9 }, { 16, 1, 3, 3 }, { .pads = { 1, 1, 1, 1 }, .group = 8 });
    conv("depthwise 1d", { 2, 12, 21 }, { 12, 1, 4 }, { .strides = { 3 }, .group = 12 });
    conv("depthwise 3d dilated", { 1, 8, 7, 6, 5 }, { 8, 1, 2, 2, 2 },
        { .dilations = { 2, 1, 3 }, .group = 8 }, false);
    cases.push_back(opCase("conv depthwise with fed weights", OpKind::Conv,
        { input({ 2, 8, 9, 9 }), input({ 8, 1, 3, 3 }) }, ConvAttributes { .group = 8 }));
    using core::AutoPad;
    conv("same upper", { 1, 8, 9, 12 }, { 8, 8, 3, 4 },
        { .autoPad = AutoPad::SameUpper, .strides = { 2, 2 } });
    conv("same lower", { 1, 8, 9, 12 }, { 8, 8, 3, 4 },
        { .autoPad = AutoPad::SameLower, .strides = { 2, 2 } });
    conv("valid", { 1, 8, 9, 12 }, { 8, 8, 3, 4 }, { .autoPad = AutoPad::Valid, .strides = { 2, 2 } });
    conv("1d", { 2, 16, 50 }, { 24, 16, 5 }, { .strides = { 2 }, .pads = { 2, 1 } });
    conv("3d", { 1, 4, 6, 7, 8 }, { 6, 4, 3, 3, 3 }, { .pads = { 1, 1, 1, 1, 1, 1 } });
    cases.push_back(opCase("conv with fed weights", OpKind::Conv,
        { input({ 1, 8, 9, 9 }), input({ 4, 8, 3, 3 }), input({ 4 }) },
        ConvAttributes { .pads = { 1, 1, 1, 1 } }));
}

void addGemmCases(std::vector<OpCase>& cases)
{
    const auto gemm = [&](const std::string& name, std::vector<Operand> operands, GemmAttributes attributes) {
        cases.push_back(opCase("gemm " + name, OpKind::Gemm, std::move(operands), attributes));
    };
    gemm("plain", { input({ 4, 64 }), matrix({ 64, 32 }), weight({ 32 }) }, {});
    gemm("without addend", { input({ 4, 64 }), matrix({ 64, 32 }) }, {});
    gemm("transposed weights", { input({ 2, 128 }), weight({ 1000, 128 }), weight({ 1000 }) },
        { .transB = true });
    gemm("in panels", { input({ 37, 800 }), matrix({ 800, 112 }), weight({ 112 }) }, {});
    gemm("in panels, transposed weights", { input({ 300, 65 }), weight({ 64, 65 }) }, { .transB = true });
    gemm("one row", { input({ 1, 256 }), weight({ 10, 256 }), weight({ 10 }) }, { .transB = true });
    gemm("odd sizes", { input({ 3, 17 }), weight({ 5, 17 }), weight({ 5 }) }, { .transB = true });
    gemm("transposed input", { input({ 32, 6 }), matrix({ 32, 8 }), weight({ 8 }) }, { .transA = true });
    gemm("both transposed", { input({ 32, 6 }), weight({ 8, 32 }) }, { .transA = true, .transB = true });
    gemm("alpha and beta", { input({ 4, 16 }), matrix({ 16, 8 }), weight({ 8 }) },
        { .alpha = 0.5F, .beta = 2 });
    gemm("beta without addend", { input({ 4, 16 }), matrix({ 16, 8 }) }, { .alpha = 2, .beta = 3 });
    gemm("addend of rows", { input({ 4, 16 }), matrix({ 16, 8 }), input({ 4, 1 }) }, { .alpha = 2 });
    gemm("whole addend", { input({ 4, 16 }), matrix({ 16, 8 }), input({ 4, 8 }) }, {});
    gemm("scalar addend", { input({ 4, 16 }), matrix({ 16, 8 }), weight({ 1 }) }, {});
    gemm("fed matrices", { input({ 7, 9 }), input({ 9, 5 }), input({ 5 }) }, {});
}

void addMatMulCases(std::vector<OpCase>& cases)
{
    const auto matMul = [&](const std::string& name, std::vector<Operand> operands, float alpha = 1) {
        cases.push_back(opCase("matmul " + name, OpKind::MatMul, std::move(operands),
            core::MatMulAttributes { .alpha = alpha }));
    };
    matMul("2d by weights", { input({ 8, 64 }), matrix({ 64, 48 }) });
    matMul("3d by weights", { input({ 2, 16, 64 }), matrix({ 64, 96 }) });
    matMul("3d by weights with bias", { input({ 2, 16, 64 }), matrix({ 64, 33 }), weight({ 33 }) });
    matMul("3d by weights of several depths", { input({ 2, 20, 800 }), matrix({ 800, 50 }), weight({ 50 }) });
    matMul("one row by weights", { input({ 1, 1, 64 }), matrix({ 64, 10 }), weight({ 10 }) });
    matMul("4d by weights", { input({ 2, 3, 5, 32 }), matrix({ 32, 24 }) });
    matMul("by stacked weights", { input({ 2, 5, 32 }), matrix({ 2, 32, 24 }) });
    matMul("2d", { input({ 8, 20 }), input({ 20, 12 }) });
    matMul("3d", { input({ 4, 8, 20 }), input({ 4, 20, 12 }) });
    matMul("heads", { input({ 2, 4, 16, 8 }), input({ 2, 4, 8, 16 }) });
    matMul("heads scaled", { input({ 2, 4, 16, 8 }), input({ 2, 4, 8, 16 }) }, 0.125F);
    matMul("3d by 2d", { input({ 4, 8, 20 }), input({ 20, 12 }) });
    matMul("2d by 3d", { input({ 8, 20 }), input({ 4, 20, 12 }) });
    matMul("4d broadcast", { input({ 2, 1, 6, 8 }), input({ 1, 3, 8, 5 }) });
    matMul("4d by 3d", { input({ 2, 3, 6, 8 }), input({ 3, 8, 5 }) });
    matMul("vector by matrix", { input({ 16 }), matrix({ 16, 8 }) });
    matMul("matrix by vector", { input({ 8, 16 }), input({ 16 }) });
    matMul("vectors", { input({ 16 }), input({ 16 }) });
    matMul("int32",
        { integers({ 3, 4 }, 50, core::ElementType::Int32),
            integers({ 4, 5 }, 50, core::ElementType::Int32) });
}

void addAttentionCases(std::vector<OpCase>& cases)
{
    const auto attention = [&](const std::string& name, std::vector<Operand> operands, std::int64_t heads) {
        cases.push_back(opCase("attention " + name, OpKind::FusedAttention, std::move(operands),
            core::AttentionAttributes { .heads = heads, .scale = 0.35F }));
    };
    const std::vector<double> mask { 0, 0, -10000, 0, 0, 0, -10000, 0, 0, 0, 0, 0, 0, -10000, -10000, 0 };
    attention("plain", { input({ 1, 16, 64 }), input({ 1, 16, 64 }), input({ 1, 16, 64 }) }, 4);
    attention("batch", { input({ 3, 12, 48 }), input({ 3, 12, 48 }), input({ 3, 12, 48 }) }, 3);
    attention("one head", { input({ 2, 5, 8 }), input({ 2, 5, 8 }), input({ 2, 5, 8 }) }, 1);
    attention("across", { input({ 2, 5, 32 }), input({ 2, 9, 32 }), input({ 2, 9, 32 }) }, 4);
    attention("masked keys",
        { input({ 2, 16, 32 }), input({ 2, 16, 32 }), input({ 2, 16, 32 }), given({ 2, 1, 1, 16 }, mask) },
        2);
    attention("masked scores",
        { input({ 2, 16, 32 }), input({ 2, 16, 32 }), input({ 2, 16, 32 }), input({ 2, 4, 16, 16 }) }, 4);
    attention("tiles", { input({ 2, 21, 96 }), input({ 2, 21, 96 }), input({ 2, 21, 96 }) }, 2);
    attention("tiles of other values",
        { input({ 1, 9, 64 }), input({ 1, 50, 64 }), input({ 1, 50, 32 }), input({ 1, 2, 9, 50 }) }, 2);
    attention("tiles, masked keys",
        { input({ 2, 16, 32 }), input({ 2, 16, 32 }), input({ 2, 16, 32 }), given({ 2, 1, 1, 16 }, mask) },
        1);
    attention("tiles, masked queries",
        { input({ 1, 16, 32 }), input({ 1, 17, 32 }), input({ 1, 17, 32 }), input({ 16, 1 }) }, 2);
    attention("one mask for all",
        { input({ 2, 16, 32 }), input({ 2, 16, 32 }), input({ 2, 16, 32 }), given({ 16, 16 }, mask) }, 4);
}

} // namespace

void addDenseCases(std::vector<OpCase>& cases)
{
    addConvCases(cases);
    addGemmCases(cases);
    addMatMulCases(cases);
    addAttentionCases(cases);
}

namespace {

/// Each kind of post-op alone, with parameters where it has some.
const std::vector<std::pair<std::string, PostOp>> kPostOps {
    { "relu", { .kind = PostOp::Kind::Relu } },
    { "clip", { .kind = PostOp::Kind::Clip, .alpha = 0, .beta = 0.5F } },
    { "sigmoid", { .kind = PostOp::Kind::Sigmoid } },
    { "hardsigmoid", { .kind = PostOp::Kind::HardSigmoid, .alpha = 0.3F, .beta = 0.4F } },
    { "hardswish", { .kind = PostOp::Kind::HardSwish } },
    { "tanh", { .kind = PostOp::Kind::Tanh } },
    { "gelu", { .kind = PostOp::Kind::Gelu } },
    { "gelutanh", { .kind = PostOp::Kind::GeluTanh } },
    { "linear", { .kind = PostOp::Kind::Linear, .alpha = 1.5F, .beta = -0.25F } },
    { "swish", { .kind = PostOp::Kind::Swish } },
};

PostOp addOf(int operand)
{
    return { .kind = PostOp::Kind::Add, .input = operand };
}

struct Host {
    std::string name;
    OpKind kind;
    std::vector<Operand> operands; // three: the last is a bias
    core::Attributes attributes;
    Shape output;
};

std::vector<Host> hosts()
{
    const ConvAttributes same { .pads = { 1, 1, 1, 1 } };
    const ConvAttributes depthwise { .pads = { 1, 1, 1, 1 }, .group = 24 };
    return {
        { "conv", OpKind::Conv, { input({ 2, 16, 9, 9 }), weight({ 24, 16, 3, 3 }), weight({ 24 }) }, same,
            { 2, 24, 9, 9 } },
        { "conv 1x1", OpKind::Conv, { input({ 2, 17, 7, 7 }), weight({ 35, 17, 1, 1 }), weight({ 35 }) },
            ConvAttributes {}, { 2, 35, 7, 7 } },
        { "conv in tiles", OpKind::Conv,
            { input({ 2, 32, 18, 15 }), weight({ 40, 32, 3, 3 }), weight({ 40 }) }, same, { 2, 40, 18, 15 } },
        { "conv depthwise", OpKind::Conv, { input({ 1, 24, 9, 9 }), weight({ 24, 1, 3, 3 }), weight({ 24 }) },
            depthwise, { 1, 24, 9, 9 } },
        { "matmul of many rows", OpKind::MatMul, { input({ 2, 19, 70 }), matrix({ 70, 83 }), weight({ 83 }) },
            core::MatMulAttributes {}, { 2, 19, 83 } },
        { "gemm", OpKind::Gemm, { input({ 3, 40 }), weight({ 24, 40 }), weight({ 24 }) },
            GemmAttributes { .transB = true }, { 3, 24 } },
        { "matmul", OpKind::MatMul, { input({ 2, 6, 40 }), matrix({ 40, 24 }), weight({ 24 }) },
            core::MatMulAttributes {}, { 2, 6, 24 } },
        { "matmul fed", OpKind::MatMul, { input({ 2, 6, 10 }), input({ 2, 10, 8 }), absent() },
            core::MatMulAttributes {}, { 2, 6, 8 } },
    };
}

} // namespace

void addEpilogueCases(std::vector<OpCase>& cases)
{
    for (const Host& host : hosts()) {
        const auto add
            = [&](const std::string& name, std::vector<Operand> operands, std::vector<PostOp> epilogue) {
                  cases.push_back(opCase(host.name + " then " + name, host.kind, std::move(operands),
                      host.attributes, { .epilogue = std::move(epilogue) }));
              };
        auto withResidual = host.operands;
        withResidual.push_back(input(host.output));
        auto withoutBias = withResidual;
        withoutBias[2] = absent();
        for (const auto& [name, post] : kPostOps) {
            add(name, host.operands, { post });
            add("residual and " + name, withResidual, { addOf(3), post });
        }
        add("residual", withResidual, { addOf(3) });
        add("residual without bias", withoutBias, { addOf(3) });
        add("relu then residual", withResidual, { { .kind = PostOp::Kind::Relu }, addOf(3) });
    }
    cases.push_back(opCase("add then relu", OpKind::Add, { input({ 2, 16, 7, 7 }), input({ 2, 16, 7, 7 }) },
        core::NoAttributes {}, { .epilogue = { { .kind = PostOp::Kind::Relu } } }));
}

} // namespace support
