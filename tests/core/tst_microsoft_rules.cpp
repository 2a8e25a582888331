// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rule_rows.h"

using namespace core;
using support::absent;
using support::given;
using support::input;
using support::integers;
using support::Operand;
using support::Rule;
using support::rule;

namespace {

std::vector<Rule> fusedRules()
{
    const Operand x = input({ 2, 5, 8 });
    const auto skip = [&](std::vector<Operand> operands, const char* expected) {
        return rule(OpKind::SkipLayerNormalization, std::move(operands), NormAttributes {}, expected, 4);
    };
    const auto conv = [](Operand added, const char* expected) {
        return rule(OpKind::MsFusedConv,
            { input({ 1, 3, 6, 6 }), input({ 4, 3, 3, 3 }), input({ 4 }), std::move(added) },
            FusedConvAttributes {}, expected);
    };
    return {
        rule(OpKind::FastGelu, { x, input({ 8 }) }, "[2, 5, 8]"),
        rule(OpKind::BiasGelu, { x, input({ 5 }) }, "adds a bias of shape [5] to [2, 5, 8]."),
        rule(OpKind::MsFusedMatMul, { input({ 5, 2, 3, 8 }), input({ 2, 3, 6, 8 }) },
            FusedMatMulAttributes { .transB = true, .transBatchA = true }, "[2, 3, 5, 6]"),
        conv(input({ 1, 4, 4, 4 }), "[1, 4, 4, 4]"),
        conv(input({ 1, 4, 4, 1 }), "adds [1, 4, 4, 1] to its output of shape [1, 4, 4, 4]."),
        skip({ x, input({ 5, 8 }), input({ 8 }) }, "[2, 5, 8] [2, 5, 1] [2, 5, 1] [2, 5, 8]"),
        skip({ x, input({ 8 }), input({ 8 }) }, "[2, 5, 8] [2, 5, 1] [2, 5, 1] [2, 5, 8]"),
        skip({ x, input({ 2, 1, 8 }), input({ 8 }) }, "adds [2, 1, 8] to [2, 5, 8]."),
        skip({ x, x, input({ 7 }) }, "has a parameter of shape [7] for rows of 8."),
    };
}

std::vector<Operand> embedding(Operand words, Operand segments, Operand table)
{
    return { std::move(words), std::move(segments), std::move(table), input({ 9, 8 }), input({ 2, 8 }),
        input({ 8 }), input({ 8 }) };
}

std::vector<Rule> embedRules()
{
    const Operand words = integers({ 2, 5 }, 2), table = input({ 20, 8 });
    const auto embed = [](std::vector<Operand> operands, const char* expected) {
        return rule(
            OpKind::EmbedLayerNormalization, std::move(operands), EmbedNormAttributes {}, expected, 2);
    };
    auto many = embedding(integers({ 2, 10 }, 2), absent(), table);
    auto narrow = embedding(words, words, table);
    narrow[4] = input({ 2, 7 });
    auto mixed = embedding(words, words, table);
    mixed[5].type = ElementType::Double;
    auto unsaid = embedding(words, words, table);
    unsaid[4] = absent();
    return {
        embed(embedding(words, words, table), "[2, 5, 8] [2]"),
        embed(embedding(words, integers({ 2, 4 }, 2), table), "has words [2, 5] and [2, 4] beside them."),
        embed(embedding(integers({ 5 }, 2), absent(), table), "embeds [5] by [20, 8]."),
        embed(many, "has 9 positions for 10 words."),
        embed(narrow, "has an embedding [2, 7] of float32, expected [rows, 8]."),
        embed(mixed, "mixes float32 and float64."),
        embed(unsaid, "lacks its input 5."),
    };
}

std::vector<Rule> attentionRules()
{
    using Attention = ScaledAttentionAttributes;
    const auto attention = [](std::vector<Operand> operands, const Attention& attributes,
                               const char* expected, int outputs = 1) {
        return rule(OpKind::MsAttention, std::move(operands), attributes, expected, outputs);
    };
    const Operand x = input({ 2, 4, 6 }), w = input({ 6, 24 }), ints = integers({ 3 }, 4);
    return {
        attention({ x, w, input({ 24 }), absent(), input({ 2, 2, 2, 3, 4 }) }, { .heads = 2 },
            "[2, 4, 8] [2, 2, 2, 7, 4]", 2),
        attention({ x, input({ 6, 20 }) }, { .heads = 2, .hiddenSizes = { 6, 6, 8 } }, "[2, 4, 8]"),
        attention({ x, input({ 5, 24 }) }, { .heads = 2 }, "projects [2, 4, 6] by [5, 24]."),
        attention({ x, w }, { .heads = 3 }, "projects to 24 channels in 3 heads."),
        attention({ x, w, input({ 8 }) }, { .heads = 2 }, "has a bias of shape [8] for 24 output channels."),
        attention({ x, w, absent(), ints }, { .heads = 2 },
            "has a mask of shape [3] for scores of shape [2, 2, 4, 4]."),
        attention({ x, w, absent(), absent(), input({ 2, 2, 2, 3, 5 }) }, { .heads = 2 },
            "has a past of shape [2, 2, 2, 3, 5] for heads of 4."),
        attention({ x, w, absent(), absent(), absent(), input({ 3, 1, 1, 1 }) }, { .heads = 2 },
            "adds float32 [3, 1, 1, 1] to scores of shape [2, 2, 4, 4]."),
        attention({ x, input({ 6, 20 }) }, { .heads = 2, .hiddenSizes = { 6, 6, 8 } },
            "gives a present of heads of 3 and 4.", 2),
    };
}

std::vector<Rule> headsRules()
{
    using Attention = ScaledAttentionAttributes;
    const auto heads = [](std::vector<Operand> operands, const char* expected, int outputs = 1) {
        return rule(
            OpKind::MultiHeadAttention, std::move(operands), Attention { .heads = 2 }, expected, outputs);
    };
    const auto rotary = [](std::vector<Operand> operands, const char* expected) {
        return rule(OpKind::MsRotaryEmbedding, std::move(operands), RotaryAttributes {}, expected);
    };
    const Operand q = input({ 2, 4, 8 }), k = input({ 2, 5, 8 }), v = input({ 2, 5, 6 });
    const Operand cache = input({ 10, 4 }), rows = integers({ 2, 3 }, 9);
    return {
        heads({ q, k, v, absent(), absent(), absent(), input({ 2, 2, 3, 4 }), input({ 2, 2, 3, 3 }) },
            "[2, 4, 6] [2, 2, 8, 4] [2, 2, 8, 3]", 3),
        heads({ q, input({ 2, 2, 5, 4 }), input({ 2, 2, 5, 3 }) }, "[2, 4, 6]"),
        heads({ q, k }, "has keys and values packed into one tensor, which is not supported."),
        heads({ q, k, input({ 2, 6, 8 }) },
            "attends with queries [2, 4, 8], keys [2, 5, 8] and values [2, 6, 8]."),
        heads({ q, input({ 5, 8 }), v }, "attends with queries [2, 4, 8], keys [5, 8] and values [2, 5, 6]."),
        heads({ q, k, v, input({ 8 }) }, "has a bias of shape [8] for 22 output channels."),
        heads({ q, k, v, absent(), absent(), absent(), input({ 2, 2, 3, 4 }), input({ 2, 2, 3, 4 }) },
            "has past keys [2, 2, 3, 4] and values [2, 2, 3, 4]."),
        rotary({ input({ 2, 3, 16 }), rows, cache, cache }, "[2, 3, 16]"),
        rotary({ input({ 2, 3, 16 }), integers({ 3 }, 2), cache, cache },
            "has positions of shape [3], expected [2, 3]."),
        rotary({ input({ 2, 4, 3, 6 }), rows, cache, cache },
            "has cosines [10, 4] and sines [10, 4] for 3 of [2, 4, 3, 6]."),
    };
}

std::vector<Rule> allRules()
{
    return support::joined({ fusedRules, embedRules, attentionRules, headsRules });
}

/// What only the data says.
std::vector<Rule> refusals()
{
    return {
        rule(OpKind::EmbedLayerNormalization,
            embedding(given({ 1, 2 }, { 3, 20 }, ElementType::Int64), absent(), input({ 20, 8 })),
            EmbedNormAttributes {}, "has index 20 into 20 embeddings."),
        rule(OpKind::MsRotaryEmbedding,
            { input({ 1, 3, 8 }), given({ 1 }, { 8 }, ElementType::Int64), input({ 10, 4 }),
                input({ 10, 4 }) },
            RotaryAttributes {}, "has position 10 of 10."),
    };
}

} // namespace

/// The shape rules of the operators of com.microsoft, and what their loops refuse.
class TstMicrosoftRules : public QObject {
    Q_OBJECT

private slots:
    void infers_data() { support::addRuleRows(allRules()); }
    void infers() { support::checkRule(allRules(), support::outcomeOf); }
    void refusesData_data() { support::addRuleRows(refusals()); }
    void refusesData() { support::checkRule(refusals(), support::refusalOf); }
};

QTEST_GUILESS_MAIN(TstMicrosoftRules)
#include "tst_microsoft_rules.moc"
