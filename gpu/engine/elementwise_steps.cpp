// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/elementwise_steps.h"

#include "gpu/engine/integer_steps.h"

#include <algorithm>

namespace gpu {

namespace {

using core::ElementType;
using Kind = core::PostOp::Kind;

template <typename T>
Work chainWorkAs(const std::vector<core::ChainStep>& steps, const core::ops::Walk& walk,
    const std::vector<bool>& dense, const std::vector<TensorId>& operands, TensorId result,
    std::int64_t count)
{
    using Body = ChainBody<T>;
    if (walk.dims.size() > Body::kMostDims)
        throw core::Error("spreads its operands along {} dimensions, and {} are the most.", walk.dims.size(),
            static_cast<int>(Body::kMostDims));
    if (operands.size() > Body::kMostOperands || steps.size() > Body::kMostSteps)
        throw core::Error("has {} operands and {} functions, and {} and {} are the most.", operands.size(),
            steps.size(), static_cast<int>(Body::kMostOperands), static_cast<int>(Body::kMostSteps));
    Body body {};
    body.dims = static_cast<int>(walk.dims.size());
    body.operands = static_cast<int>(operands.size());
    body.steps = static_cast<int>(steps.size());
    std::copy(walk.dims.begin(), walk.dims.end(), body.shape);
    for (std::size_t i = 0; i < operands.size(); ++i) {
        body.operand[i].dense = dense[i];
        if (!dense[i])
            std::copy(walk.strides[i].begin(), walk.strides[i].end(), body.operand[i].strides);
    }
    for (std::size_t i = 0; i < steps.size(); ++i)
        body.step[i] = { steps[i].function, steps[i].alpha, steps[i].beta, steps[i].x, steps[i].y };
    return [=](Device& device, const Addresses& at) mutable {
        for (std::size_t i = 0; i < operands.size(); ++i)
            body.operand[i].data = at.as<const T>(operands[i]);
        body.result = at.as<T>(result);
        device.run(body, count);
    };
}

std::optional<Activation> activationOf(const core::PostOp& op)
{
    switch (op.kind) {
    case Kind::Relu:
        return Activation::Relu;
    case Kind::Gelu:
        return Activation::Gelu;
    case Kind::GeluTanh:
        return Activation::GeluTanh;
    case Kind::Sigmoid:
        return Activation::Sigmoid;
    case Kind::Tanh:
        return Activation::Tanh;
    case Kind::Swish:
        return Activation::Swish;
    case Kind::HardSwish:
        return Activation::HardSwish;
    case Kind::Add:
    case Kind::Linear:
    case Kind::Clip:
    case Kind::HardSigmoid:
    case Kind::Quantise:
        break;
    }
    return std::nullopt;
}

/// A post-op of the value before it, operand or step `x`; `y` is the tensor of a sum.
core::ChainStep stepOf(const core::PostOp& op, int x, int y)
{
    using F = core::ChainFunction;
    switch (op.kind) {
    case Kind::Add:
        return { F::Add, 0, 0, x, y };
    case Kind::Linear:
        return { F::Linear, op.alpha, op.beta, x, -1 };
    case Kind::Clip:
        return { F::Clip, op.alpha, op.beta, x, -1 };
    case Kind::HardSigmoid:
        return { F::HardSigmoid, op.alpha, op.beta, x, -1 };
    case Kind::Relu:
        return { F::Relu, 0, 0, x, -1 };
    case Kind::Sigmoid:
        return { F::Sigmoid, 0, 0, x, -1 };
    case Kind::HardSwish:
        return { F::HardSwish, 0, 0, x, -1 };
    case Kind::Tanh:
        return { F::Tanh, 0, 0, x, -1 };
    case Kind::Gelu:
        return { F::Gelu, 0, 0, x, -1 };
    case Kind::GeluTanh:
        return { F::GeluTanh, 0, 0, x, -1 };
    case Kind::Swish:
        return { F::Swish, 1, 0, x, -1 };
    case Kind::Quantise:
        break; // no function of real numbers: see integer_steps.h
    }
    return { F::Linear, 1, 0, x, -1 };
}

} // namespace

Work chainWork(core::ElementType type, const std::vector<core::ChainStep>& steps, const core::ops::Walk& walk,
    const std::vector<bool>& dense, const std::vector<TensorId>& operands, TensorId result,
    std::int64_t count)
{
    switch (type) {
    case ElementType::Float16:
        return chainWorkAs<Half>(steps, walk, dense, operands, result, count);
    case ElementType::BFloat16:
        return chainWorkAs<Bfloat>(steps, walk, dense, operands, result, count);
    default:
        return chainWorkAs<float>(steps, walk, dense, operands, result, count);
    }
}

Ending endingOf(Lowering& lowering, const core::Node& node, Layout layout)
{
    Ending ending;
    const auto& ops = node.epilogue;
    if (ending.taken < ops.size() && ops[ending.taken].kind == Kind::Add) {
        ending.residual = lowering.in(node.inputs[static_cast<std::size_t>(ops[ending.taken].input)], layout);
        ++ending.taken;
    }
    if (ending.taken < ops.size())
        if (const auto activation = activationOf(ops[ending.taken])) {
            ending.activation = *activation;
            ++ending.taken;
        }
    return ending;
}

FunctionEnding functionEndingOf(Lowering& lowering, const core::Node& node, Layout layout)
{
    const Ending sum = endingOf(lowering, node, layout);
    FunctionEnding ending { .residual = sum.residual };
    ending.taken = sum.residual >= 0 ? 1 : 0;
    if (ending.taken < node.epilogue.size() && node.epilogue[ending.taken].kind != Kind::Add
        && node.epilogue[ending.taken].kind != Kind::Quantise)
        ending.function = stepOf(node.epilogue[ending.taken++], 0, -1);
    return ending;
}

namespace {

/// A tensor that is added, of real numbers: those that it stands for where it holds integers.
TensorId realAddend(Lowering& lowering, const core::Node& node, const core::PostOp& sum, Layout layout)
{
    const auto index = static_cast<std::size_t>(sum.input);
    const TensorId given = lowering.in(node.inputs[index], layout);
    const core::Quantisation* as = core::inputQuantisation(node, index);
    if (!as)
        return given;
    const auto count = static_cast<std::size_t>(core::elementCount(lowering.shapeOf(node.inputs[index])));
    const TensorId real = lowering.temporary(count * sizeof(float));
    addDequantise(lowering, given, real, *as);
    return real;
}

} // namespace

void addRest(Lowering& lowering, const core::Node& node, std::size_t taken, TensorId target, Layout layout)
{
    const core::ValueId output = node.outputs[0];
    const bool rounds = core::outputQuantisation(node) != nullptr; // after this, from float32
    const std::size_t end = node.epilogue.size() - (rounds ? 1 : 0);
    if (taken >= end)
        return;
    std::vector<TensorId> operands { target };
    for (std::size_t i = taken; i < end; ++i)
        if (node.epilogue[i].kind == Kind::Add)
            operands.push_back(realAddend(lowering, node, node.epilogue[i], layout));
    std::vector<core::ChainStep> steps;
    int x = 0, next = 1;
    for (std::size_t i = taken; i < end; ++i) {
        const bool sum = node.epilogue[i].kind == Kind::Add;
        steps.push_back(stepOf(node.epilogue[i], x, sum ? next++ : -1));
        x = static_cast<int>(operands.size() + steps.size()) - 1;
    }
    lowering.add("own:epilogue", operands, { target },
        chainWork(rounds ? ElementType::Float32 : lowering.typeOf(output), steps, {},
            std::vector<bool>(operands.size(), true), operands, target,
            core::elementCount(lowering.shapeOf(output))));
}

} // namespace gpu
