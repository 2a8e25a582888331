// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rule_rows.h"

using namespace core;
using support::absent;
using support::input;
using support::integers;
using support::Operand;
using support::Rule;
using support::rule;

namespace {

Operand bytes(Shape shape, ElementType type = ElementType::UInt8)
{
    return integers(std::move(shape), 100, type);
}

Operand signedBytes(Shape shape)
{
    return bytes(std::move(shape), ElementType::Int8);
}

std::vector<Rule> linearRules()
{
    using Quantise = QuantiseAttributes;
    const auto quantise
        = [](std::vector<Operand> operands, const Quantise& attributes, const char* expected) {
              return rule(OpKind::QuantizeLinear, std::move(operands), attributes, expected);
          };
    const auto dequantise
        = [](std::vector<Operand> operands, const Quantise& attributes, const char* expected) {
              return rule(OpKind::DequantizeLinear, std::move(operands), attributes, expected);
          };
    const Operand x = input({ 2, 3, 4 });
    return {
        quantise({ x, input({}) }, {}, "[2, 3, 4]"),
        quantise({ x, input({ 3 }), bytes({ 3 }) }, {}, "[2, 3, 4]"),
        quantise({ x, input({ 4 }) }, {}, "has scales of shape [4], expected one or [3]."),
        quantise({ x, input({ 2, 2, 4 }) }, { .blockSize = 2 }, "[2, 3, 4]"),
        quantise({ x, input({ 2, 3, 4 }) }, { .blockSize = 2 },
            "has scales of shape [2, 3, 4], expected one or [2, 2, 4]."),
        quantise({ x, input({ 3 }), bytes({}) }, {}, "has scales of shape [3] and zero points of shape []."),
        quantise({ x, input({}), bytes({}) }, { .output = ElementType::Int8 },
            "makes int8 with a zero point of uint8."),
        quantise({ x, input({}) }, { .output = ElementType::String },
            "makes string, expected int8, uint8, int16 or uint16."),
        quantise(
            { bytes({ 2 }), input({}) }, {}, "takes floating-point numbers or int32 as input 1, not uint8."),
        dequantise({ bytes({ 2, 3 }), input({}) }, { .output = ElementType::Int8 },
            "makes int8, expected floating-point numbers."),
        dequantise(
            { bytes({ 2, 3 }), input({}), signedBytes({}) }, {}, "mixes uint8 and a zero point of int8."),
        dequantise(
            { x, input({}) }, {}, "takes int8, uint8, int16, uint16 or int32 as input 1, not float32."),
        rule(OpKind::DynamicQuantizeLinear, { x }, NoAttributes {}, "[2, 3, 4] [] []", 3),
        rule(OpKind::DynamicQuantizeLinear, { bytes({ 2 }) }, "takes float32 as input 1, not uint8."),
    };
}

std::vector<Rule> productRules()
{
    const Operand one = input({}), zero = bytes({});
    const auto matMul = [](std::vector<Operand> operands, const char* expected) {
        return rule(OpKind::MatMulInteger, std::move(operands), expected);
    };
    const auto conv = [&](Shape x, Shape w, const ConvAttributes& attributes, const char* expected) {
        return rule(OpKind::ConvInteger, { bytes(std::move(x)), bytes(std::move(w)) }, attributes, expected);
    };
    const auto linear = [&](Operand wScale, Operand yZero, Operand bias, const char* expected) {
        return rule(OpKind::QLinearConv,
            { bytes({ 1, 2, 5, 5 }), one, zero, bytes({ 4, 2, 3, 3 }), std::move(wScale), zero, one,
                std::move(yZero), std::move(bias) },
            ConvAttributes {}, expected);
    };
    return {
        matMul({ bytes({ 7, 2, 3 }), signedBytes({ 3, 4 }), bytes({ 2 }) }, "[7, 2, 4]"),
        matMul({ bytes({ 2, 3 }), bytes({ 3, 4 }), bytes({ 3 }) },
            "has zero points of shape [3], expected one or 2."),
        matMul(
            { bytes({ 2, 3 }), bytes({ 3, 4 }), signedBytes({}) }, "mixes uint8 and a zero point of int8."),
        matMul({ input({ 2, 3 }), bytes({ 3, 4 }) }, "takes int8 or uint8 as input 1, not float32."),
        rule(OpKind::QLinearMatMul,
            { bytes({ 2, 3 }), one, zero, bytes({ 3, 4 }), input({ 3 }), zero, one, zero },
            "has scales of shape [3], expected one or 4."),
        conv({ 1, 4, 6, 6 }, { 6, 2, 3, 3 }, { .group = 2 }, "[1, 6, 4, 4]"),
        conv({ 1, 4, 6, 6 }, { 6, 3, 3, 3 }, {}, "has weights [6, 3, 3, 3] in 1 groups for 4 channels."),
        conv({ 1, 4 }, { 6, 4 }, {},
            "convolves [1, 4] with weights [6, 4], expected both to have one rank of 3 or more."),
        linear(input({ 4 }), zero, integers({ 4 }, 9, ElementType::Int32), "[1, 4, 3, 3]"),
        linear(input({ 3 }), zero, absent(), "has a scale of shape [3]."),
        linear(one, bytes({ 4 }), absent(), "has a zero point of shape [4]."),
        linear(one, zero, input({ 4 }), "has a bias of float32 [4] for 4 output channels, expected int32."),
    };
}

std::vector<Rule> elementRules()
{
    const Operand one = input({}), zero = bytes({}), x = bytes({ 2, 3 });
    const auto add = [](std::vector<Operand> operands, const char* expected) {
        return rule(OpKind::QLinearAdd, std::move(operands), expected);
    };
    const auto concat = [](std::vector<Operand> operands, const char* expected) {
        return rule(OpKind::QLinearConcat, std::move(operands), AxisAttributes { .axis = 1 }, expected);
    };
    const auto pool = [&](Shape shape, const PoolAttributes& attributes, const char* expected) {
        return rule(OpKind::QLinearAveragePool, { bytes(std::move(shape)), one, zero, one, zero }, attributes,
            expected);
    };
    return {
        add({ x, one, zero, bytes({ 3 }), one, zero, one, zero }, "[2, 3]"),
        add({ x, one, absent(), signedBytes({ 3 }), one, absent(), one }, "mixes uint8 and int8."),
        add({ x, one, absent(), x, one }, "lacks its input 7."),
        add({ x, one }, "lacks its input 4."),
        concat({ one, zero, x, one, zero, bytes({ 2, 5 }), one, zero }, "[2, 8]"),
        concat({ one, zero, x, one, zero, bytes({ 3, 5 }), one, zero }, "joins [2, 3] and [3, 5]."),
        concat({ one, zero, x, one, zero, bytes({ 3 }), one, zero }, "joins [2, 3] and [3]."),
        concat({ one, zero, x, one, zero, x },
            "joins 4 inputs, expected a tensor, its scale and its zero point each."),
        pool({ 2, 3, 5, 6 }, { .kernel = { 2, 2 } }, "[2, 3, 4, 5]"),
        pool({ 2, 5, 6, 3 }, { .kernel = { 2, 2 }, .channelsLast = true }, "[2, 4, 5, 3]"),
        pool({ 2, 3 }, {}, "pools [2, 3], expected batch, channels and one spatial dimension or more."),
        pool({ 2, 3, 0 }, { .kernel = { 1 } }, "pools [2, 3, 0], which has no elements."),
        rule(OpKind::QLinearGlobalAveragePool, { bytes({ 2, 5, 6, 3 }), one, zero, one, zero },
            PoolAttributes { .channelsLast = true }, "[2, 1, 1, 3]"),
    };
}

std::vector<Rule> realRules()
{
    const Operand one = input({}), zero = bytes({});
    const auto gemm = [&](Shape b, Operand c, Operand yScale, Operand yZero, const char* expected) {
        return rule(OpKind::QGemm,
            { bytes({ 2, 3 }), one, zero, bytes(std::move(b)), one, zero, std::move(c), std::move(yScale),
                std::move(yZero) },
            GemmAttributes { .transB = true }, expected);
    };
    const auto lstm = [&](Shape w, Operand scale, const char* expected) {
        return rule(OpKind::DynamicQuantizeLSTM,
            { input({ 5, 2, 6 }), signedBytes(std::move(w)), signedBytes({ 1, 4, 16 }), absent(), absent(),
                absent(), absent(), absent(), scale, signedBytes({ 1 }), input({ 1 }), signedBytes({ 1 }) },
            RecurrentAttributes { .activations { {}, {}, {} } }, expected, 3);
    };
    const auto blocks = [](std::vector<Operand> operands, const char* expected) {
        return rule(OpKind::MatMulNBits, std::move(operands),
            BlockMatMulAttributes { .depth = 40, .columns = 3 }, expected);
    };
    const Operand a = input({ 2, 40 }), b = bytes({ 3, 2, 16 }), scales = input({ 6 });
    return {
        gemm({ 4, 3 }, absent(), one, zero, "[2, 4]"),
        gemm({ 3, 4 }, absent(), one, zero, "multiplies [2, 3] by [3, 4] transposed."),
        gemm({ 4, 3 }, input({ 4 }), one, zero, "adds float32 [4] to a product of shape [2, 4]."),
        gemm({ 4, 3 }, absent(), one, absent(), "has a scale for its output, but no zero point."),
        rule(OpKind::MatMulIntegerToFloat,
            { bytes({ 2, 3 }), bytes({ 3, 4 }), one, one, absent(), absent(), input({ 3 }) },
            "has a bias of shape [3] for 4 columns."),
        rule(OpKind::DynamicQuantizeMatMul, { input({ 2, 3 }), bytes({ 3, 4 }), input({ 3 }) },
            "has scales of shape [3], expected one or 4."),
        lstm({ 1, 6, 16 }, input({ 1, 16 }), "[5, 1, 2, 4] [1, 2, 4] [1, 2, 4]"),
        lstm({ 6, 16 }, input({ 1 }), "has weights of shape [6, 16]."),
        lstm({ 1, 6, 16 }, input({ 2 }),
            "has weights of shape [1, 6, 16] with scales [2] and zero points [1]."),
        blocks({ a, b, scales, bytes({ 3 }), absent(), input({ 3 }) }, "[2, 3]"),
        blocks({ a, bytes({ 3, 16 }), scales },
            "multiplies [2, 40] by blocks [3, 16] of uint8 with scales [6]."),
        blocks({ a, b, scales, bytes({ 4 }) }, "has zero points of shape [4], expected 3 elements."),
        blocks({ a, b, scales, absent(), integers({ 40 }, 2) },
            "has groups out of order, which are not supported."),
        blocks({ a, b, scales, absent(), absent(), input({ 2 }) }, "has a bias of shape [2] for 3 columns."),
    };
}

std::vector<Rule> allRules()
{
    return support::joined({ linearRules, productRules, elementRules, realRules });
}

} // namespace

/// The shape rules of the operators on quantised numbers.
class TstQuantisedRules : public QObject {
    Q_OBJECT

private slots:
    void infers_data() { support::addRuleRows(allRules()); }
    void infers() { support::checkRule(allRules(), support::outcomeOf); }
};

QTEST_GUILESS_MAIN(TstQuantisedRules)
#include "tst_quantised_rules.moc"
