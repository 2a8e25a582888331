// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rule_rows.h"

using namespace core;
using support::absent;
using support::constants;
using support::given;
using support::input;
using support::integers;
using support::Operand;
using support::Rule;
using support::rule;

namespace {

std::vector<Rule> transposedRules()
{
    using Transposed = ConvTransposeAttributes;
    const auto conv = [](Shape x, Shape w, const Transposed& attributes, const char* expected) {
        return rule(
            OpKind::ConvTranspose, { input(std::move(x)), input(std::move(w)) }, attributes, expected);
    };
    const Shape x { 1, 2, 4, 5 }, w { 2, 3, 3, 3 };
    return {
        conv(x, w, { .conv { .strides = { 2, 2 } } }, "[1, 3, 9, 11]"),
        conv(x, w, { .conv { .strides = { 2, 2 }, .pads = { 1, 0, 0, 1 } }, .outputPadding = { 1, 0 } },
            "[1, 3, 9, 10]"),
        conv(x, w, { .conv { .autoPad = AutoPad::SameUpper, .strides = { 2, 3 } } }, "[1, 3, 8, 15]"),
        conv(x, w, { .outputShape = { 7, 3 } }, "[1, 3, 7, 3]"),
        conv({ 1, 4, 5 }, { 4, 3, 2 }, { .conv { .group = 2 } }, "[1, 6, 6]"),
        conv(x, { 2, 3, 3 }, {},
            "convolves [1, 2, 4, 5] with weights [2, 3, 3], expected both to have one rank of 3 or more."),
        conv(x, { 3, 3, 3, 3 }, {}, "has weights for 3 channels in 1 groups, but 2 input channels."),
        conv(x, w, { .conv { .kernel = { 2, 2 } } }, "has kernel_shape [2, 2] and weights of [3, 3]."),
        conv(x, { 2, 3, 0, 3 }, {}, "has a kernel of [0, 3]."),
        conv(x, w, { .conv { .strides = { 1 } } }, "has 1 strides for 2 spatial dimensions."),
        conv(x, w, { .outputPadding = { 1 } }, "has 1 output paddings for 2 spatial dimensions."),
        conv(x, w, { .outputShape = { 9 } }, "has 1 output sizes for 2 spatial dimensions."),
        conv(x, w, { .conv { .pads = { 1, 1 } } }, "has 2 pads for 2 spatial dimensions."),
        conv(x, w, { .conv { .pads = { 3, 0, 3, 0 } } }, "pads all 6 elements of its output away."),
        conv({ 1, 2, 0, 5 }, w, {}, "spreads 0 elements."),
        rule(OpKind::ConvTranspose, { input(x), input(w), input({ 2 }) }, Transposed {},
            "has a bias of shape [2] for 3 output channels."),
    };
}

std::vector<Rule> deformedRules()
{
    const auto conv
        = [](std::vector<Operand> operands, const DeformConvAttributes& attributes, const char* expected) {
              return rule(OpKind::DeformConv, std::move(operands), attributes, expected);
          };
    const Operand x = input({ 1, 4, 6, 5 }), w = input({ 2, 4, 3, 3 }), offsets = input({ 1, 18, 4, 3 });
    return {
        conv({ x, w, offsets, input({ 2 }), input({ 1, 9, 4, 3 }) }, {}, "[1, 2, 4, 3]"),
        conv({ input({ 1, 4, 6 }), w, offsets }, {},
            "convolves [1, 4, 6] with weights [2, 4, 3, 3], expected both to have 4 dimensions."),
        conv({ x, w, offsets }, { .offsetGroups = 3 },
            "has weights [2, 4, 3, 3] in 1 groups, and 3 groups of offsets, for 4 channels."),
        conv({ x, w, input({ 1, 9, 4, 3 }) }, {},
            "has offsets of shape [1, 9, 4, 3], expected [1, 18, 4, 3]."),
        conv({ x, w, offsets, absent(), offsets }, {},
            "has a mask of shape [1, 18, 4, 3], expected [1, 9, 4, 3]."),
        conv({ x, w, offsets, input({ 4 }) }, {}, "has a bias of shape [4], expected [2]."),
    };
}

std::vector<Rule> unpoolRules()
{
    const PoolAttributes halves { .kernel = { 2, 2 }, .strides = { 2, 2 } };
    const Operand x = input({ 1, 3, 2, 4 }), indices = integers({ 1, 3, 2, 4 }, 4);
    const auto unpool
        = [&](std::vector<Operand> operands, const PoolAttributes& attributes, const char* expected) {
              return rule(OpKind::MaxUnpool, std::move(operands), attributes, expected);
          };
    const auto col2Im = [](Shape columns, std::vector<double> image, std::vector<double> block,
                            const PoolAttributes& attributes, const char* expected) {
        return rule(OpKind::Col2Im,
            { input(std::move(columns)), constants(std::move(image)), constants(std::move(block)) },
            attributes, expected);
    };
    return {
        unpool({ x, indices }, halves, "[1, 3, 4, 8]"),
        unpool({ x, indices, constants({ 1, 3, 5, 9 }) }, halves, "[1, 3, 5, 9]"),
        unpool({ x, indices, constants({ 1, 3, 5, 7 }) }, halves,
            "unpools to [1, 3, 5, 7], expected [1, 3, 4, 8] or more."),
        unpool({ x, integers({ 1, 3, 2, 3 }, 4) }, halves,
            "unpools [1, 3, 2, 4] with indices [1, 3, 2, 3], expected one shape of 3 dimensions or more."),
        unpool({ x, indices }, { .kernel = { 2 } },
            "has a kernel [2], strides [] and pads [] for 2 spatial dimensions."),
        unpool({ x, indices }, { .kernel = { 2, 2 }, .pads = { 3, 0, 3, 0 } }, "makes -3 elements of 2."),
        col2Im({ 2, 12, 9 }, { 4, 4 }, { 2, 2 }, {}, "[2, 3, 4, 4]"),
        col2Im({ 2, 12, 8 }, { 4, 4 }, { 2, 2 }, {},
            "makes an image of [2, 12, 8], expected columns of a multiple of 4 elements, 9 of them."),
        col2Im({ 2, 12, 9 }, { 4, 4 }, { 2 }, {}, "has blocks of [2] in an image of [4, 4]."),
        col2Im({ 2, 12, 9 }, { 4, 0 }, { 2, 2 }, {}, "has blocks of [2, 2] in an image of [4, 0]."),
    };
}

std::vector<Rule> normRules()
{
    const Operand x = input({ 2, 6, 5 });
    return {
        rule(OpKind::BatchNormalization, { x, input({ 6 }), input({ 6 }), input({ 6 }), input({ 6 }) },
            BatchNormAttributes { .training = true }, "[2, 6, 5] [6] [6]", 3),
        rule(OpKind::BatchNormalization,
            { x, input({ 6, 5 }), input({ 6, 5 }), input({ 6, 5 }), input({ 6, 5 }) },
            BatchNormAttributes { .perElement = true }, "[2, 6, 5]"),
        rule(OpKind::BatchNormalization,
            { x, input({ 6, 5 }), input({ 6, 5 }), input({ 6, 5 }), input({ 6, 5 }) },
            BatchNormAttributes { .training = true, .perElement = true },
            "is trained with statistics of single elements."),
        rule(OpKind::InstanceNormalization, { x, input({ 6 }), input({ 5 }) }, BatchNormAttributes {},
            "has a parameter of shape [5] for 6 channels."),
        rule(OpKind::InstanceNormalization, { input({ 6 }), input({ 6 }), input({ 6 }) },
            BatchNormAttributes {}, "normalises [6], expected batch, channels and more."),
        rule(OpKind::GroupNormalization, { x, input({ 3 }), input({ 3 }) },
            GroupNormAttributes { .groups = 3, .perGroup = true }, "[2, 6, 5]"),
        rule(OpKind::GroupNormalization, { x, input({ 6 }), input({ 6 }) },
            GroupNormAttributes { .groups = 3, .perGroup = true },
            "has a parameter of shape [6] for 3 groups."),
        rule(OpKind::GroupNormalization, { x, input({ 6 }), input({ 6 }) },
            GroupNormAttributes { .groups = 4 }, "has 6 channels, which 4 groups do not divide."),
        rule(OpKind::RMSNormalization, { x, input({ 6 }) }, NormAttributes {},
            "has a parameter of shape [6], which does not broadcast to [5]."),
        rule(OpKind::SimplifiedLayerNormalization, { x, input({ 5 }) }, NormAttributes {},
            "[2, 6, 5] [2, 6, 1]", 2),
    };
}

std::vector<Rule> allRules()
{
    return support::joined({ transposedRules, deformedRules, unpoolRules, normRules });
}

/// What only the data says.
std::vector<Rule> refusals()
{
    return {
        rule(OpKind::MaxUnpool,
            { input({ 1, 1, 1, 2 }), given({ 1, 1, 1, 2 }, { 0, 8 }, ElementType::Int64) },
            PoolAttributes { .kernel = { 2, 2 }, .strides = { 2, 2 } }, "has index 8 into 8 elements."),
    };
}

} // namespace

/// The shape rules of windows read backwards, and of the normalisations.
class TstWindowRules : public QObject {
    Q_OBJECT

private slots:
    void infers_data() { support::addRuleRows(allRules()); }
    void infers() { support::checkRule(allRules(), support::outcomeOf); }
    void refusesData_data() { support::addRuleRows(refusals()); }
    void refusesData() { support::checkRule(refusals(), support::refusalOf); }
};

QTEST_GUILESS_MAIN(TstWindowRules)
#include "tst_window_rules.moc"
