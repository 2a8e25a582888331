// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/shape_inference.h"
#include "tests/support/rule_case.h"

#include <QTest>
#include <limits>

using namespace core;
using support::absent;
using support::constants;
using support::flags;
using support::input;
using support::integers;
using support::opCase;
using support::Operand;
using support::Rule;
using support::rule;

namespace {

constexpr std::int64_t kHuge = std::numeric_limits<std::int32_t>::max();
constexpr double kFar = 4e9;

Operand halves(Shape shape)
{
    return { .shape = std::move(shape), .type = ElementType::Int32 };
}

std::vector<Rule> windowRules()
{
    const auto conv = [](Shape x, Shape w, ConvAttributes attributes, const char* expected) {
        return rule(
            OpKind::Conv, { input(std::move(x)), input(std::move(w)) }, std::move(attributes), expected);
    };
    const auto pool = [](Shape x, PoolAttributes attributes, const char* expected) {
        return rule(OpKind::MaxPool, { input(std::move(x)) }, std::move(attributes), expected);
    };
    return {
        conv({ 2, 3, 224, 224 }, { 64, 3, 7, 7 }, { .strides = { 2, 2 }, .pads = { 3, 3, 3, 3 } },
            "[2, 64, 112, 112]"),
        conv({ 1, 4, 10 }, { 8, 2, 3 }, { .dilations = { 2 }, .group = 2 }, "[1, 8, 6]"),
        conv({ 1, 1, 5, 5 }, { 1, 1, 2, 2 }, { .autoPad = AutoPad::SameLower, .strides = { 2, 2 } },
            "[1, 1, 3, 3]"),
        conv({ 1, 3 }, { 4, 3 }, {},
            "convolves [1, 3] with weights [4, 3], expected both to have one rank of 3 or more."),
        conv({ 1, 3, 8, 8 }, { 4, 3, 3 }, {},
            "convolves [1, 3, 8, 8] with weights [4, 3, 3], expected both to have one rank of 3 or more."),
        conv({ 1, 3, 8, 8 }, { 4, 2, 3, 3 }, {},
            "has weights for 2 channels in each of 1 groups, but 3 input channels."),
        conv({ 1, 3, 8, 8 }, { 4, 1, 3, 3 }, { .group = kHuge },
            "has weights for 1 channels in each of 2147483647 groups, but 3 input channels."),
        conv({ 1, 4, 8, 8 }, { 5, 2, 3, 3 }, { .group = 2 },
            "has 5 output channels, which 2 groups do not divide."),
        rule(OpKind::Conv, { input({ 1, 3, 8, 8 }), input({ 4, 3, 3, 3 }), input({ 5 }) }, ConvAttributes {},
            "has a bias of shape [5] for 4 output channels."),
        rule(OpKind::Conv, { halves({ 1, 3, 8, 8 }), halves({ 4, 3, 3, 3 }) }, ConvAttributes {},
            "takes floating-point numbers as input 1, not int32."),
        conv({ 1, 3, 8, 8 }, { 4, 3, 3, 3 }, { .kernel = { 5, 5 } },
            "has kernel_shape [5, 5] and weights of [3, 3]."),
        conv({ 1, 3, 8, 8 }, { 4, 3, 3, 3 }, { .strides = { 2 } }, "has 1 strides for 2 spatial dimensions."),
        conv({ 1, 3, 8, 8 }, { 4, 3, 3, 3 }, { .dilations = { 1, 1, 1 } },
            "has 3 dilations for 2 spatial dimensions."),
        conv({ 1, 3, 8, 8 }, { 4, 3, 3, 3 }, { .pads = { 1, 1 } }, "has 2 pads for 2 spatial dimensions."),
        conv({ 1, 3, 8, 8 }, { 4, 3, 0, 3 }, {}, "has a kernel of [0, 3]."),
        conv({ 1, 3, 8, 8 }, { 4, 3, 9, 9 }, {}, "has a window of 9 elements over 8 of its input."),
        conv({ 1, 3, 8, 8 }, { 4, 3, 3, 3 }, { .dilations = { kHuge, kHuge } },
            "has a window of 4294967295 elements over 8 of its input."),
        pool({ 1, 4, 4, 4 }, { .kernel = { 3, 3 }, .strides = { 2, 2 }, .ceilMode = true }, "[1, 4, 2, 2]"),
        pool({ 1, 4, 2, 2 }, { .kernel = { 1, 1 }, .strides = { 2, 2 }, .ceilMode = true }, "[1, 4, 1, 1]"),
        pool({ 1, 4, 4 }, { .kernel = { 3, 3 } }, "has a kernel of 2 dimensions for 1 spatial ones."),
        pool({ 1, 4 }, { .kernel = { 3 } },
            "pools [1, 4], expected batch, channels and one spatial dimension or more."),
        pool({ 1, 4, 1, 1, 1 },
            { .kernel = { kHuge, kHuge, kHuge }, .pads = { kHuge, kHuge, kHuge, 0, 0, 0 } },
            "makes a tensor of more than 2^62 elements."),
        rule(OpKind::MaxPool, { flags({ 1, 4, 4 }) }, PoolAttributes { .kernel = { 2 } },
            "takes numbers as input 1, not bool."),
        rule(OpKind::GlobalMaxPool, { input({ 2, 3 }) },
            "pools [2, 3], expected batch, channels and one spatial dimension or more."),
    };
}

std::vector<Rule> productRules()
{
    const auto gemm = [](Shape a, Shape b, GemmAttributes attributes, const char* expected) {
        return rule(OpKind::Gemm, { input(std::move(a)), input(std::move(b)) }, attributes, expected);
    };
    const auto matMul = [](Shape a, Shape b, const char* expected) {
        return rule(
            OpKind::MatMul, { input(std::move(a)), input(std::move(b)) }, MatMulAttributes {}, expected);
    };
    const auto attention = [](Shape q, Shape k, Shape v, std::int64_t heads, const char* expected) {
        return rule(OpKind::FusedAttention, { input(std::move(q)), input(std::move(k)), input(std::move(v)) },
            AttentionAttributes { .heads = heads }, expected);
    };
    return {
        gemm({ 4, 3 }, { 5, 3 }, { .transB = true }, "[4, 5]"),
        gemm({ 1, 2048 }, { 1000, 512 }, {}, "multiplies [1, 2048] by [1000, 512]."),
        gemm({ 2, 3 }, { 3, 4 }, { .transA = true, .transB = true },
            "multiplies [2, 3] transposed by [3, 4] transposed."),
        gemm({ 1, 2, 3 }, { 3, 4 }, {}, "multiplies [1, 2, 3] by [3, 4]."),
        rule(OpKind::Gemm, { input({ 2, 3 }), input({ 3, 4 }), input({ 3 }) }, GemmAttributes {},
            "adds [3] to a product of shape [2, 4]."),
        rule(OpKind::Gemm, { input({ 2, 3 }), halves({ 3, 4 }) }, GemmAttributes {},
            "mixes float32 and int32."),
        matMul({ 7, 1, 2, 3 }, { 5, 3, 4 }, "[7, 5, 2, 4]"),
        matMul({ 3 }, { 3 }, "[]"),
        matMul({ 2, 3 }, { 4, 5 }, "multiplies [2, 3] by [4, 5]."),
        matMul({ 2, 2, 3 }, { 5, 3, 4 }, "cannot broadcast [2] and [5] to one shape."),
        matMul({}, { 3 }, "multiplies [] by [3], expected one dimension or more."),
        rule(OpKind::MatMul, { input({ 2, 3 }), input({ 3, 4 }), input({ 3 }) }, MatMulAttributes {},
            "has a bias of shape [3] for 4 columns."),
        attention({ 2, 5, 8 }, { 2, 7, 8 }, { 2, 7, 4 }, 2, "[2, 5, 4]"),
        attention({ 2, 5, 8 }, { 2, 7, 8 }, { 2, 6, 8 }, 2,
            "attends with queries [2, 5, 8], keys [2, 7, 8] and values [2, 6, 8]."),
        attention({ 2, 5, 8 }, { 2, 7, 8 }, { 2, 7, 8 }, 3, "has 3 heads for 8 and 8 channels."),
        attention({ 2, 5, 8 }, { 2, 7, 8 }, { 2, 7, 8 }, 0, "has 0 heads for 8 and 8 channels."),
        rule(OpKind::FusedAttention,
            { input({ 2, 5, 8 }), input({ 2, 7, 8 }), input({ 2, 7, 8 }), input({ 5 }) },
            AttentionAttributes {}, "has a mask of shape [5] for scores of shape [2, 1, 5, 7]."),
    };
}

std::vector<Rule> elementwiseRules()
{
    const Attributes bounds = ActivationAttributes {};
    return {
        rule(OpKind::Add, { input({ 2, 1, 4 }), input({ 3, 1 }) }, "[2, 3, 4]"),
        rule(OpKind::Add, { input({ 2, 3 }), input({ 2 }) }, "cannot broadcast [2, 3] and [2] to one shape."),
        rule(OpKind::Add, { input({ 2 }), absent() }, "lacks its input 2."),
        rule(OpKind::Add, { flags({ 2 }), flags({ 2 }) }, "takes numbers as input 1, not bool."),
        rule(OpKind::Relu, { input({ 2 }), input({ 2 }) }, "has 2 inputs, expected 1 to 1."),
        rule(OpKind::Sum, {}, "has 0 inputs, expected 1 to any number."),
        rule(OpKind::Sum, { input({ 2, 1 }), input({ 3 }), input({ 1, 2, 1 }) }, "[1, 2, 3]"),
        rule(OpKind::Relu, { input({ 2 }) }, NoAttributes {}, "has 2 outputs, expected 1 to 1.", 2),
        rule(OpKind::Greater, { input({ 2 }), input({ 3, 1 }) }, "[3, 2]"),
        rule(OpKind::And, { input({ 2 }), input({ 2 }) }, "takes bool as input 1, not float32."),
        rule(OpKind::Where, { flags({ 2 }), input({ 2 }), integers({ 2 }, 3) }, "mixes float32 and int64."),
        rule(OpKind::PRelu, { input({ 2, 3 }), input({ 2 }) },
            "has a slope of shape [2], which does not broadcast to [2, 3]."),
        rule(OpKind::Clip, { input({ 2, 3 }), input({ 2 }) }, bounds,
            "has a bound of shape [2], expected a scalar."),
        rule(OpKind::Cast, { input({ 2 }) }, CastAttributes { ElementType::String },
            "casts to a type that is not supported."),
        rule(OpKind::Softmax, { input({ 2, 3 }) }, AxisAttributes { .axis = 2 },
            "has axis 2, which a tensor of 2 dimensions does not have."),
        rule(OpKind::Softmax, { input({ 2, 3 }) }, AxisAttributes { .axis = 2, .flattened = true }, "[2, 3]"),
        rule(OpKind::BatchNormalization,
            { input({}), input({ 1 }), input({ 1 }), input({ 1 }), input({ 1 }) }, BatchNormAttributes {},
            "normalises a scalar."),
        rule(OpKind::BatchNormalization,
            { input({ 2, 3 }), input({ 3 }), input({ 2 }), input({ 3 }), input({ 3 }) },
            BatchNormAttributes {}, "has a parameter of shape [2] for 3 channels."),
        rule(OpKind::LayerNormalization, { input({ 2, 3 }), input({ 2 }) }, NormAttributes {},
            "has a parameter of shape [2], which does not broadcast to [3]."),
        rule(OpKind::LayerNormalization, { input({ 2, 3, 4 }), input({ 4 }) }, NormAttributes {},
            "[2, 3, 4] [2, 3, 1] [2, 3, 1]", 3),
    };
}

std::vector<Rule> reductionRules()
{
    const auto sum = [](std::vector<Operand> operands, AxesAttributes attributes, const char* expected) {
        return rule(OpKind::ReduceSum, std::move(operands), std::move(attributes), expected);
    };
    return {
        sum({ input({ 2, 3, 4 }), constants({ 0, -1 }) }, { .keepDims = false }, "[3]"),
        sum({ input({ 2, 3, 4 }) }, { .noopWithEmptyAxes = true }, "[2, 3, 4]"),
        sum({ input({ 2, 3 }) }, { .axes = Shape { 2 } },
            "has axis 2, which a tensor of 2 dimensions does not have."),
        sum({ input({ 2, 3 }) }, { .axes = Shape { 1, -1 } }, "has axis -1 twice."),
        sum({ input({ 2, 3 }), integers({ 1 }, 1) }, {}, "open"),
        sum({ input({ 2, 3 }), Operand { .shape = { 1 }, .constant = true, .values = { 1 } } }, {},
            "takes its axes from float32, expected int32 or int64."),
        sum({ flags({ 2, 3 }) }, {}, "takes numbers as input 1, not bool."),
        rule(OpKind::ArgMax, { input({ 2, 3 }) }, AxesAttributes { .axes = Shape { 1 }, .keepDims = false },
            "[2]"),
        rule(OpKind::ArgMax, { input({ 2, 0 }) }, AxesAttributes { .axes = Shape { 1 } },
            "looks for an extreme in [2, 0], which is empty there."),
    };
}

std::vector<Rule> reshapeRules()
{
    const auto reshape
        = [](Shape shape, std::vector<double> target, const char* expected, bool allowZero = false) {
              return rule(OpKind::Reshape, { input(std::move(shape)), constants(std::move(target)) },
                  ReshapeAttributes { .allowZero = allowZero }, expected);
          };
    const auto unsqueeze = [](Shape shape, std::vector<double> axes, const char* expected) {
        return rule(OpKind::Unsqueeze, { input(std::move(shape)), constants(std::move(axes)) },
            AxesAttributes {}, expected);
    };
    return {
        reshape({ 2, 3, 4 }, { 0, -1 }, "[2, 12]"),
        reshape({ 2, 3, 4 }, { 5, -1 }, "reshapes [2, 3, 4] to [5, -1]."),
        reshape({ 2, 3 }, { -1, -1 }, "reshapes [2, 3] to [-1, -1], which leaves a dimension open."),
        reshape({ 2, 3 }, { -2, 3 }, "reshapes [2, 3] to [-2, 3]."),
        reshape({ 2 }, { 2, 0 }, "reshapes [2] to [2, 0]."),
        reshape({ 3, 0 }, { 0, -1 }, "reshapes [3, 0] to [0, -1], which leaves a dimension open.", true),
        reshape({ 2 }, { kFar, kFar, kFar, -1 }, "makes a tensor of more than 2^62 elements."),
        reshape({ 2 }, { 1, 1, 1, 1, 1, 1, 1, 1, 2 },
            "makes a tensor that has 9 dimensions, expected at most 8."),
        rule(OpKind::Flatten, { input({ 2, 3, 4 }) }, AxisAttributes { .axis = 3 }, "[24, 1]"),
        rule(OpKind::Flatten, { input({ 2, 3, 4 }) }, AxisAttributes { .axis = 4 },
            "has axis 4, which a tensor of 3 dimensions does not have."),
        rule(OpKind::Squeeze, { input({ 1, 3, 1 }), constants({ 0 }) }, AxesAttributes {}, "[3, 1]"),
        rule(OpKind::Squeeze, { input({ 1, 3, 1 }), constants({ 1 }) }, AxesAttributes {},
            "squeezes dimension 1 of [1, 3, 1]."),
        unsqueeze({ 3 }, { 0, -1 }, "[1, 3, 1]"),
        unsqueeze({ 3 }, { 0, 0 }, "has axis 0 twice."),
        unsqueeze({ 3 }, { 2 }, "has axis 2, which a tensor of 2 dimensions does not have."),
        rule(OpKind::Unsqueeze, { input({ 3 }) }, AxesAttributes {}, "has no axes."),
        rule(OpKind::Transpose, { input({ 2, 3, 4 }) }, TransposeAttributes {}, "[4, 3, 2]"),
        rule(OpKind::Transpose, { input({ 2, 3 }) }, TransposeAttributes { { 0, 1, 2 } },
            "permutes 3 dimensions of a tensor that has 2."),
        rule(OpKind::Transpose, { input({ 2, 3 }) }, TransposeAttributes { { 1, 1 } }, "has axis 1 twice."),
        rule(OpKind::Expand, { input({ 3, 1 }), constants({ 2, 1, 4 }) }, "[2, 3, 4]"),
        rule(OpKind::Expand, { input({ 3 }), constants({ -1 }) }, "expands [3] to [-1]."),
        rule(OpKind::Expand, { input({ 1 }), constants({ kFar, kFar }) },
            "makes a tensor that has shape [4000000000, 4000000000], which is too large."),
        rule(OpKind::Tile, { input({ 2, 3 }), constants({ 2, 0 }) }, "[4, 0]"),
        rule(OpKind::Tile, { input({ 2, 3 }), constants({ 2 }) }, "has 1 repeats for 2 dimensions."),
        rule(OpKind::Tile, { input({ 2 }), constants({ -1 }) }, "repeats -1 times."),
        rule(OpKind::Tile, { input({ 4 }), constants({ 4e18 }) },
            "makes a tensor of more than 2^62 elements."),
    };
}

std::vector<Rule> partRules()
{
    const auto concat = [](Shape a, Shape b, std::int64_t axis, const char* expected) {
        return rule(OpKind::Concat, { input(std::move(a)), input(std::move(b)) },
            AxisAttributes { .axis = axis }, expected);
    };
    const auto split
        = [](std::vector<Operand> operands, AxisAttributes attributes, int outputs, const char* expected) {
              return rule(OpKind::Split, std::move(operands), std::move(attributes), expected, outputs);
          };
    const auto slice = [](std::vector<Operand> limits, const char* expected) {
        limits.insert(limits.begin(), input({ 5, 6 }));
        return rule(OpKind::Slice, std::move(limits), AxesAttributes {}, expected);
    };
    const auto pad = [](std::vector<double> pads, const char* expected, PadAttributes attributes = {}) {
        return rule(
            OpKind::Pad, { input({ 2, 3 }), constants(std::move(pads)) }, std::move(attributes), expected);
    };
    return {
        concat({ 2, 3 }, { 2, 4 }, -1, "[2, 7]"),
        concat({ 2, 3 }, { 2, 4 }, 0, "joins [2, 3] and [2, 4]."),
        concat({ 2, 3 }, { 2 }, 0, "joins [2, 3] and [2]."),
        split({ input({ 6, 2 }) }, {}, 3, "[2, 2] [2, 2] [2, 2]"),
        split({ input({ 7, 2 }) }, { .outputs = 3 }, 3, "[3, 2] [3, 2] [1, 2]"),
        split({ input({ 7, 2 }) }, {}, 3, "splits 7 elements into 3 equal outputs."),
        split({ input({ 2, 2 }) }, { .outputs = 5 }, 5, "splits 2 elements into 5 outputs."),
        split({ input({ 7, 2 }), constants({ 3, 5 }) }, {}, 2, "splits 7 elements into 2 outputs of [3, 5]."),
        split(
            { input({ 7, 2 }), constants({ 9, -2 }) }, {}, 2, "splits 7 elements into 2 outputs of [9, -2]."),
        split({ input({ 7, 2 }), constants({ 7 }) }, {}, 2, "splits 7 elements into 2 outputs of [7]."),
        slice({ constants({ 1 }), constants({ -1 }), constants({ 0 }) }, "[3, 6]"),
        slice({ constants({ -9e18 }), constants({ 9e18 }), constants({ 1 }), constants({ 9e18 }) }, "[5, 1]"),
        slice(
            { constants({ 9e18 }), constants({ -9e18 }), constants({ 1 }), constants({ -9e18 }) }, "[5, 1]"),
        slice({ constants({ 3 }), constants({ 3 }) }, "[0, 6]"),
        slice({ constants({ 1 }), constants({ 2 }), constants({ 0 }), constants({ 0 }) }, "has step 0."),
        slice({ constants({ 1, 2 }), constants({ 2 }) }, "has 2 starts, 1 ends, 2 axes and 2 steps."),
        slice({ constants({ 1 }), constants({ 2 }), constants({ 7 }) },
            "has axis 7, which a tensor of 2 dimensions does not have."),
        rule(OpKind::Gather, { input({ 4, 5 }), integers({ 2, 3 }, 4) }, AxisAttributes { .axis = 1 },
            "[4, 2, 3]"),
        rule(OpKind::Gather, { input({ 4, 5 }), input({ 2 }) }, AxisAttributes {},
            "takes int32 or int64 as input 2, not float32."),
        rule(OpKind::Gather, { constants({ 1, 2, 3 }), constants({ 3 }) }, AxisAttributes {},
            "reads index 3 of a dimension of 3."),
        pad({ 1, 0, 0, 2 }, "[3, 5]"),
        pad({ 1, 0 }, "has 2 pads for 2 dimensions."),
        pad({ 0, -2, 0, -2 }, "pads dimension 1 of [2, 3] by -2 and -2."),
        pad({ 9e18, 0, 9e18, 0 }, "pads by [9000000000000000000, 0, 9000000000000000000, 0]."),
        rule(OpKind::Pad, { input({ 2 }), constants({ 1, 1 }), input({ 2 }) }, PadAttributes {},
            "has a value of shape [2] and type float32, expected one float32."),
        rule(OpKind::Pad, { input({ 2, 0 }), constants({ 0, 1, 0, 1 }) },
            PadAttributes { .mode = PadAttributes::Mode::Edge }, "pads dimension 1 of [2, 0] by 1 and 1."),
    };
}

std::vector<Rule> constantRules()
{
    const auto limit
        = [](double value) { return Operand { .shape = {}, .constant = true, .values = { value } }; };
    const ConstantAttributes one { std::make_shared<const Tensor>(
        Tensor::of<float>(ElementType::Float32, { 1 }, { 1 })) };
    return {
        rule(OpKind::Constant, {}, ConstantAttributes {},
            "holds a value that is not a dense tensor of numbers."),
        rule(OpKind::ConstantOfShape, { constants({ 2, 0 }) }, one, "[2, 0]"),
        rule(OpKind::ConstantOfShape, { constants({ 2, -1 }) }, one, "makes a tensor of shape [2, -1]."),
        rule(OpKind::ConstantOfShape, { constants({ 2 }) }, ConstantAttributes {},
            "holds a value that is not a number."),
        rule(OpKind::Shape, { input({ 2, 3, 4 }) }, ShapeAttributes { .start = 1, .end = -1 }, "[1]"),
        rule(OpKind::Shape, { input({ 2, 3, 4 }) }, ShapeAttributes { .start = 2, .end = 1 }, "[0]"),
        rule(OpKind::Range, { limit(1), limit(2), limit(0.25) }, "[4]"),
        rule(OpKind::Range, { limit(1), limit(0), limit(1) }, "[0]"),
        rule(OpKind::Range, { limit(0), limit(1), limit(0) }, "has a step of 0."),
        rule(OpKind::Range, { limit(0), limit(0x1p50), limit(1) },
            "counts from 0 to 1125899906842624 in steps of 1."),
        rule(OpKind::Range, { limit(0), input({ 2 }), limit(1) }, "open"),
        rule(OpKind::Range, { limit(0), Operand { .shape = { 2 }, .constant = true }, limit(1) },
            "has a limit of shape [2], expected a scalar."),
        rule(OpKind::Div, { constants({ 1 }), constants({ 0 }) }, "divides by zero."),
        rule(OpKind::Mod, { constants({ 1 }), constants({ 0 }) }, ModAttributes {}, "divides by zero."),
        rule(OpKind::Unknown, { input({ 1 }) }, "is of an operator that is not implemented."),
    };
}

std::vector<Rule> selectionRules()
{
    const auto elements = [](Shape data, Shape indices, const char* expected) {
        return rule(OpKind::GatherElements, { input(std::move(data)), integers(std::move(indices), 1) },
            AxisAttributes { .axis = 1 }, expected);
    };
    const auto eye = [](Shape shape, Shape diagonal, const char* expected) {
        return rule(OpKind::Trilu, { input(std::move(shape)), integers(std::move(diagonal), 1) },
            TriangleAttributes {}, expected);
    };
    return {
        elements({ 4, 5 }, { 3, 9 }, "[3, 9]"),
        elements({ 4, 5 }, { 5, 5 }, "picks by indices of shape [5, 5] from [4, 5]."),
        elements({ 4, 5 }, { 4 }, "picks by indices of shape [4] from [4, 5]."),
        rule(OpKind::GatherElements, { constants({ 1, 2, 3 }), constants({ 0, -4 }) }, AxisAttributes {},
            "reads index -4 of a dimension of 3."),
        eye({ 2, 3, 4 }, {}, "[2, 3, 4]"),
        eye({ 3 }, {}, "takes a triangle of [3], expected two dimensions or more."),
        eye({ 3, 4 }, { 2 }, "has a diagonal of shape [2], expected a scalar."),
    };
}

std::vector<Rule> scatterRules()
{
    const auto elements = [](Shape data, Shape indices, Shape updates, const char* expected) {
        return rule(OpKind::ScatterElements,
            { input(std::move(data)), integers(std::move(indices), 1), input(std::move(updates)) },
            ScatterAttributes {}, expected);
    };
    const auto tuples = [](Shape data, Shape indices, Shape updates, const char* expected) {
        return rule(OpKind::ScatterND,
            { input(std::move(data)), integers(std::move(indices), 1), input(std::move(updates)) },
            ScatterAttributes {}, expected);
    };
    const auto cache = [](Shape cached, Shape update, Operand places, const char* expected) {
        return rule(OpKind::TensorScatter,
            { Operand { .shape = std::move(cached), .constant = true },
                Operand { .shape = std::move(update), .constant = true }, std::move(places) },
            TensorScatterAttributes {}, expected);
    };
    const auto gather = [](Shape data, Shape indices, std::int64_t batchDims, const char* expected) {
        return rule(OpKind::GatherND, { input(std::move(data)), integers(std::move(indices), 1) },
            GatherNdAttributes { batchDims }, expected);
    };
    return {
        elements({ 4, 5 }, { 6, 5 }, { 6, 5 }, "[4, 5]"),
        elements({ 4, 5 }, { 2, 6 }, { 2, 6 }, "writes [2, 6] by indices of shape [2, 6] into [4, 5]."),
        elements({ 4, 5 }, { 2, 3 }, { 2, 2 }, "writes [2, 2] by indices of shape [2, 3] into [4, 5]."),
        rule(OpKind::ScatterElements, { input({ 4 }), integers({ 2 }, 1), flags({ 2 }) },
            ScatterAttributes {}, "mixes float32 and bool."),
        tuples({ 4, 5, 6 }, { 7, 2 }, { 7, 6 }, "[4, 5, 6]"),
        tuples({ 4, 5, 6 }, { 7, 4 }, { 7 }, "writes into [4, 5, 6] by indices of shape [7, 4]."),
        tuples({ 4, 5, 6 }, { 7, 2 }, { 7, 5 },
            "writes [7, 5] by indices of shape [7, 2] into [4, 5, 6], expected [7, 6]."),
        cache({ 1, 6, 4 }, { 1, 2, 4 }, constants({ 4 }), "[1, 6, 4]"),
        cache({ 1, 6, 4 }, { 1, 2, 4 }, constants({ 5 }), "writes 2 elements at 5 of a cache of 6."),
        cache({ 1, 6, 4 }, { 1, 2, 4 }, constants({ 1, 2 }), "has places of shape [2] for a batch of 1."),
        cache({ 1, 6, 4 }, { 1, 7, 4 }, constants({ 0 }),
            "writes [1, 7, 4] into a cache of [1, 6, 4] along axis 1."),
        rule(OpKind::TensorScatter, { input({ 2, 3 }), flags({ 2, 3 }) },
            TensorScatterAttributes { .axis = 1 }, "mixes float32 and bool."),
        gather({ 2, 4, 5 }, { 2, 3, 1 }, 1, "[2, 3, 5]"),
        gather({ 2, 4, 5 }, { 3, 4 }, 0,
            "picks by indices of shape [3, 4] from [2, 4, 5] with 0 batch dimensions."),
        gather({ 2, 4, 5 }, { 3, 1 }, 1,
            "picks by indices of shape [3, 1] from [2, 4, 5] with 1 batch dimensions."),
    };
}

std::vector<Rule> orderRules()
{
    const auto space = [](OpKind kind, Shape shape, std::int64_t block, const char* expected) {
        return rule(kind, { input(std::move(shape)) }, DepthSpaceAttributes { .block = block }, expected);
    };
    const auto hot = [](double depth, Shape values, std::int64_t axis, const char* expected) {
        return rule(OpKind::OneHot, { integers({ 2, 3 }, 2), constants({ depth }), input(std::move(values)) },
            OneHotAttributes { axis }, expected);
    };
    const auto crop = [](std::vector<double> target, const char* expected) {
        return rule(OpKind::CenterCropPad, { input({ 2, 3 }), constants(std::move(target)) },
            CenterCropPadAttributes {}, expected);
    };
    return {
        rule(OpKind::TopK, { input({ 2, 5 }), constants({ 3 }) }, TopKAttributes {}, "[2, 3] [2, 3]", 2),
        rule(OpKind::TopK, { input({ 2, 5 }), constants({ 6 }) }, TopKAttributes {},
            "takes [6] of 5 elements."),
        rule(OpKind::TopK, { input({ 2, 5 }) }, TopKAttributes {}, "has no count."),
        hot(4, { 2 }, 1, "[2, 4, 3]"),
        hot(0, { 2 }, 1, "has depth 0, expected 1 or more."),
        hot(4, { 3 }, 1, "has values of shape [3], expected [2]."),
        hot(4, { 2 }, 3, "has axis 3, which a tensor of 3 dimensions does not have."),
        rule(OpKind::OneHot, { integers({ 2 }, 2), constants({ 1, 2 }), input({ 2 }) }, OneHotAttributes {},
            "has a depth of shape [2], expected a scalar."),
        rule(OpKind::EyeLike, { input({ 2, 3, 4 }) }, EyeAttributes {},
            "makes a matrix like [2, 3, 4], expected two dimensions."),
        rule(OpKind::EyeLike, { input({ 2, 3 }) }, EyeAttributes { .type = ElementType::Undefined },
            "makes a matrix of a type that is not supported."),
        space(OpKind::DepthToSpace, { 1, 8, 2, 3 }, 2, "[1, 2, 4, 6]"),
        space(OpKind::DepthToSpace, { 1, 6, 2, 3 }, 2, "has 6 channels, which blocks of 4 do not divide."),
        space(OpKind::DepthToSpace, { 8, 2, 3 }, 2, "rearranges [8, 2, 3], expected four dimensions."),
        space(OpKind::DepthToSpace, { 1, 8, 2, 3 }, 0, "has blocksize 0, expected 1 to 1073741824."),
        space(OpKind::SpaceToDepth, { 1, 2, 4, 6 }, 2, "[1, 8, 2, 3]"),
        space(OpKind::SpaceToDepth, { 1, 2, 4, 5 }, 2, "has 4 by 5 places, which blocks of 2 do not divide."),
        rule(OpKind::ReverseSequence, { input({ 4, 2 }), integers({ 2 }, 1) },
            ReverseSequenceAttributes { .batchAxis = 1, .timeAxis = 1 },
            "has batch axis 1 and time axis 1 for [4, 2], expected 0 and 1 or 1 and 0."),
        rule(OpKind::ReverseSequence, { input({ 4, 2 }), integers({ 4 }, 1) }, ReverseSequenceAttributes {},
            "has lengths of shape [4] for [4, 2]."),
        rule(OpKind::ReverseSequence,
            { Operand { .shape = { 4, 2 }, .constant = true }, constants({ 1, 5 }) },
            ReverseSequenceAttributes {}, "reverses 5 of 4 elements."),
        crop({ 5, 1 }, "[5, 1]"),
        crop({ 5 }, "crops [2, 3] to [5]."),
        crop({ 5, -1 }, "crops [2, 3] to [5, -1]."),
        rule(OpKind::Det, { input({ 2, 3, 4 }) },
            "takes the determinant of [2, 3, 4], expected square matrices."),
    };
}

std::vector<Rule> einsumRules()
{
    const auto einsum = [](const char* equation, Shape a, Shape b, const char* expected) {
        return rule(OpKind::Einsum, { input(std::move(a)), input(std::move(b)) },
            EinsumAttributes { equation }, expected);
    };
    return {
        einsum("ij,jk", { 2, 3 }, { 3, 4 }, "[2, 4]"),
        einsum("bA,ab", { 2, 3 }, { 4, 2 }, "[3, 4]"), // capitals first
        einsum("...i,...i->...", { 5, 2, 3 }, { 2, 3 }, "[5, 2]"),
        einsum("ij,jk->ik", { 2, 3 }, { 4, 4 },
            "has the equation \"ij,jk->ik\", in which a dimension is 3 and 4."),
        einsum("ij,jk->ik", { 2, 3 }, { 3 }, "has the equation \"ij,jk->ik\" for [3]."),
        einsum("ij,...jk", { 2, 3 }, { 3 }, "has the equation \"ij,...jk\" for [3]."),
        einsum("ij->i", { 2, 3 }, { 3 }, "has the equation \"ij->i\" for 2 operands."),
        einsum("i1,jk", { 2, 3 }, { 3 }, "has the equation \"i1,jk\", which is none."),
        einsum("ij,jk->iz", { 2, 3 }, { 3, 4 },
            "has the equation \"ij,jk->iz\", whose output does not follow from its operands."),
        einsum("ij,jk->ii", { 2, 3 }, { 3, 4 },
            "has the equation \"ij,jk->ii\", whose output does not follow from its operands."),
    };
}

std::vector<Rule> findingRules()
{
    const auto boxes = [](Shape corners, Shape scores, Operand most, const char* expected) {
        return rule(OpKind::NonMaxSuppression,
            { input(std::move(corners)), input(std::move(scores)), std::move(most) }, BoxAttributes {},
            expected);
    };
    return {
        boxes({ 1, 6, 4 }, { 1, 2, 5 }, absent(),
            "has boxes of shape [1, 6, 4] and scores of shape [1, 2, 5]."),
        boxes({ 1, 6, 4 }, { 1, 2, 6 }, constants({ 1, 2 }), "has a limit of shape [2], expected a scalar."),
        rule(OpKind::NonMaxSuppression, { flags({ 1, 6, 4 }), input({ 1, 2, 6 }) }, BoxAttributes {},
            "takes float32 as input 1, not bool."),
        rule(OpKind::Compress, { input({ 2, 3 }), flags({ 4 }) }, CompressAttributes { 1 },
            "picks by flags of shape [4] from 3 elements."),
        rule(OpKind::Unique, { input({ 2, 3 }) }, UniqueAttributes { .axis = 2 },
            "has axis 2, which a tensor of 2 dimensions does not have."),
        rule(OpKind::NonZero, { constants({ 5, 0, 7 }) }, "[1, 2]"),
        rule(OpKind::Unique, { constants({ 5, 0, 5 }) }, UniqueAttributes {}, "[2] [2] [3] [2]", 4),
    };
}

std::vector<Rule> generatingRules()
{
    const auto scalar = [](double value, ElementType type = ElementType::Int64) {
        return Operand { .shape = {}, .type = type, .constant = true, .values = { value } };
    };
    const auto mel = [&](double bins, double lowest, const char* expected) {
        return rule(OpKind::MelWeightMatrix,
            { scalar(bins), scalar(16), scalar(8000), scalar(lowest, ElementType::Float32),
                scalar(4000, ElementType::Float32) },
            MelAttributes {}, expected);
    };
    const auto multinomial = [](Shape shape, MultinomialAttributes attributes, const char* expected) {
        return rule(OpKind::Multinomial, { input(std::move(shape)) }, attributes, expected);
    };
    const auto dropout = [](Operand ratio, const char* expected) {
        return rule(OpKind::Dropout,
            { Operand { .shape = { 2 }, .constant = true }, std::move(ratio),
                Operand { .shape = {}, .type = ElementType::Bool, .constant = true, .values = { 1 } } },
            DropoutAttributes {}, expected);
    };
    return {
        rule(OpKind::HannWindow, { scalar(6) }, WindowAttributes {}, "[6]"),
        rule(OpKind::HannWindow, { scalar(-1) }, WindowAttributes {}, "has a size of -1."),
        rule(OpKind::HannWindow, { scalar(1) }, WindowAttributes { .type = ElementType::Bool },
            "makes a window of bool, expected numbers."),
        mel(4, 0, "[9, 4]"),
        mel(-1, 0, "has -1 bins, length 16 and sample rate 8000."),
        mel(1, 8000, "has an edge at 8000 hertz, which no row of its spectrum is."),
        rule(OpKind::MelWeightMatrix,
            { scalar(4), scalar(16), scalar(8000), scalar(0, ElementType::Float32),
                scalar(4000, ElementType::Float32) },
            MelAttributes { .type = ElementType::Bool }, "makes a matrix of bool, expected numbers."),
        rule(OpKind::RandomNormal, {}, RandomNormalAttributes { .shape = Shape { 2, 3 } }, "[2, 3]"),
        rule(OpKind::RandomNormal, {}, RandomNormalAttributes {}, "has no \"shape\"."),
        rule(OpKind::RandomUniform, {}, RandomUniformAttributes { .shape = Shape { -1 } },
            "makes a tensor of shape [-1]."),
        rule(OpKind::RandomUniformLike, { constants({ 1 }) }, RandomUniformAttributes {},
            "makes random numbers of type int64, expected floating-point numbers."),
        rule(OpKind::Bernoulli, { input({ 2 }) }, BernoulliAttributes { .type = ElementType::String },
            "makes numbers of a type that is not supported."),
        multinomial({ 2, 3 }, { .samples = 5 }, "[2, 5]"),
        multinomial({ 2, 0 }, {}, "draws from [2, 0], expected a batch of one class or more."),
        multinomial({ 2, 3 }, { .samples = 0 },
            "draws 0 numbers of type int32, expected 1 or more of int32 or int64."),
        dropout(Operand { .shape = {}, .constant = true, .values = { 1 } },
            "has ratio 1, expected 0 to less than 1."),
        dropout(Operand { .shape = { 2 }, .constant = true }, "has a ratio of shape [2], expected a scalar."),
        rule(OpKind::TfIdfVectorizer, { integers({ 1, 2, 3 }, 9) },
            TfIdfAttributes { .pool = { 1 }, .starts = { 0 }, .outputs = { 0 } },
            "counts n-grams of [1, 2, 3], expected at most two dimensions."),
    };
}

std::vector<Rule> bitRules()
{
    return {
        rule(OpKind::BitShift, { integers({ 2, 3 }, 9), integers({ 3 }, 9) },
            BitShiftAttributes { ShiftDirection::Left }, "[2, 3]"),
        rule(OpKind::BitwiseAnd, { input({ 2 }), input({ 2 }) }, "takes integers as input 1, not float32."),
        rule(OpKind::CastLike, { input({ 2, 3 }), flags({ 1 }) }, "[2, 3]"),
        rule(OpKind::BitCast, { input({ 2 }) }, CastAttributes { .to = ElementType::Int64 },
            "takes the bits of float32 for int64."),
        rule(OpKind::SwiGLU, { input({ 2, 3 }), input({ 3 }) }, ActivationAttributes { .alpha = 1 },
            "gates [3] with [2, 3], expected one shape."),
        rule(OpKind::IsNaN, { flags({ 2 }) }, "takes floating-point numbers as input 1, not bool."),
    };
}

std::vector<Rule> lineRules()
{
    const auto loss = [](std::vector<Operand> operands, const char* expected) {
        return rule(OpKind::NegativeLogLikelihoodLoss, std::move(operands),
            LossAttributes { .reduction = LossReduction::None }, expected);
    };
    return {
        loss({ input({ 2, 5, 3 }), integers({ 2, 3 }, 5) }, "[2, 3]"),
        loss(
            { input({ 2, 5, 3 }), integers({ 2, 5 }, 5) }, "compares [2, 5, 3] with labels of shape [2, 5]."),
        loss({ input({ 2 }), integers({}, 5) }, "compares [2] with labels of shape []."),
        loss(
            { input({ 2, 5 }), integers({ 2 }, 5), input({ 4 }) }, "has weights of shape [4] for 5 classes."),
        loss({ input({ 2, 5 }), integers({ 2 }, 5), flags({ 5 }) }, "mixes float32 and bool."),
        loss({ Operand { .shape = { 2, 5 }, .constant = true }, constants({ 1, -1 }) },
            "has label -1, expected 0 to 4."),
        rule(OpKind::SoftmaxCrossEntropyLoss, { input({ 2, 5 }), integers({ 2 }, 5) }, LossAttributes {},
            "[] [2, 5]", 2),
        rule(OpKind::LpNormalization, { input({ 2, 5 }) }, LpNormAttributes { .p = 3 },
            "has p 3, expected 1 or 2."),
        rule(OpKind::MeanVarianceNormalization, { input({ 2, 5 }) }, MeanVarianceAttributes {},
            "has axis 2, which a tensor of 2 dimensions does not have."),
        rule(OpKind::CumSum, { input({ 2, 5 }), constants({ 2 }) }, CumulativeAttributes {},
            "has axis 2, which a tensor of 2 dimensions does not have."),
        rule(OpKind::CumSum, { input({ 2, 5 }), constants({ 0, 1 }) }, CumulativeAttributes {},
            "has an axis of shape [2], expected a scalar."),
    };
}

std::vector<Rule> allRules()
{
    std::vector<Rule> all;
    for (auto rules : { windowRules, productRules, elementwiseRules, reductionRules, reshapeRules, partRules,
             constantRules, selectionRules, scatterRules, orderRules, einsumRules, findingRules,
             generatingRules, bitRules, lineRules })
        for (Rule& one : rules())
            all.push_back(std::move(one));
    return all;
}

} // namespace

class TstShapeRules : public QObject {
    Q_OBJECT

private slots:
    void infers_data();
    void infers();
};

void TstShapeRules::infers_data()
{
    QTest::addColumn<std::size_t>("index");
    const auto rules = allRules();
    for (std::size_t i = 0; i < rules.size(); ++i)
        QTest::addRow("%s: %s", rules[i].opCase->name.c_str(), rules[i].expected) << i;
}

void TstShapeRules::infers()
{
    QFETCH(std::size_t, index);
    static const auto rules = allRules();
    QCOMPARE(QString::fromStdString(support::outcomeOf(rules[index])), QString(rules[index].expected));
}

QTEST_GUILESS_MAIN(TstShapeRules)
#include "tst_shape_rules.moc"
