// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/kernels/scalar.h"

/// One step of RNN, GRU and LSTM, behind the products of all steps' inputs.
namespace gpu {

/// outer * function(inner * x): the scaled functions of these operators are so, too.
struct GateFunction {
    core::ChainFunction function;
    float alpha, beta, inner, outer;

    BREAKEVEN_DEVICE float operator()(float x) const
    {
        return outer * chainValue(function, inner * x, 0.0F, alpha, beta);
    }
};

/// The states of all sequences in one direction or both; steps in elements.
template <typename T> struct States {
    T* at; // where it is read: null is zeros
    std::int64_t direction, sequence;

    BREAKEVEN_DEVICE T* of(std::int64_t d, std::int64_t b) const
    {
        return at ? at + d * direction + b * sequence : nullptr;
    }
};

/// A group computes a few units of one state: a warp's lanes share the sum of one of them, so that the
/// weights, which lie as the file has them, are read in runs. Gates are in ONNX's order.
struct RecurrentStep {
    enum class Cell {
        Rnn,
        Gru, // that resets behind its product: in one step
        GruGates, // else its gates first, and the state that they leave;
        GruState, // then the next state
        Lstm
    };
    static constexpr int kUnits = 8, kLanes = 32, kMostGates = 4;
    static constexpr std::size_t kSharedBytes = sizeof(float) * kMostGates * kUnits * kLanes;

    Cell cell;
    const float *inputs, *weights; // [direction][row][gates][hidden], [direction][gates][hidden][hidden]
    const float *bias, *peepholes; // [direction][of the input, of the state][gates][hidden]; may be null
    States<const float> before, memoryBefore; // LSTM's memory is its cell state
    States<float> after, memoryAfter, output; // output: of step 0; `at` may be null
    States<float> update, reset; // what GruGates leaves
    const void* lengths; // of sequences; null: all steps
    bool wideLengths; // of 64 bits, not 32
    std::int64_t step, steps, batch, directions, hidden, gates;
    std::int64_t rowStep, rowSequence; // rows of the inputs from step to step, from sequence to sequence
    std::int64_t outputStep;
    bool backwards; // the first direction is; the second always is
    bool coupled; // LSTM: what is not taken in is kept
    float clip; // 0: not at all
    GateFunction functions[2][3]; // by direction

    BREAKEVEN_DEVICE std::int64_t parts() const { return (hidden + kUnits - 1) / kUnits; }
    BREAKEVEN_DEVICE std::int64_t groups() const { return directions * batch * parts(); }

    template <typename Group> BREAKEVEN_DEVICE void operator()(std::int64_t index, Group& group) const
    {
        const std::int64_t first = index % parts() * kUnits, b = index / parts() % batch,
                           d = index / parts() / batch;
        float* sums = group.template shared<float>(); // [gate][unit][lane]
        const float* state = cell == Cell::GruState ? reset.of(d, b) : before.of(d, b);
        for (int i = group.rank(); i < kUnits * kLanes; i += Group::kSize)
            for (int gate = 0; gate < gateCount(); ++gate)
                sums[gate * kUnits * kLanes + i]
                    = partOf(state, d, firstGate() + gate, first + i / kLanes, i % kLanes);
        group.sync();
        for (int unit = group.rank(); unit < kUnits && first + unit < hidden; unit += Group::kSize) {
            float total[kMostGates] = {};
            for (int gate = 0; gate < gateCount(); ++gate)
                for (int lane = 0; lane < kLanes; ++lane)
                    total[gate] += sums[(gate * kUnits + unit) * kLanes + lane];
            finish(d, b, first + unit, total);
        }
    }

private:
    BREAKEVEN_DEVICE int firstGate() const { return cell == Cell::GruState ? 2 : 0; }
    BREAKEVEN_DEVICE int gateCount() const
    {
        return cell == Cell::GruGates ? 2 : cell == Cell::GruState ? 1 : static_cast<int>(gates);
    }

    /// A lane's part of the product of the state and one row of the weights.
    BREAKEVEN_DEVICE float partOf(
        const float* state, std::int64_t d, std::int64_t gate, std::int64_t unit, int lane) const
    {
        if (!state || unit >= hidden)
            return 0;
        const float* row = weights + ((d * gates + gate) * hidden + unit) * hidden;
        float sum = 0;
        for (std::int64_t i = lane; i < hidden; i += kLanes)
            sum += state[i] * row[i];
        return sum;
    }

    BREAKEVEN_DEVICE std::int64_t lengthOf(std::int64_t b) const
    {
        if (!lengths)
            return steps;
        const std::int64_t length = wideLengths ? static_cast<const std::int64_t*>(lengths)[b]
                                                : static_cast<const std::int32_t*>(lengths)[b];
        return length > steps ? steps : length;
    }

    BREAKEVEN_DEVICE float clipped(float x) const
    {
        if (clip <= 0)
            return x;
        return x < -clip ? -clip : x > clip ? clip : x;
    }

    BREAKEVEN_DEVICE void finish(
        std::int64_t d, std::int64_t b, std::int64_t unit, const float (&total)[kMostGates]) const
    {
        const std::int64_t length = lengthOf(b);
        if (step < length)
            return advance(d, b, unit, d == 1 || backwards ? length - 1 - step : step, total);
        // Behind the end of a shorter sequence: its state stays, its output is 0.
        if (cell == Cell::GruGates)
            return;
        after.of(d, b)[unit] = valueAt(before, d, b, unit);
        if (cell == Cell::Lstm)
            memoryAfter.of(d, b)[unit] = valueAt(memoryBefore, d, b, unit);
        if (output.at)
            output.of(d, b)[step * outputStep + unit] = 0;
    }

    static BREAKEVEN_DEVICE float valueAt(
        const States<const float>& states, std::int64_t d, std::int64_t b, std::int64_t unit)
    {
        return states.at ? states.of(d, b)[unit] : 0.0F;
    }

    BREAKEVEN_DEVICE void advance(std::int64_t d, std::int64_t b, std::int64_t unit, std::int64_t time,
        const float (&total)[kMostGates]) const
    {
        const std::int64_t row = time * rowStep + b * rowSequence;
        const std::int64_t rows = batch * steps;
        // What a gate has of the input and its bias, and what it has of the state and that bias.
        const auto ofInput = [&](std::int64_t gate) {
            return inputs[((d * rows + row) * gates + gate) * hidden + unit]
                + (bias ? bias[(2 * d * gates + gate) * hidden + unit] : 0.0F);
        };
        const auto ofState = [&](std::int64_t gate) {
            return total[gate - firstGate()]
                + (bias ? bias[((2 * d + 1) * gates + gate) * hidden + unit] : 0.0F);
        };
        const auto gated = [&](int function, std::int64_t gate) {
            return functions[d][function](clipped(ofInput(gate) + ofState(gate)));
        };
        const float old = valueAt(before, d, b, unit);
        float state = 0;
        switch (cell) {
        case Cell::Rnn:
            state = gated(0, 0);
            break;
        case Cell::Gru: {
            const float kept = gated(0, 0), let = gated(0, 1);
            state = mixed(kept, functions[d][1](clipped(ofInput(2) + let * ofState(2))), old);
            break;
        }
        case Cell::GruGates:
            update.of(d, b)[unit] = gated(0, 0);
            reset.of(d, b)[unit] = gated(0, 1) * old;
            return;
        case Cell::GruState:
            state = mixed(update.of(d, b)[unit], gated(1, 2), old);
            break;
        case Cell::Lstm:
            state = remember(d, b, unit, ofInput, ofState);
            break;
        }
        after.of(d, b)[unit] = state;
        if (output.at)
            output.of(d, b)[time * outputStep + unit] = state;
    }

    static BREAKEVEN_DEVICE float mixed(float kept, float candidate, float old)
    {
        return (1.0F - kept) * candidate + kept * old;
    }

    template <typename OfInput, typename OfState>
    BREAKEVEN_DEVICE float remember(
        std::int64_t d, std::int64_t b, std::int64_t unit, OfInput ofInput, OfState ofState) const
    {
        enum { kInput, kOutput, kForget, kCell };
        const auto seen = [&](int gate, float memory) { // peepholes are of the first three gates
            return peepholes ? peepholes[(3 * d + gate) * hidden + unit] * memory : 0.0F;
        };
        const auto gate = [&](int which, float memory) {
            return functions[d][0](clipped(ofInput(which) + ofState(which) + seen(which, memory)));
        };
        const float old = valueAt(memoryBefore, d, b, unit), taken = gate(kInput, old);
        const float kept = coupled ? 1.0F - taken : gate(kForget, old);
        const float memory = kept * old + taken * functions[d][1](clipped(ofInput(kCell) + ofState(kCell)));
        memoryAfter.of(d, b)[unit] = memory;
        return gate(kOutput, memory) * functions[d][2](memory);
    }
};

} // namespace gpu
