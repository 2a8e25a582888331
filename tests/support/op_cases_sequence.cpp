// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

namespace support {

using core::OpKind;
using core::RecurrentAttributes;
using core::Shape;

namespace {

RecurrentAttributes recurrent(OpKind kind, RecurrentAttributes attributes = {})
{
    using Function = RecurrentAttributes::Activation::Function;
    const bool both = attributes.direction == RecurrentAttributes::Direction::Bidirectional;
    for (int direction = 0; direction < (both ? 2 : 1); ++direction) {
        if (kind != OpKind::RNN)
            attributes.activations.push_back({ Function::Sigmoid });
        attributes.activations.push_back({ Function::Tanh });
        if (kind == OpKind::LSTM)
            attributes.activations.push_back({ Function::Tanh });
    }
    return attributes;
}

/// X, W, R and B of one direction or two.
std::vector<Operand> operandsOf(OpKind kind, Shape x, std::int64_t directions, std::int64_t hidden)
{
    const std::int64_t rows = (kind == OpKind::LSTM ? 4 : kind == OpKind::GRU ? 3 : 1) * hidden;
    const std::int64_t input = x.back();
    return { support::input(std::move(x)), weight({ directions, rows, input }),
        weight({ directions, rows, hidden }), weight({ directions, 2 * rows }) };
}

void addRecurrentCases(std::vector<OpCase>& cases)
{
    using Direction = RecurrentAttributes::Direction;
    for (const OpKind kind : { OpKind::RNN, OpKind::GRU, OpKind::LSTM }) {
        const std::string name(core::opName(kind));
        const int outputs = kind == OpKind::LSTM ? 3 : 2;
        cases.push_back(opCase(
            name, kind, operandsOf(kind, { 7, 2, 5 }, 1, 16), recurrent(kind), { .outputs = outputs }));
        cases.push_back(opCase(name + " both ways", kind, operandsOf(kind, { 4, 3, 6 }, 2, 9),
            recurrent(kind, { .direction = Direction::Bidirectional }), { .outputs = outputs }));
        auto lengths = operandsOf(kind, { 5, 3, 6 }, 1, 8);
        lengths.push_back(given({ 3 }, { 5, 0, 2 }, core::ElementType::Int32));
        lengths.push_back(input({ 1, 3, 8 }));
        cases.push_back(opCase(name + " backwards over shorter sequences", kind, lengths,
            recurrent(kind, { .direction = Direction::Reverse, .clip = 0.5F }), { .outputs = outputs }));
        auto batches = operandsOf(kind, { 2, 5, 6 }, 1, 8);
        batches.erase(batches.begin() + 3);
        cases.push_back(opCase(name + " batches first", kind, batches,
            recurrent(kind, { .linearBeforeReset = true, .batchFirst = true }), { .outputs = outputs }));
    }
    auto peepholes = operandsOf(OpKind::LSTM, { 5, 2, 6 }, 1, 8);
    for (Operand more : { absent(), input({ 1, 2, 8 }), input({ 1, 2, 8 }), weight({ 1, 24 }) })
        peepholes.push_back(more);
    cases.push_back(opCase("LSTM with peepholes", OpKind::LSTM, peepholes,
        recurrent(OpKind::LSTM, { .coupledGates = true }), { .outputs = 3 }));
}

void addAttentionCases(std::vector<OpCase>& cases)
{
    using Attention = core::ScaledAttentionAttributes;
    const auto attention = [&](const std::string& name, std::vector<Operand> operands,
                               const Attention& attributes, int outputs = 1) {
        cases.push_back(opCase("attention " + name, OpKind::Attention, std::move(operands), attributes,
            { .outputs = outputs, .version = 24 }));
    };
    const Operand q = input({ 2, 4, 5, 8 }), k = input({ 2, 4, 7, 8 }), v = input({ 2, 4, 7, 6 });
    attention("of four dimensions", { q, k, v }, {});
    attention("of three dimensions", { input({ 2, 5, 32 }), input({ 2, 7, 32 }), input({ 2, 7, 24 }) },
        { .heads = 4, .kvHeads = 4 });
    attention("grouped", { q, input({ 2, 2, 7, 8 }), input({ 2, 2, 7, 6 }) }, { .causal = true });
    attention("masked", { q, k, v, flags({ 5, 7 }) }, { .scale = 0.2F, .softCap = 2 });
    attention("with a past", { q, k, v, input({ 2, 1, 5, 9 }), input({ 2, 4, 3, 8 }), input({ 2, 4, 3, 6 }) },
        { .causal = true, .scores = Attention::Scores::Masked }, 3);
    attention("of padded keys",
        { q, k, v, absent(), absent(), absent(), given({ 2 }, { 7, 4 }, core::ElementType::Int64) },
        { .causal = true });
    attention("in a window", { q, k, v },
        { .leftWindow = 2, .rightWindow = 1, .scores = Attention::Scores::Weights }, 4);
    const auto linear = [&](const std::string& name, std::vector<Operand> operands,
                            const core::LinearAttentionAttributes& attributes) {
        cases.push_back(opCase("linear attention " + name, OpKind::LinearAttention, std::move(operands),
            attributes, { .outputs = 2, .version = 27 }));
    };
    const Operand queries = input({ 2, 5, 32 }), keys { .shape = { 2, 5, 16 }, .deviation = 0.3 };
    linear(
        "plain", { queries, keys, keys }, { .heads = 4, .kvHeads = 2, .decays = false, .corrects = false });
    linear("gated delta",
        { queries, keys, keys, input({ 2, 2, 8, 8 }), keys, { .shape = { 2, 5, 1 }, .deviation = 0.3 } },
        { .heads = 4, .kvHeads = 2, .scale = 0.5F });
}

void addSignalCases(std::vector<OpCase>& cases)
{
    using core::DftAttributes;
    const auto rotary = [&](const std::string& name, std::vector<Operand> operands,
                            const core::RotaryAttributes& attributes) {
        cases.push_back(opCase(
            "rotary " + name, OpKind::RotaryEmbedding, std::move(operands), attributes, { .version = 23 }));
    };
    const Operand cache = input({ 10, 4 }), positions = integers({ 2, 3 }, 10);
    rotary("of four dimensions", { input({ 2, 4, 3, 8 }), cache, cache, positions }, {});
    rotary("interleaved", { input({ 2, 3, 32 }), cache, cache, positions },
        { .heads = 2, .size = 8, .interleaved = true });
    rotary("without positions", { input({ 2, 4, 3, 8 }), input({ 2, 3, 4 }), input({ 2, 3, 4 }) }, {});
    cases.push_back(opCase("causal conv", OpKind::CausalConvWithState,
        { input({ 2, 4, 6 }), weight({ 4, 1, 3 }), weight({ 4 }), input({ 2, 4, 2 }) },
        core::CausalConvAttributes { .swish = true }, { .outputs = 2, .version = 27 }));
    const auto dft
        = [&](const std::string& name, std::vector<Operand> operands, const DftAttributes& attributes) {
              cases.push_back(
                  opCase("dft " + name, OpKind::DFT, std::move(operands), attributes, { .version = 20 }));
          };
    dft("real", { input({ 2, 12, 1 }) }, {});
    dft("one-sided", { input({ 2, 15, 1 }), constants({ 16 }) }, { .oneSided = true });
    dft("inverse", { input({ 2, 6, 5, 2 }), absent(), constants({ 1 }) }, { .inverse = true });
    dft("inverse to real", { input({ 2, 9, 2 }) }, { .axis = 1, .inverse = true, .oneSided = true });
    cases.push_back(opCase("stft", OpKind::STFT, { input({ 2, 40, 1 }), constants({ 8 }), weight({ 16 }) },
        DftAttributes { .oneSided = true }));
    cases.push_back(opCase("stft of complex numbers", OpKind::STFT,
        { input({ 1, 20, 2 }), constants({ 5 }), absent(), constants({ 10 }) }, DftAttributes {}));
}

} // namespace

void addSequenceCases(std::vector<OpCase>& cases)
{
    addAttentionCases(cases);
    addSignalCases(cases);
    addRecurrentCases(cases);
}

} // namespace support
