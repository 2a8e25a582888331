// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rule_rows.h"

using namespace core;
using support::absent;
using support::constants;
using support::given;
using support::input;
using support::Operand;
using support::Rule;
using support::rule;

namespace {

std::vector<Rule> recurrentRules()
{
    using Recurrent = RecurrentAttributes;
    const Recurrent forwards { .activations { {}, {}, {} } };
    const Operand x = input({ 7, 2, 5 }), w = input({ 1, 32, 5 }), r = input({ 1, 32, 8 });
    const Operand ints { .shape = { 2 }, .type = ElementType::Int32 };
    const Operand wide { .shape = { 1, 32, 8 }, .type = ElementType::Double };
    const auto lstm = [&](std::vector<Operand> more, const Recurrent& attributes, const char* expected) {
        std::vector<Operand> all { x, w, r };
        all.insert(all.end(), more.begin(), more.end());
        return rule(OpKind::LSTM, all, attributes, expected, 3);
    };
    return {
        lstm({}, forwards, "[7, 1, 2, 8] [1, 2, 8] [1, 2, 8]"),
        rule(OpKind::LSTM, { input({ 2, 7, 5 }), w, r }, Recurrent { .batchFirst = true },
            "[2, 7, 1, 8] [2, 1, 8] [2, 1, 8]", 3),
        lstm({ input({ 64 }) }, forwards, "has a bias of shape [64], expected [1, 64]."),
        lstm({ absent(), input({ 2 }) }, forwards, "takes int32 or int64 as input 5, not float32."),
        lstm({ absent(), ints, input({ 1, 2, 9 }) }, forwards,
            "has an initial state of shape [1, 2, 9], expected [1, 2, 8]."),
        lstm({ absent(), absent(), absent(), input({ 2, 8 }) }, forwards,
            "has an initial cell state of shape [2, 8], expected [1, 2, 8]."),
        lstm({ absent(), absent(), absent(), absent(), input({ 1, 32 }) }, forwards,
            "has peepholes of shape [1, 32], expected [1, 24]."),
        lstm({ absent(), Operand { .shape = { 3 }, .type = ElementType::Int32 } }, forwards,
            "has sequence lengths of shape [3], expected [2]."),
        lstm({}, { .hidden = 9 }, "has hidden_size 9 and recurrent weights [1, 32, 8]."),
        rule(OpKind::RNN, { x, input({ 1, 8, 5 }), r }, Recurrent {},
            "has recurrent weights of shape [1, 32, 8], expected [1, 8, 8]."),
        rule(OpKind::GRU, { x, w, r }, Recurrent {}, "has weights of shape [1, 32, 5], expected [1, 24, 5]."),
        rule(OpKind::GRU, { input({ 7, 5 }), w, r }, Recurrent {},
            "runs over [7, 5] with recurrent weights [1, 32, 8], expected both to have three dimensions."),
        rule(OpKind::LSTM, { x, w, wide }, Recurrent {}, "mixes float32 and float64."),
    };
}

std::vector<Rule> attentionRules()
{
    using Attention = ScaledAttentionAttributes;
    const auto attention = [](std::vector<Operand> operands, const Attention& attributes,
                               const char* expected, int outputs = 1) {
        return rule(OpKind::Attention, std::move(operands), attributes, expected, outputs, 24);
    };
    const Operand q = input({ 2, 4, 5, 8 }), k = input({ 2, 2, 7, 8 }), v = input({ 2, 2, 7, 6 });
    const Operand wide { .shape = { 2, 2, 7, 6 }, .type = ElementType::Double };
    return {
        attention({ q, k, v, absent(), input({ 2, 2, 3, 8 }), input({ 2, 2, 3, 6 }) }, {},
            "[2, 4, 5, 6] [2, 2, 10, 8] [2, 2, 10, 6] [2, 4, 5, 10]", 4),
        attention({ input({ 2, 5, 8 }), input({ 2, 7, 4 }), input({ 2, 7, 6 }) },
            { .heads = 4, .kvHeads = 2 }, "[2, 5, 12]"),
        attention({ input({ 2, 5, 8 }), input({ 2, 7, 8 }), input({ 2, 7, 8 }) },
            { .heads = 3, .kvHeads = 4 }, "attends with [2, 5, 8] in 3 heads."),
        attention({ q, k, input({ 2, 2, 6, 8 }) }, {},
            "attends with queries [2, 4, 5, 8], keys [2, 2, 7, 8] and values [2, 2, 6, 8]."),
        attention(
            { q, k, v, input({ 5, 8 }) }, {}, "has a mask of shape [5, 8] for scores of shape [2, 4, 5, 7]."),
        attention({ q, k, v, support::integers({ 5, 7 }, 2) }, {},
            "takes bool or floating-point numbers as input 4, not int64."),
        attention({ q, k, v, absent(), input({ 2, 2, 3, 8 }) }, {},
            "has past keys [2, 2, 3, 8] and values [], expected [2, 2, 3, 8] and [2, 2, 3, 6]."),
        attention({ q, k, v, absent(), absent(), absent(), support::integers({ 3 }, 5) }, {},
            "has lengths of shape [3] for a batch of 2."),
        attention({ q, k, wide }, {}, "mixes float32 and float64."),
        rule(OpKind::FlexAttention, { q, k, v }, SubgraphAttributes {}, "[2, 4, 5, 6]"),
        rule(OpKind::FlexAttention, { q, k, input({ 2, 2, 6, 8 }) }, SubgraphAttributes {},
            "attends with queries [2, 4, 5, 8], keys [2, 2, 7, 8] and values [2, 2, 6, 8]."),
        rule(OpKind::FlexAttention, { q, k, v, v }, SubgraphAttributes {}, "has 4 inputs, expected 3."),
    };
}

std::vector<Rule> rotaryRules()
{
    const auto rotary
        = [](std::vector<Operand> operands, const RotaryAttributes& attributes, const char* expected) {
              return rule(OpKind::RotaryEmbedding, std::move(operands), attributes, expected);
          };
    const Operand x = input({ 2, 4, 3, 8 }), cache = input({ 10, 4 }),
                  positions = support::integers({ 2, 3 }, 9);
    return {
        rotary({ x, cache, cache, positions }, {}, "[2, 4, 3, 8]"),
        rotary({ input({ 2, 3, 32 }), cache, cache, positions }, {}, "rotates [2, 3, 32] in 0 heads."),
        rotary({ input({ 2, 3, 32 }), cache, cache, positions }, { .heads = 5 },
            "rotates [2, 3, 32] in 5 heads."),
        rotary({ x, cache, cache, positions }, { .size = 10 }, "rotates 10 of 8 elements."),
        rotary({ x, cache, cache, positions }, { .size = 4 },
            "has cosines [10, 4] and sines [10, 4] for 2 of [2, 4, 3, 8]."),
        rotary({ x, cache, cache, support::integers({ 3 }, 9) }, {},
            "has positions of shape [3], expected [2, 3]."),
    };
}

std::vector<Rule> linearRules()
{
    using Linear = LinearAttentionAttributes;
    const Operand q = input({ 2, 5, 16 }), k = input({ 2, 5, 8 }), v = input({ 2, 5, 6 });
    const Linear plain { .heads = 4, .kvHeads = 2, .decays = false, .corrects = false };
    const Linear delta { .heads = 4, .kvHeads = 2, .decays = false };
    const auto linear = [](std::vector<Operand> operands, const Linear& attributes, const char* expected) {
        return rule(OpKind::LinearAttention, std::move(operands), attributes, expected, 2);
    };
    const auto conv = [](std::vector<Operand> operands, const char* expected) {
        return rule(OpKind::CausalConvWithState, std::move(operands), CausalConvAttributes {}, expected, 2);
    };
    return {
        linear({ q, k, v }, plain, "[2, 5, 12] [2, 2, 4, 3]"),
        linear({ q, v, v }, plain,
            "attends with queries [2, 5, 16], keys [2, 5, 6] and values [2, 5, 6] in 4 and 2 heads."),
        linear({ q, k, v }, delta, "has no beta, which its update rule needs."),
        linear({ q, k, v, absent(), absent(), input({ 2, 5, 3 }) }, delta, "has a beta of shape [2, 5, 3]."),
        linear({ q, k, v, input({ 2, 2, 3, 4 }) }, plain,
            "has a past state of shape [2, 2, 3, 4], expected [2, 2, 4, 3]."),
        conv({ input({ 2, 4, 6 }), input({ 4, 1, 3 }) }, "[2, 4, 6] [2, 4, 2]"),
        conv({ input({ 2, 4, 6 }), input({ 4, 2, 3 }) },
            "convolves [2, 4, 6] with weights [4, 2, 3], expected [channels, 1, size]."),
        conv({ input({ 2, 4, 6 }), input({ 4, 1, 3 }), input({ 3 }) },
            "has a bias of shape [3] for 4 output channels."),
        conv({ input({ 2, 4, 6 }), input({ 4, 1, 3 }), absent(), input({ 2, 4, 3 }) },
            "has a past state of shape [2, 4, 3], expected [2, 4, 2]."),
    };
}

std::vector<Rule> signalRules()
{
    const auto dft
        = [](std::vector<Operand> operands, const DftAttributes& attributes, const char* expected) {
              return rule(OpKind::DFT, std::move(operands), attributes, expected, 1, 20);
          };
    const auto stft = [](std::vector<Operand> operands, const char* expected) {
        return rule(OpKind::STFT, std::move(operands), DftAttributes { .oneSided = true }, expected);
    };
    const Operand real = input({ 2, 12, 1 }), complex = input({ 2, 12, 2 });
    return {
        dft({ real, constants({ 16 }) }, { .oneSided = true }, "[2, 9, 2]"),
        dft({ complex }, { .inverse = true, .oneSided = true }, "[2, 22, 1]"),
        dft({ complex, absent(), constants({ 0 }) }, {}, "[2, 12, 2]"),
        dft({ input({ 2, 12 }) }, {}, "transforms [2, 12], expected a last dimension of 1 or 2."),
        dft({ real, absent(), constants({ -1 }) }, {}, "transforms the axis of real and imaginary parts."),
        dft({ complex }, { .oneSided = true }, "transforms [2, 12, 2] one-sided, expected real numbers."),
        dft({ real }, { .inverse = true, .oneSided = true },
            "transforms [2, 12, 1] one-sided, expected complex numbers."),
        dft({ real, constants({ 0 }) }, {}, "transforms 0 elements."),
        dft({ real, constants({ 1, 2 }) }, {}, "has 2 numbers as its length, expected one."),
        dft({ real, support::integers({}, 4) }, {}, "open"),
        stft({ input({ 2, 40, 1 }), constants({ 8 }), input({ 16 }) }, "[2, 4, 9, 2]"),
        stft({ input({ 40, 1 }), constants({ 8 }) }, "transforms [40, 1], expected [batch, length, parts]."),
        stft({ input({ 2, 40, 2 }), constants({ 8 }) },
            "transforms [2, 40, 2] one-sided, expected real numbers."),
        stft({ input({ 2, 40, 1 }), constants({ 8 }), input({ 16 }), constants({ 10 }) },
            "has a window of [16] for frames of 10."),
        stft({ input({ 2, 40, 1 }), constants({ 0 }) }, "takes frames of 40 every 0 elements out of 40."),
    };
}

std::vector<Rule> allRules()
{
    return support::joined({ recurrentRules, attentionRules, rotaryRules, linearRules, signalRules });
}

/// FlexAttention with a graph that casts its scores to float64 and returns them `outputs` times.
Rule flexRule(std::size_t outputs, const char* expected)
{
    Graph body;
    body.values = { { .name = "scores", .type = ElementType::Float32 }, { .name = "cast" } };
    body.inputs = { 0 };
    body.nodes.push_back({ .name = "cast",
        .kind = OpKind::Cast,
        .inputs = { 0 },
        .outputs = { 1 },
        .attributes = CastAttributes { ElementType::Double } });
    body.outputs.assign(outputs, 1);
    const Operand x = input({ 1, 1, 2, 4 });
    return rule(OpKind::FlexAttention, { x, x, x },
        SubgraphAttributes { .bodies = { std::make_shared<const Graph>(std::move(body)) }, .scoreBody = 0 },
        expected);
}

/// What only the data says.
std::vector<Rule> refusals()
{
    return {
        rule(OpKind::GRU,
            { input({ 5, 1, 2 }), input({ 1, 9, 2 }), input({ 1, 9, 3 }), absent(),
                given({ 1 }, { 6 }, ElementType::Int32) },
            RecurrentAttributes { .activations { {}, {} } }, "has a sequence of 6 steps in an input of 5."),
        rule(OpKind::RotaryEmbedding,
            { input({ 1, 1, 2, 4 }), input({ 3, 2 }), input({ 3, 2 }),
                given({ 1, 2 }, { 0, 3 }, ElementType::Int64) },
            RotaryAttributes {}, "has position 3 of 3."),
        flexRule(2, "has a body of 1 inputs and 2 outputs, expected one each."),
        flexRule(1, "has a body that makes float64 [1, 1, 2, 2] of float32 [1, 1, 2, 2]."),
    };
}

} // namespace

/// The shape rules of the operators that run over sequences, and what their loops refuse.
class TstSequenceRules : public QObject {
    Q_OBJECT

private slots:
    void infers_data() { support::addRuleRows(allRules()); }
    void infers() { support::checkRule(allRules(), support::outcomeOf); }
    void refusesData_data() { support::addRuleRows(refusals()); }
    void refusesData() { support::checkRule(refusals(), support::refusalOf); }
};

QTEST_GUILESS_MAIN(TstSequenceRules)
#include "tst_sequence_rules.moc"
