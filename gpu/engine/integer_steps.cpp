// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/integer_steps.h"

#include "core/ops/op_table.h"
#include "gpu/engine/elementwise_steps.h"

#include <algorithm>

namespace gpu {

using core::ElementType;

void requireExactSums(std::int64_t products)
{
    constexpr std::int64_t kMost = 2'147'483'647 / (255 * 128);
    if (products > kMost)
        throw core::Error("adds up {} products, and sums of 32 bits hold {}.", products, kMost);
}

std::vector<TensorId> IntegerSteps::reads(std::vector<TensorId> more) const
{
    for (const TensorId id : { factors, bias, residual })
        if (id >= 0)
            more.push_back(id);
    return more;
}

IntegerEnding IntegerSteps::at(const Addresses& at) const
{
    IntegerEnding placed = ending;
    placed.factors = at.as<const float>(factors);
    placed.bias = at.as<const float>(bias);
    placed.residual = at.bytes(residual);
    placed.result = at.bytes(result);
    return placed;
}

namespace {

QuantisedSteps stepsFor(const core::Quantisation& as)
{
    if (as.scales.size() != 1)
        throw core::Error("has {} scales for one tensor, and has no kernel for that.", as.scales.size());
    return { nullptr, nullptr, ElementType::Float32, {}, {} };
}

/// The scale and the zero point, for kernels that read them.
struct Parameters {
    TensorId scale, zero;
};

Parameters parametersOf(Lowering& lowering, const core::Quantisation& as)
{
    return { lowering.uploadAll(as.scales),
        lowering.uploadAll(std::vector<std::uint8_t> { static_cast<std::uint8_t>(as.zero) }) };
}

} // namespace

void addQuantise(Lowering& lowering, TensorId from, TensorId to, const core::Quantisation& as)
{
    const Parameters parameters = parametersOf(lowering, as);
    lowering.add("own:quantise", { from, parameters.scale, parameters.zero }, { to },
        [=, steps = stepsFor(as), type = as.type, count = core::elementCount(lowering.tensor(to).shape)](
            Device& device, const Addresses& at) {
            QuantiseBody<float> body { at.as<const float>(from), at.bytes(to), type, steps };
            body.steps.scales = at.bytes(parameters.scale);
            body.steps.zeros = at.bytes(parameters.zero);
            device.run(body, count);
        });
}

void addDequantise(Lowering& lowering, TensorId from, TensorId to, const core::Quantisation& as)
{
    const Parameters parameters = parametersOf(lowering, as);
    lowering.add("own:dequantise", { from, parameters.scale, parameters.zero }, { to },
        [=, steps = stepsFor(as), type = as.type, count = core::elementCount(lowering.tensor(from).shape)](
            Device& device, const Addresses& at) {
            DequantiseBody<float> body { at.bytes(from), at.as<float>(to), type, steps };
            body.steps.scales = at.bytes(parameters.scale);
            body.steps.zeros = at.bytes(parameters.zero);
            device.run(body, count);
        });
}

IntegerSteps integerSteps(Lowering& lowering, const core::Node& node, const std::vector<float>& scales,
    std::int64_t channels, Layout layout)
{
    const core::Quantisation* as = core::outputQuantisation(node);
    const FunctionEnding given = functionEndingOf(lowering, node, layout);
    IntegerSteps steps { .ending = { .residualType = ElementType::Float32,
                             .function = given.function.function,
                             .alpha = given.function.alpha,
                             .beta = given.function.beta,
                             .type = ElementType::Float32 },
        .residual = given.residual,
        .taken = given.taken };
    if (steps.residual >= 0)
        if (const auto* residual
            = core::inputQuantisation(node, static_cast<std::size_t>(node.epilogue[0].input))) {
            steps.ending.residualType = residual->type;
            steps.ending.residualScale = residual->scales.at(0);
            steps.ending.residualZero = static_cast<int>(residual->zero);
        }
    std::vector<float> factors = scales;
    factors.resize(static_cast<std::size_t>(channels), scales.at(0));
    steps.factors = lowering.uploadAll(std::move(factors));
    const core::ValueId output = node.outputs[0];
    if (core::ownInputCount(node) > 2 && node.inputs[2] != core::kNoValue)
        steps.bias = lowering.in(node.inputs[2]);
    if (as && steps.taken + 1 == node.epilogue.size()) {
        steps.ending.type = as->type;
        steps.ending.scale = as->scales.at(0);
        steps.ending.zero = static_cast<int>(as->zero);
        ++steps.taken;
    } else if (as) {
        steps.result = lowering.temporary(
            static_cast<std::size_t>(core::elementCount(lowering.shapeOf(output))) * sizeof(float));
        return steps;
    }
    steps.result = lowering.define(output, layout);
    return steps;
}

void addRest(Lowering& lowering, const core::Node& node, const IntegerSteps& steps, Layout layout)
{
    addRest(lowering, node, steps.taken, steps.result, layout);
    const core::Quantisation* as = core::outputQuantisation(node);
    if (as && steps.taken < node.epilogue.size())
        addQuantise(lowering, steps.result, lowering.define(node.outputs[0], layout), *as);
}

IntegerZero InputZero::at(const Addresses& at) const
{
    return { at.as<const std::uint8_t>(given), static_cast<std::uint8_t>(known),
        static_cast<std::uint8_t>(type == ElementType::UInt8 ? 0x80 : 0) };
}

} // namespace gpu
