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

std::vector<Rule> allRules()
{
    return support::joined({ windowRules, productRules, elementwiseRules, reductionRules, reshapeRules,
        partRules, constantRules });
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
