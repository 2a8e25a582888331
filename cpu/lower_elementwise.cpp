// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/half.h"
#include "cpu/broadcast.h"
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"

#include <algorithm>
#include <optional>

namespace cpu {

namespace {

using core::OpKind;
using dnnl::algorithm;

constexpr auto kFloat = core::ElementType::Float32;

struct Eltwise {
    algorithm how;
    float alpha = 0, beta = 0;
};

/// A scalar constant of an optional input, or the fallback when it is left out; nullopt when it is computed.
std::optional<float> scalar(
    const Lowering& lowering, const core::Node& node, std::size_t index, float fallback)
{
    if (index >= node.inputs.size() || node.inputs[index] == core::kNoValue)
        return fallback;
    const auto view = lowering.constant(node.inputs[index]);
    if (!view || !isReal(view->type) || core::elementCount(view->shape) != 1)
        return std::nullopt;
    return core::ops::isHalf(view->type) ? core::ops::widened(*view).as<float>()[0] : view->as<float>()[0];
}

std::optional<Eltwise> clip(const Lowering& lowering, const core::Node& node)
{
    auto attributes = core::ActivationAttributes { std::numeric_limits<float>::lowest(),
        std::numeric_limits<float>::max() };
    if (const auto* given = std::get_if<core::ActivationAttributes>(&node.attributes);
        given && node.version < 11)
        attributes = *given;
    const auto low = scalar(lowering, node, 1, attributes.alpha);
    const auto high = scalar(lowering, node, 2, attributes.beta);
    if (!low || !high)
        return std::nullopt;
    return Eltwise { algorithm::eltwise_clip_v2, *low, *high };
}

std::optional<Eltwise> eltwiseOf(const Lowering& lowering, const core::Node& node)
{
    const auto* activation = std::get_if<core::ActivationAttributes>(&node.attributes);
    const float alpha = activation ? activation->alpha : 0, beta = activation ? activation->beta : 0;
    switch (node.kind) {
    case OpKind::Relu:
        return Eltwise { algorithm::eltwise_relu };
    case OpKind::LeakyRelu:
        return Eltwise { algorithm::eltwise_relu, alpha };
    case OpKind::Elu:
        return Eltwise { algorithm::eltwise_elu, alpha };
    case OpKind::Sigmoid:
        return Eltwise { algorithm::eltwise_logistic };
    case OpKind::HardSigmoid:
        return Eltwise { algorithm::eltwise_hardsigmoid, alpha, beta };
    case OpKind::HardSwish:
        return Eltwise { algorithm::eltwise_hardswish, 1.0F / 6, 0.5F };
    case OpKind::Tanh:
        return Eltwise { algorithm::eltwise_tanh };
    case OpKind::Softplus:
        return Eltwise { algorithm::eltwise_soft_relu, 1 };
    case OpKind::Clip:
        return clip(lowering, node);
    case OpKind::Gelu: {
        const auto* gelu = std::get_if<core::GeluAttributes>(&node.attributes);
        return Eltwise { gelu && gelu->tanhApproximation ? algorithm::eltwise_gelu_tanh
                                                         : algorithm::eltwise_gelu_erf };
    }
    case OpKind::Exp:
        return Eltwise { algorithm::eltwise_exp };
    case OpKind::Log:
        return Eltwise { algorithm::eltwise_log };
    case OpKind::Sqrt:
        return Eltwise { algorithm::eltwise_sqrt };
    case OpKind::Abs:
        return Eltwise { algorithm::eltwise_abs };
    case OpKind::Neg:
        return Eltwise { algorithm::eltwise_linear, -1, 0 };
    case OpKind::Round:
        return Eltwise { algorithm::eltwise_round };
    default:
        return std::nullopt;
    }
}

std::optional<algorithm> binaryOf(OpKind kind)
{
    switch (kind) {
    case OpKind::Add:
        return algorithm::binary_add;
    case OpKind::Sub:
        return algorithm::binary_sub;
    case OpKind::Mul:
        return algorithm::binary_mul;
    case OpKind::Div:
        return algorithm::binary_div;
    case OpKind::Min:
        return algorithm::binary_min;
    case OpKind::Max:
        return algorithm::binary_max;
    default:
        return std::nullopt;
    }
}

template <typename T> void runBinary(OpKind kind, const Broadcast& shape, const T* a, const T* b, T* out)
{
    switch (kind) {
    case OpKind::Add:
        return applyBroadcast(shape, a, b, out, [](T x, T y) { return static_cast<T>(x + y); });
    case OpKind::Sub:
        return applyBroadcast(shape, a, b, out, [](T x, T y) { return static_cast<T>(x - y); });
    case OpKind::Mul:
        return applyBroadcast(shape, a, b, out, [](T x, T y) { return static_cast<T>(x * y); });
    case OpKind::Div:
        return applyBroadcast(shape, a, b, out, [](T x, T y) { return static_cast<T>(x / y); });
    case OpKind::Min:
        return applyBroadcast(shape, a, b, out, [](T x, T y) { return x < y || x != x ? x : y; });
    case OpKind::Max:
        return applyBroadcast(shape, a, b, out, [](T x, T y) { return x > y || x != x ? x : y; });
    default:
        break;
    }
}

/// The function of one value, in the layout it has; over it where nobody else needs it.
bool addEltwise(Lowering& lowering, const core::Node& node, core::ValueId value, const Eltwise& eltwise)
{
    const bool inPlace = lowering.dies(value);
    const TensorId src = lowering.current(value);
    const Desc layout = lowering.tensor(src).desc;
    if (!layout)
        return false;
    const dnnl::eltwise_forward::primitive_desc desc(lowering.engine(), dnnl::prop_kind::forward_inference,
        eltwise.how, layout, layout, eltwise.alpha, eltwise.beta, plainAttr());
    const TensorId dst = inPlace ? lowering.defineAlias(node.outputs[0], src, layout)
                                 : lowering.define(node.outputs[0], layout);
    lowering.add(dnnl::eltwise_forward(desc), { { DNNL_ARG_SRC, src }, { DNNL_ARG_DST, dst } });
    return true;
}

} // namespace

bool unaryOnednn(Lowering& lowering, const core::Node& node)
{
    const auto eltwise = eltwiseOf(lowering, node);
    if (!eltwise || !isReal(lowering.typeOf(node.inputs[0])) || !node.epilogue.empty()
        || core::elementCount(lowering.shapeOf(node.inputs[0])) == 0)
        return false;
    return addEltwise(lowering, node, node.inputs[0], *eltwise);
}

bool binaryOnednn(Lowering& lowering, const core::Node& node)
{
    // Same shape, not broadcast: one pass over memory in the layout the larger part of the graph uses.
    const auto how = binaryOf(node.kind);
    if (!how || node.inputs.size() != 2 || !node.epilogue.empty() || !isReal(lowering.typeOf(node.inputs[0]))
        || lowering.shapeOf(node.inputs[0]) != lowering.shapeOf(node.inputs[1])
        || core::elementCount(lowering.shapeOf(node.outputs[0])) == 0)
        return false;
    const bool leftFixed = !lowering.constant(node.inputs[0]);
    const Desc layout = lowering.tensor(lowering.current(node.inputs[leftFixed ? 0 : 1])).desc;
    if (!layout)
        return false;
    const dnnl::binary::primitive_desc desc(lowering.engine(), *how, layout, layout, layout, plainAttr());
    const TensorId a = lowering.inLayout(node.inputs[0], layout),
                   b = lowering.inLayout(node.inputs[1], layout);
    lowering.add(dnnl::binary(desc),
        { { DNNL_ARG_SRC_0, a }, { DNNL_ARG_SRC_1, b },
            { DNNL_ARG_DST, lowering.define(node.outputs[0], layout) } });
    return true;
}

/// A power that is a number; squares, of which variances are made, have a kernel of their own.
bool powOnednn(Lowering& lowering, const core::Node& node)
{
    const auto exponent = scalar(lowering, node, 1, 1);
    if (!exponent || !node.epilogue.empty() || !isReal(lowering.typeOf(node.inputs[0]))
        || lowering.shapeOf(node.inputs[0]) != lowering.shapeOf(node.outputs[0])
        || core::elementCount(lowering.shapeOf(node.inputs[0])) == 0)
        return false;
    if (*exponent == 2)
        return addEltwise(lowering, node, node.inputs[0], { algorithm::eltwise_square });
    if (*exponent == 0.5F)
        return addEltwise(lowering, node, node.inputs[0], { algorithm::eltwise_sqrt });
    return false;
}

/// With a number: one pass in whatever layout the tensor has.
bool linearOnednn(Lowering& lowering, const core::Node& node)
{
    if (node.inputs.size() != 2 || !node.epilogue.empty() || !isReal(lowering.typeOf(node.inputs[0])))
        return false;
    const auto left = scalar(lowering, node, 0, 0), right = scalar(lowering, node, 1, 0);
    if (left.has_value() == right.has_value() || (left && node.kind == OpKind::Div))
        return false;
    const core::ValueId value = node.inputs[left ? 1 : 0];
    const float number = left ? *left : *right;
    if (lowering.shapeOf(value) != lowering.shapeOf(node.outputs[0])
        || core::elementCount(lowering.shapeOf(value)) == 0)
        return false;
    float slope = 1, offset = 0;
    if (node.kind == OpKind::Mul)
        slope = number;
    else if (node.kind == OpKind::Div)
        slope = 1 / number;
    else if (node.kind == OpKind::Add)
        offset = number;
    else if (node.kind == OpKind::Sub) {
        slope = left ? -1.0F : 1.0F;
        offset = left ? number : -number;
    } else
        return false;
    return addEltwise(lowering, node, value, { algorithm::eltwise_linear, slope, offset });
}

/// Blocked images with one number per channel, [N or 1, C, 1, 1]: the gate of a squeeze-and-excitation.
bool binaryChannels(Lowering& lowering, const core::Node& node)
{
    const auto how = binaryOf(node.kind);
    if (!how || node.inputs.size() != 2 || !node.epilogue.empty() || !isReal(lowering.typeOf(node.inputs[0])))
        return false;
    const auto type = *dataType(lowering.typeOf(node.inputs[0]));
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const bool second = lowering.shapeOf(node.inputs[0]) == output; // the second operand is the small one
    const core::ValueId image = node.inputs[second ? 0 : 1], gate = node.inputs[second ? 1 : 0];
    const core::Shape& small = lowering.shapeOf(gate);
    if (output.size() < 3 || output.size() > 5 || lowering.shapeOf(image) != output
        || small.size() != output.size() || small[1] != output[1] || core::elementCount(output) == 0
        || (small[0] != 1 && small[0] != output[0])
        || std::any_of(small.begin() + 2, small.end(), [](std::int64_t dim) { return dim != 1; }))
        return false;
    const Desc layout = channelBlockedDesc(output, lowering.channelBlock(), type);
    if (lowering.constant(image) || lowering.tensor(lowering.current(image)).desc != layout
        || (!second && (node.kind == OpKind::Sub || node.kind == OpKind::Div)))
        return false;
    const Desc gateLayout = channelBlockedDesc(small, lowering.channelBlock(), type);
    const dnnl::binary::primitive_desc desc(lowering.engine(), *how, layout, gateLayout, layout, plainAttr());
    const bool inPlace = mayAccumulate(lowering, node, second ? 0 : 1); // the gate may be a part of the image
    const TensorId a = lowering.current(image), b = lowering.inLayout(gate, gateLayout);
    lowering.add(dnnl::binary(desc),
        { { DNNL_ARG_SRC_0, a }, { DNNL_ARG_SRC_1, b },
            { DNNL_ARG_DST,
                inPlace ? lowering.defineAlias(node.outputs[0], a, layout)
                        : lowering.define(node.outputs[0], layout) } });
    return true;
}

/// Halves, one operand of which is spread over the other's shape.
bool binarySpread(Lowering& lowering, const core::Node& node)
{
    const auto how = binaryOf(node.kind);
    const core::ElementType type = lowering.typeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    if (!how || node.inputs.size() != 2 || !node.epilogue.empty() || !core::ops::isHalf(type) || !isReal(type)
        || lowering.shapeOf(node.inputs[0]) != output || core::elementCount(output) == 0 || output.size() > 6)
        return false;
    const core::Shape& small = lowering.shapeOf(node.inputs[1]);
    core::Shape aligned(output.size(), 1);
    std::copy_backward(small.begin(), small.end(), aligned.end());
    const Desc whole = plainDesc(output, type), spread = plainDesc(aligned, type);
    const dnnl::binary::primitive_desc desc(lowering.engine(), *how, whole, spread, whole, plainAttr());
    const TensorId a = lowering.plain(node.inputs[0]),
                   b = lowering.view(lowering.plain(node.inputs[1]), spread);
    lowering.add(dnnl::binary(desc),
        { { DNNL_ARG_SRC_0, a }, { DNNL_ARG_SRC_1, b },
            { DNNL_ARG_DST, lowering.definePlain(node.outputs[0]) } });
    return true;
}

bool binaryOwn(Lowering& lowering, const core::Node& node)
{
    using core::ElementType;
    const ElementType type = lowering.typeOf(node.inputs[0]);
    if (node.inputs.size() != 2 || !node.epilogue.empty()
        || core::elementCount(lowering.shapeOf(node.outputs[0])) == 0)
        return false;
    const bool integers = type == ElementType::Int32 || type == ElementType::Int64;
    if (type != kFloat
        && !(integers && node.kind != OpKind::Div)) // integer division by zero is the plain loop's business
        return false;
    const Broadcast shape(lowering.shapeOf(node.inputs[0]), lowering.shapeOf(node.inputs[1]),
        lowering.shapeOf(node.outputs[0]));
    const TensorId a = lowering.plain(node.inputs[0]), b = lowering.plain(node.inputs[1]);
    const TensorId out = lowering.definePlain(node.outputs[0]);
    const OpKind kind = node.kind;
    lowering.addOwn("own:broadcast", { a, b }, { out }, [=](const Addresses& at) {
        if (type == ElementType::Float32)
            runBinary(kind, shape, at.as<const float>(a), at.as<const float>(b), at.as<float>(out));
        else if (type == ElementType::Int32)
            runBinary(kind, shape, at.as<const std::int32_t>(a), at.as<const std::int32_t>(b),
                at.as<std::int32_t>(out));
        else
            runBinary(kind, shape, at.as<const std::int64_t>(a), at.as<const std::int64_t>(b),
                at.as<std::int64_t>(out));
    });
    return true;
}

} // namespace cpu
