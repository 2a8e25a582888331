// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/recurrent_cell.h"
#include "gpu/engine/lower_table.h"
#include "gpu/engine/node_context.h"
#include "gpu/engine/product_steps.h"

#include <algorithm>

/// RNN, GRU and LSTM: one product for the inputs of all steps, then a kernel a step, or two.
namespace gpu {

using core::OpKind;

namespace {

using Cell = RecurrentStep::Cell;
using Attributes = core::RecurrentAttributes;

enum Input : std::size_t { kX, kW, kR, kB, kLengths, kInitialH, kInitialC, kPeepholes };

GateFunction gateFunction(const Attributes::Activation& activation)
{
    using F = core::ChainFunction;
    using Given = Attributes::Activation::Function;
    const float alpha = activation.alpha, beta = activation.beta;
    switch (activation.function) {
    case Given::Relu:
        return { F::Relu, 0, 0, 1, 1 };
    case Given::Tanh:
        return { F::Tanh, 0, 0, 1, 1 };
    case Given::Sigmoid:
        return { F::Sigmoid, 0, 0, 1, 1 };
    case Given::Affine:
        return { F::Linear, alpha, beta, 1, 1 };
    case Given::LeakyRelu:
        return { F::LeakyRelu, alpha, 0, 1, 1 };
    case Given::ThresholdedRelu:
        return { F::ThresholdedRelu, alpha, 0, 1, 1 };
    case Given::ScaledTanh:
        return { F::Tanh, 0, 0, beta, alpha };
    case Given::HardSigmoid:
        return { F::HardSigmoid, alpha, beta, 1, 1 };
    case Given::Elu:
        return { F::Elu, alpha, 0, 1, 1 };
    case Given::Softsign:
        return { F::Softsign, 0, 0, 1, 1 };
    case Given::Softplus:
        return { F::Softplus, 0, 0, 1, 1 };
    case Given::Clip:
        return { F::Clip, alpha, beta, 1, 1 };
    }
    return { F::Linear, 1, 0, 1, 1 };
}

/// The node's tensors: -1 where it has none.
struct Tensors {
    TensorId inputs, weights, bias, peepholes, lengths, initial, initialMemory; // inputs: times their weights
    TensorId output, last, lastMemory; // of the graph, or to be thrown away
    TensorId states[2], memory, update, reset; // between steps
};

TensorId given(Lowering& lowering, const core::Node& node, std::size_t input)
{
    return input < node.inputs.size() && node.inputs[input] != core::kNoValue
        ? lowering.in(node.inputs[input])
        : -1;
}

/// All but what steps give to each other; steps of states are those of the node's own.
RecurrentStep plainStep(const core::Node& node, const core::ops::RecurrentSizes& sizes)
{
    const auto& attributes = std::get<Attributes>(node.attributes);
    const std::int64_t width = sizes.directions * sizes.hidden, all = sizes.batch * sizes.hidden;
    const bool first = attributes.batchFirst;
    RecurrentStep step {};
    step.steps = sizes.steps;
    step.batch = sizes.batch;
    step.directions = sizes.directions;
    step.hidden = sizes.hidden;
    step.gates = sizes.gates;
    step.rowStep = first ? 1 : sizes.batch;
    step.rowSequence = first ? sizes.steps : 1;
    step.outputStep = first ? width : sizes.directions * all;
    step.output = { nullptr, first ? sizes.hidden : all, first ? sizes.steps * width : sizes.hidden };
    step.after = { nullptr, first ? sizes.hidden : all, first ? width : sizes.hidden };
    step.before = { nullptr, step.after.direction, step.after.sequence };
    step.memoryBefore = step.before;
    step.memoryAfter = step.update = step.reset = step.after;
    step.backwards = attributes.direction == Attributes::Direction::Reverse;
    step.coupled = attributes.coupledGates;
    step.clip = attributes.clip;
    const std::size_t functions = attributes.activations.size() / static_cast<std::size_t>(sizes.directions);
    for (std::size_t i = 0; i < attributes.activations.size(); ++i)
        step.functions[i / functions][i % functions] = gateFunction(attributes.activations[i]);
    return step;
}

/// One after the other; states are read where the step before has left them.
void runSteps(Device& device, const Addresses& at, const Tensors& tensors, RecurrentStep step,
    const std::vector<Cell>& cells)
{
    step.inputs = at.as<const float>(tensors.inputs);
    step.weights = at.as<const float>(tensors.weights);
    step.bias = at.as<const float>(tensors.bias);
    step.peepholes = at.as<const float>(tensors.peepholes);
    step.lengths = at.bytes(tensors.lengths);
    step.output.at = at.as<float>(tensors.output);
    step.update.at = at.as<float>(tensors.update);
    step.reset.at = at.as<float>(tensors.reset);
    step.before.at = at.as<const float>(tensors.initial);
    step.memoryBefore.at = at.as<const float>(tensors.initialMemory);
    for (step.step = 0; step.step < step.steps; ++step.step) {
        const bool last = step.step + 1 == step.steps;
        step.after.at = at.as<float>(last ? tensors.last : tensors.states[step.step % 2]);
        step.memoryAfter.at = at.as<float>(last ? tensors.lastMemory : tensors.memory);
        for (const Cell cell : cells) {
            step.cell = cell;
            device.run(step, step.groups());
        }
        step.before.at = step.after.at;
        step.memoryBefore.at = step.memoryAfter.at;
    }
}

std::vector<Cell> cellsOf(const core::Node& node)
{
    if (node.kind == OpKind::LSTM)
        return { Cell::Lstm };
    if (node.kind == OpKind::RNN)
        return { Cell::Rnn };
    if (std::get<Attributes>(node.attributes).linearBeforeReset)
        return { Cell::Gru };
    return { Cell::GruGates, Cell::GruState };
}

/// Of all steps and directions: [direction][row][gates * hidden].
TensorId inputProducts(Lowering& lowering, const core::Node& node, const core::ops::RecurrentSizes& sizes)
{
    Product product { .numbers = numbersOf(lowering, node.inputs[kX]) };
    product.batch = sizes.directions;
    product.m = sizes.steps * sizes.batch;
    product.n = product.rowC = sizes.gates * sizes.hidden;
    product.k = product.rowA = product.rowB = sizes.input;
    product.transposeB = true;
    product.batchB = product.n * product.k;
    product.batchC = product.m * product.n;
    const TensorId x = lowering.in(node.inputs[kX]), w = lowering.in(node.inputs[kW]);
    const TensorId made
        = lowering.temporary(static_cast<std::size_t>(product.batch * product.batchC) * sizeof(float));
    lowering.add("product", { x, w }, { made }, [=](Device& device, const Addresses& at) {
        Product placed = product;
        placed.a = at.bytes(x);
        placed.b = at.bytes(w);
        placed.c = at.bytes(made);
        device.multiply(placed);
    });
    return made;
}

} // namespace

void lowerRecurrent(Lowering& lowering, const core::Node& node)
{
    if (lowering.typeOf(node.inputs[kX]) != core::ElementType::Float32)
        throw core::Error("computes with {}, and has no kernel for that.",
            core::elementName(lowering.typeOf(node.inputs[kX])));
    const auto sizes = core::ops::recurrentSizes(
        node, lowering.shapeOf(node.inputs[kX]), lowering.shapeOf(node.inputs[kR]));
    if (sizes.steps * sizes.batch * sizes.hidden * sizes.input == 0)
        throw core::Error("runs over empty sequences, and has no kernel for that.");
    const auto bytes
        = static_cast<std::size_t>(sizes.directions * sizes.batch * sizes.hidden) * sizeof(float);
    const auto output = [&](std::size_t index) {
        const bool read = index < node.outputs.size() && node.outputs[index] != core::kNoValue;
        return read ? lowering.define(node.outputs[index]) : lowering.temporary(bytes);
    };
    const bool remembers = node.kind == OpKind::LSTM, gated = cellsOf(node).size() > 1;
    Tensors tensors { .inputs = inputProducts(lowering, node, sizes),
        .weights = lowering.in(node.inputs[kR]),
        .bias = given(lowering, node, kB),
        .peepholes = given(lowering, node, kPeepholes),
        .lengths = given(lowering, node, kLengths),
        .initial = given(lowering, node, kInitialH),
        .initialMemory = given(lowering, node, kInitialC),
        .output = node.outputs[0] == core::kNoValue ? -1 : lowering.define(node.outputs[0]),
        .last = output(1),
        .lastMemory = remembers ? output(2) : -1,
        .states = { lowering.temporary(bytes), lowering.temporary(bytes) },
        .memory = remembers ? lowering.temporary(bytes) : -1,
        .update = gated ? lowering.temporary(bytes) : -1,
        .reset = gated ? lowering.temporary(bytes) : -1 };
    RecurrentStep step = plainStep(node, sizes);
    step.wideLengths
        = tensors.lengths >= 0 && lowering.typeOf(node.inputs[kLengths]) == core::ElementType::Int64;
    std::vector<TensorId> reads { tensors.inputs, tensors.weights, tensors.bias, tensors.peepholes,
        tensors.lengths, tensors.initial, tensors.initialMemory };
    std::vector<TensorId> writes { tensors.output, tensors.last, tensors.lastMemory, tensors.states[0],
        tensors.states[1], tensors.memory, tensors.update, tensors.reset };
    for (auto* list : { &reads, &writes })
        std::erase(*list, -1);
    lowering.add(ownKernel(node), std::move(reads), std::move(writes),
        [=, cells = cellsOf(node)](
            Device& device, const Addresses& at) { runSteps(device, at, tensors, step, cells); });
}

} // namespace gpu
