// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_sequence.h"
#include "core/ops/parse.h"
#include "core/ops/recurrent_cell.h"
#include "core/ops/rules.h"

#include <algorithm>
#include <cctype>

/// RNN, GRU and LSTM: attributes, shapes and the walk over the sequence. One step is in recurrent_cell.h.
namespace core::ops {
namespace {

using Activation = RecurrentAttributes::Activation;
using Function = Activation::Function;

struct KnownFunction {
    const char* name;
    Function function;
    bool hasAlpha, hasBeta;
    float alpha, beta; // where none is given
};

constexpr KnownFunction kFunctions[] = {
    { "relu", Function::Relu, false, false, 0, 0 },
    { "tanh", Function::Tanh, false, false, 0, 0 },
    { "sigmoid", Function::Sigmoid, false, false, 0, 0 },
    { "affine", Function::Affine, true, true, 1, 0 },
    { "leakyrelu", Function::LeakyRelu, true, false, 0.01F, 0 },
    { "thresholdedrelu", Function::ThresholdedRelu, true, false, 1, 0 },
    { "scaledtanh", Function::ScaledTanh, true, true, 1, 1 },
    { "hardsigmoid", Function::HardSigmoid, true, true, 0.2F, 0.5F },
    { "elu", Function::Elu, true, false, 1, 0 },
    { "softsign", Function::Softsign, false, false, 0, 0 },
    { "softplus", Function::Softplus, false, false, 0, 0 },
};

/// Names are written in any case.
const KnownFunction& functionOf(const std::string& name)
{
    std::string lower = name;
    std::ranges::transform(
        lower, lower.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    for (const KnownFunction& known : kFunctions)
        if (lower == known.name)
            return known;
    throw Error("has the activation \"{}\", which is none of ONNX's.", name);
}

} // namespace

Activation namedActivation(const std::string& name, const std::vector<float>& parameters)
{
    if (name == "Clip")
        return { Function::Clip, parameters.empty() ? std::numeric_limits<float>::lowest() : parameters[0],
            parameters.size() < 2 ? std::numeric_limits<float>::max() : parameters[1] };
    const KnownFunction& known = functionOf(name);
    return { known.function, parameters.empty() ? known.alpha : parameters[0],
        parameters.size() < 2 ? known.beta : parameters[1] };
}

namespace {

/// The lists of numbers are used up in the order of the functions that take one.
std::vector<Activation> activationsOf(const OnnxAttributes& from, const std::vector<std::string>& names)
{
    const auto alphas = from.reals("activation_alpha"), betas = from.reals("activation_beta");
    std::vector<Activation> activations;
    std::size_t alpha = 0, beta = 0;
    for (const std::string& name : names) {
        const KnownFunction& known = functionOf(name);
        Activation activation { known.function, known.alpha, known.beta };
        if (known.hasAlpha && alpha < alphas.size())
            activation.alpha = alphas[alpha++];
        if (known.hasBeta && beta < betas.size())
            activation.beta = betas[beta++];
        activations.push_back(activation);
    }
    return activations;
}

RecurrentAttributes parseRecurrent(const OnnxAttributes& from, const std::vector<std::string>& defaults)
{
    RecurrentAttributes recurrent {
        .direction = static_cast<RecurrentAttributes::Direction>(
            wordOf(from, "direction", 0, { "forward", "reverse", "bidirectional" })),
        .hidden = from.integer("hidden_size", 0),
        .clip = from.real("clip", 0),
        .coupledGates = from.integer("input_forget", 0) != 0,
        .linearBeforeReset = from.integer("linear_before_reset", 0) != 0,
        .batchFirst = from.integer("layout", 0) != 0,
    };
    const std::size_t needed = defaults.size() * directionsOf(recurrent);
    std::vector<std::string> names = from.texts("activations");
    if (names.empty())
        for (std::size_t i = 0; i < needed; ++i)
            names.push_back(defaults[i % defaults.size()]);
    if (names.size() != needed)
        throw Error("has {} activations, expected {}.", names.size(), needed);
    recurrent.activations = activationsOf(from, names);
    return recurrent;
}

} // namespace

Attributes parseRnn(const OnnxAttributes& from)
{
    return parseRecurrent(from, { "Tanh" });
}

Attributes parseGru(const OnnxAttributes& from)
{
    return parseRecurrent(from, { "Sigmoid", "Tanh" });
}

Attributes parseLstm(const OnnxAttributes& from)
{
    return parseRecurrent(from, { "Sigmoid", "Tanh", "Tanh" });
}

namespace {

enum Input : std::size_t { kX, kW, kR, kB, kLengths, kInitialH, kInitialC, kPeepholes };

void requireShape(const InferContext& context, std::size_t input, const char* what, const Shape& expected)
{
    if (!context.has(input))
        return;
    if (input != kLengths && context.types[input] != context.types[kX])
        throw Error("mixes {} and {}.", elementName(context.types[kX]), elementName(context.types[input]));
    if (context.inputs[input] != expected)
        throw Error(
            "has {} of shape {}, expected {}.", what, toString(context.inputs[input]), toString(expected));
}

} // namespace

RecurrentSizes recurrentSizes(const Node& node, const Shape& x, const Shape& r)
{
    const auto& recurrent = std::get<RecurrentAttributes>(node.attributes);
    if (x.size() != 3 || r.size() != 3)
        throw Error("runs over {} with recurrent weights {}, expected both to have three dimensions.",
            toString(x), toString(r));
    const std::size_t time = recurrent.batchFirst ? 1 : 0;
    RecurrentSizes sizes { .steps = x[time],
        .batch = x[1 - time],
        .input = x[2],
        .hidden = r[2],
        .gates = gatesOf(node.kind),
        .directions = static_cast<std::int64_t>(directionsOf(recurrent)) };
    if (recurrent.hidden != 0 && recurrent.hidden != sizes.hidden)
        throw Error("has hidden_size {} and recurrent weights {}.", recurrent.hidden, toString(r));
    return sizes;
}

void inferRecurrent(InferContext& context)
{
    const auto& recurrent = std::get<RecurrentAttributes>(context.node.attributes);
    requireType(context, kX, kFloats);
    const auto sizes = recurrentSizes(context.node, context.inputs[kX], context.inputs[kR]);
    const auto [steps, batch, input, hidden, gates, directions] = sizes;
    const Shape state
        = recurrent.batchFirst ? Shape { batch, directions, hidden } : Shape { directions, batch, hidden };
    requireShape(context, kW, "weights", { directions, gates * hidden, input });
    requireShape(context, kR, "recurrent weights", { directions, gates * hidden, hidden });
    requireShape(context, kB, "a bias", { directions, 2 * gates * hidden });
    requireShape(context, kLengths, "sequence lengths", { batch });
    if (context.has(kLengths))
        requireType(context, kLengths, kIndices);
    requireShape(context, kInitialH, "an initial state", state);
    requireShape(context, kInitialC, "an initial cell state", state);
    requireShape(context, kPeepholes, "peepholes", { directions, 3 * hidden });
    const ElementType type = context.types[kX];
    setOutput(context, 0,
        recurrent.batchFirst ? Shape { batch, steps, directions, hidden }
                             : Shape { steps, directions, batch, hidden },
        type);
    setOutput(context, 1, state, type);
    setOutput(context, 2, state, type);
}

namespace {

std::vector<std::int64_t> lengthsOf(const LoopContext& context, const RecurrentSizes& sizes)
{
    if (!hasInput(context, kLengths))
        return std::vector<std::int64_t>(static_cast<std::size_t>(sizes.batch), sizes.steps);
    std::vector<std::int64_t> lengths = integersOf(context.inputs[kLengths]);
    for (const std::int64_t length : lengths)
        if (length < 0 || length > sizes.steps)
            throw Error("has a sequence of {} steps in an input of {}.", length, sizes.steps);
    return lengths;
}

/// Where one sequence of one direction lies in inputs and outputs.
struct Places {
    std::int64_t x, xStep; // in X
    std::int64_t y, yStep; // in Y
    std::int64_t state; // in the initial and the last states
};

Places placesOf(const RecurrentSizes& sizes, bool batchFirst, std::int64_t b, std::int64_t d)
{
    const auto [steps, batch, input, hidden, gates, directions] = sizes;
    if (batchFirst)
        return { b * steps * input, input, (b * steps * directions + d) * hidden, directions * hidden,
            (b * directions + d) * hidden };
    return { b * input, batch * input, (d * batch + b) * hidden, directions * batch * hidden,
        (d * batch + b) * hidden };
}

template <typename T> const T* dataOf(const LoopContext& context, std::size_t input)
{
    return hasInput(context, input) ? context.inputs[input].as<T>().data() : nullptr;
}

template <typename T>
void storeState(
    const LoopContext& context, std::size_t output, std::int64_t at, const std::vector<double>& state)
{
    if (context.outputs.size() <= output)
        return;
    T* to = context.outputs[output].as<T>().data() + at;
    std::transform(state.begin(), state.end(), to, [](double value) { return static_cast<T>(value); });
}

template <typename T>
void runSequence(const LoopContext& context, RecurrentCell<T>& cell, const Places& places,
    std::int64_t length, bool backwards)
{
    const T* x = context.inputs[kX].as<T>().data() + places.x;
    T* y = context.outputs[0].as<T>().data() + places.y;
    const T *h = dataOf<T>(context, kInitialH), *c = dataOf<T>(context, kInitialC);
    cell.start(h ? h + places.state : nullptr, c ? c + places.state : nullptr);
    for (std::int64_t step = 0; step < length; ++step) {
        const std::int64_t t = backwards ? length - 1 - step : step;
        cell.step(x + t * places.xStep);
        std::transform(cell.hidden().begin(), cell.hidden().end(), y + t * places.yStep,
            [](double value) { return static_cast<T>(value); });
    }
    storeState<T>(context, 1, places.state, cell.hidden());
    storeState<T>(context, 2, places.state, cell.memory());
}

} // namespace

void recurrentLoop(const LoopContext& context)
{
    const auto& recurrent = std::get<RecurrentAttributes>(context.node.attributes);
    const auto sizes = recurrentSizes(context.node, context.inputs[kX].shape, context.inputs[kR].shape);
    const auto lengths = lengthsOf(context, sizes);
    std::ranges::fill(context.outputs[0].bytes(), std::byte { 0 }); // behind the end of shorter sequences
    dispatch(FloatTypes {}, context.inputs[kX].type, [&]<typename T>() {
        for (std::int64_t d = 0; d < sizes.directions; ++d) {
            const RecurrentWeights<T> weights { dataOf<T>(context, kW), dataOf<T>(context, kR),
                dataOf<T>(context, kB), dataOf<T>(context, kPeepholes) };
            RecurrentCell<T> cell(context.node.kind, recurrent, sizes, weights, d);
            const bool backwards = d == 1 || recurrent.direction == RecurrentAttributes::Direction::Reverse;
            for (std::int64_t b = 0; b < sizes.batch; ++b)
                runSequence(context, cell, placesOf(sizes, recurrent.batchFirst, b, d),
                    lengths[static_cast<std::size_t>(b)], backwards);
        }
    });
}

} // namespace core::ops
