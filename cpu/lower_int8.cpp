// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/window.h"
#include "cpu/epilogue.h"
#include "cpu/int8_conv.h"
#include "cpu/int8_depthwise.h"
#include "cpu/lower_table.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

namespace cpu {

namespace {

using core::ElementType;
using Kind = core::PostOp::Kind;
using Type = Int8Epilogue::Type;

/// A node's epilogue in the words of the kernels, with what those point into.
struct Finish {
    Int8Epilogue kernel;
    std::vector<float> scale, bias; // of channels
    int residual = -1; // index of the node's input
};

Type typeFor(ElementType type)
{
    return type == ElementType::UInt8 ? Type::UInt8 : type == ElementType::Int8 ? Type::Int8 : Type::Float32;
}

bool known(ElementType type)
{
    return type == ElementType::UInt8 || type == ElementType::Int8 || type == ElementType::Float32;
}

/// A sum, then limits or Gelu, then integers: all optional. nullopt for whatever else.
std::optional<Finish> finishOf(const Lowering& lowering, const core::Node& node,
    const std::optional<core::TensorView>& bias, const Int8Conv& conv)
{
    Finish finish;
    Int8Epilogue& kernel = finish.kernel;
    kernel.least = -std::numeric_limits<float>::infinity();
    kernel.most = std::numeric_limits<float>::infinity();
    const core::Quantisation* to = nullptr;
    bool limited = false;
    for (const core::PostOp& op : node.epilogue) {
        if (op.kind == Kind::Add && finish.residual < 0 && !limited && !kernel.gelu)
            finish.residual = op.input;
        else if ((op.kind == Kind::Relu || op.kind == Kind::Clip) && !kernel.gelu) {
            kernel.least = std::max(kernel.least, op.kind == Kind::Relu ? 0 : op.alpha);
            if (op.kind == Kind::Clip)
                kernel.most = std::min(kernel.most, op.beta);
            limited = true;
        } else if (op.kind == Kind::Gelu && !limited && !kernel.gelu)
            kernel.gelu = true;
        else if (op.kind == Kind::Quantise)
            to = &op.to;
        else
            return std::nullopt;
    }
    if ((kernel.gelu && !to) || !known(lowering.typeOf(node.outputs[0])) || !(kernel.least <= kernel.most))
        return std::nullopt; // the kernels' Gelu is as exact as integers need it
    const float unit = to && !kernel.gelu ? 1 / to->scales[0] : 1;
    const core::Quantisation &input = *core::inputQuantisation(node, 0),
                             &weights = *core::inputQuantisation(node, 1);
    finish.scale.assign(static_cast<std::size_t>(conv.outputs), 0);
    finish.bias.assign(finish.scale.size(), 0);
    for (std::size_t c = 0; c < static_cast<std::size_t>(conv.outputs); ++c)
        finish.scale[c] = input.scales[0] * weights.scales[weights.scales.size() > 1 ? c : 0] * unit;
    if (bias)
        std::memcpy(
            finish.bias.data(), bias->bytes.data(), static_cast<std::size_t>(conv.outputs) * sizeof(float));
    float added = 0;
    if (finish.residual >= 0) {
        const auto index = static_cast<std::size_t>(finish.residual);
        const ElementType type = lowering.typeOf(node.inputs[index]);
        const core::Quantisation* as = core::inputQuantisation(node, index);
        if (!known(type) || (type == ElementType::Float32) != (as == nullptr))
            return std::nullopt;
        kernel.residual = typeFor(type);
        kernel.residualScale = as ? as->scales[0] * unit : unit;
        added = as ? -kernel.residualScale * static_cast<float>(as->zero) : 0;
    }
    for (float& each : finish.bias)
        each = each * unit + added;
    kernel.output = typeFor(lowering.typeOf(node.outputs[0]));
    if (!to)
        return finish;
    kernel.zero = static_cast<std::int32_t>(to->zero);
    const bool isSigned = kernel.output == Type::Int8;
    const float zero = static_cast<float>(to->zero);
    kernel.least = std::max(kernel.least * unit, (isSigned ? -128.0F : 0.0F) - zero);
    kernel.most = std::min(kernel.most * unit, (isSigned ? 127.0F : 255.0F) - zero);
    kernel.outputScale = 1 / to->scales[0];
    return finish;
}

/// u8 values with weights that are s8 around zero.
bool fits(const Lowering& lowering, const core::Node& node)
{
    const core::Quantisation *input = core::inputQuantisation(node, 0),
                             *weights = core::inputQuantisation(node, 1);
    return hasInt8Conv() && input && weights && input->type == ElementType::UInt8 && input->scales.size() == 1
        && weights->type == ElementType::Int8 && weights->zero == 0 && lowering.constant(node.inputs[1])
        && core::elementCount(lowering.shapeOf(node.outputs[0])) > 0;
}

/// The third input: a constant for each output; nullopt in the outer optional where it is something else.
std::optional<std::optional<core::TensorView>> biasOf(
    const Lowering& lowering, const core::Node& node, std::int64_t outputs)
{
    if (node.inputs.size() < 3 || node.inputs[2] == core::kNoValue)
        return std::optional<core::TensorView>();
    const auto bias = lowering.constant(node.inputs[2]);
    if (!bias || bias->type != ElementType::Float32 || core::elementCount(bias->shape) != outputs
        || bias->shape.back() != outputs)
        return std::nullopt;
    return bias;
}

/// `layout` gives the description that a tensor of the output's shape has in memory.
void addSteps(Lowering& lowering, const core::Node& node, const Int8Conv& conv, const Finish& finish,
    const Int8Weights& places, TensorId source, const std::function<Desc(ElementType)>& layout)
{
    const core::TensorView weights = *lowering.constant(node.inputs[1]);
    const auto zero = static_cast<std::int32_t>(core::inputQuantisation(node, 0)->zero);
    const TensorId packed = lowering.packedBy(weights, { packedInt8Bytes(conv) },
        [conv, places, zero](const core::TensorView& from, std::byte* to) {
            Int8Weights here = places;
            here.first = reinterpret_cast<const std::int8_t*>(from.bytes.data());
            packInt8Weights(conv, here, zero, to);
        });
    // Waking others takes longer than small products do.
    constexpr std::int64_t kWorthATeam = 500'000;
    const std::int64_t terms = conv.batch * conv.outHeight * conv.outWidth * conv.weightBytes();
    const auto size = [](Type type) { return type == Type::None ? 0 : type == Type::Float32 ? 4 : 1; };
    const Int8Plan plan(conv, terms < kWorthATeam ? 1 : lowering.settings().team.threads,
        size(finish.kernel.output) + size(finish.kernel.residual));
    std::vector<TensorId> reads { source, packed };
    const TensorId scratch = plan.scratchBytes() > 0
        ? lowering.temporaryBytes(static_cast<std::size_t>(plan.scratchBytes()))
        : -1;
    if (scratch >= 0)
        reads.push_back(scratch);
    TensorId residual = -1, target = -1;
    const Desc out = layout(lowering.typeOf(node.outputs[0]));
    if (finish.residual >= 0) {
        const core::ValueId value = node.inputs[static_cast<std::size_t>(finish.residual)];
        const bool free = mayAccumulate(lowering, node, finish.residual);
        residual = lowering.inLayout(value, layout(lowering.typeOf(value)));
        reads.push_back(residual);
        // A sum written over what was added saves memory and the way there. Not over a copy: others may read
        // it.
        if (free && size(finish.kernel.residual) == size(finish.kernel.output)
            && lowering.tensor(residual).buffer == lowering.tensor(lowering.current(value)).buffer)
            target = lowering.defineAlias(node.outputs[0], residual, out);
    }
    if (target < 0)
        target = lowering.define(node.outputs[0], out);
    std::vector<float> scale(static_cast<std::size_t>(conv.paddedOutputs())), offset(scale.size());
    orderForInt8(conv, finish.scale.data(), scale.data());
    orderForInt8(conv, finish.bias.data(), offset.data());
    lowering.addOwn("own:int8", std::move(reads), { target },
        [=, kernel = finish.kernel, scale = std::move(scale), offset = std::move(offset)](
            const Addresses& at) {
            Int8Epilogue epilogue = kernel;
            epilogue.scale = scale.data();
            epilogue.bias = offset.data();
            runInt8Conv(plan,
                { .src = at.as<std::uint8_t>(source),
                    .weights = at.bytes(packed),
                    .epilogue = &epilogue,
                    .residual = residual < 0 ? nullptr : at.bytes(residual),
                    .dst = at.bytes(target),
                    .scratch = scratch < 0 ? nullptr : at.as<std::uint8_t>(scratch),
                    .zero = static_cast<std::uint8_t>(zero) });
        });
}

} // namespace

namespace {

/// A convolution of every channel by itself.
bool depthwiseInt8(Lowering& lowering, const core::Node& node, const Int8Conv& conv)
{
    const auto bias = biasOf(lowering, node, conv.outputs);
    const auto finish = bias ? finishOf(lowering, node, *bias, conv) : std::nullopt;
    if (!finish || finish->residual >= 0 || finish->kernel.gelu || finish->kernel.output != Type::UInt8
        || conv.kernelHeight > kMostDepthwiseRows)
        return false;
    const Int8Depthwise depthwise { conv.batch, conv.height, conv.width, conv.outputs, conv.outHeight,
        conv.outWidth, conv.kernelHeight, conv.kernelWidth, conv.strideHeight, conv.strideWidth, conv.padTop,
        conv.padLeft };
    const auto zero = static_cast<std::int32_t>(core::inputQuantisation(node, 0)->zero);
    const TensorId packed = lowering.packedBy(*lowering.constant(node.inputs[1]),
        { packedInt8DepthwiseBytes(depthwise) },
        [depthwise, zero](const core::TensorView& from, std::byte* to) {
            packInt8Depthwise(depthwise, reinterpret_cast<const std::int8_t*>(from.bytes.data()), zero, to);
        });
    const TensorId source = lowering.inLayout(
        node.inputs[0], channelsLastDesc(lowering.shapeOf(node.inputs[0]), *dataType(ElementType::UInt8)));
    const int threads = lowering.settings().team.threads;
    const TensorId scratch
        = lowering.temporaryBytes(static_cast<std::size_t>(int8DepthwiseScratch(depthwise) * threads));
    const TensorId target = lowering.define(
        node.outputs[0], channelsLastDesc(lowering.shapeOf(node.outputs[0]), *dataType(ElementType::UInt8)));
    std::vector<float> scale(static_cast<std::size_t>(depthwise.blocks() * 64)), offset(scale.size());
    orderForInt8Depthwise(depthwise, finish->scale.data(), scale.data());
    orderForInt8Depthwise(depthwise, finish->bias.data(), offset.data());
    lowering.addOwn("own:int8_depthwise", { source, packed, scratch }, { target },
        [=, kernel = finish->kernel, scale = std::move(scale), offset = std::move(offset)](
            const Addresses& at) {
            Int8Epilogue epilogue = kernel;
            epilogue.scale = scale.data();
            epilogue.bias = offset.data();
            runInt8Depthwise(depthwise,
                { .src = at.as<std::uint8_t>(source),
                    .weights = at.bytes(packed),
                    .epilogue = &epilogue,
                    .dst = at.as<std::uint8_t>(target),
                    .scratch = at.as<std::uint8_t>(scratch),
                    .zero = static_cast<std::uint8_t>(zero),
                    .threads = threads });
        });
    return true;
}

} // namespace

bool convInt8(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::ConvAttributes>(node.attributes);
    const core::Shape& input = lowering.shapeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    if (!fits(lowering, node) || input.size() != 4 || core::elementCount(input) == 0)
        return false;
    const core::Shape kernel = lowering.shapeOf(node.inputs[1]);
    const core::Window window
        = core::convWindow(attributes, core::ops::spatial(input), core::ops::spatial(kernel));
    for (std::size_t i = 0; i < 2; ++i)
        if (window.dilations[i] != 1 || window.padsBegin[i] < 0)
            return false;
    const Int8Conv conv { input[0], input[2], input[3], input[1], output[1], output[2], output[3], kernel[2],
        kernel[3], window.strides[0], window.strides[1], window.padsBegin[0], window.padsBegin[1] };
    if (attributes.group > 1)
        return attributes.group == input[1] && output[1] == input[1] && depthwiseInt8(lowering, node, conv);
    const auto bias = biasOf(lowering, node, conv.outputs);
    const auto finish = bias ? finishOf(lowering, node, *bias, conv) : std::nullopt;
    if (!finish)
        return false;
    const std::int64_t area = kernel[2] * kernel[3];
    addSteps(lowering, node, conv, *finish,
        { .output = kernel[1] * area, .row = kernel[3], .column = 1, .channel = area },
        lowering.inLayout(node.inputs[0], channelsLastDesc(input, *dataType(ElementType::UInt8))),
        [&](ElementType type) { return channelsLastDesc(output, *dataType(type)); });
    return true;
}

namespace {

bool productInt8(Lowering& lowering, const core::Node& node, bool transposed)
{
    const core::Shape& a = lowering.shapeOf(node.inputs[0]);
    const core::Shape& output = lowering.shapeOf(node.outputs[0]);
    const std::int64_t k = a.back(), n = output.back(),
                       m = core::elementCount(a) / std::max<std::int64_t>(k, 1);
    constexpr std::int64_t kFewestRows = 4; // of fewer all time goes into reading the weights
    if (m < kFewestRows || k % 4 != 0)
        return false;
    const Int8Conv conv { .height = m, .channels = k, .outputs = n, .outHeight = m };
    const auto bias = biasOf(lowering, node, n);
    const auto finish = bias ? finishOf(lowering, node, *bias, conv) : std::nullopt;
    if (!finish)
        return false;
    addSteps(lowering, node, conv, *finish, { .output = transposed ? k : 1, .channel = transposed ? 1 : n },
        lowering.plain(node.inputs[0]), [&](ElementType type) { return plainDesc(output, type); });
    return true;
}

} // namespace

bool gemmInt8(Lowering& lowering, const core::Node& node)
{
    const auto& attributes = std::get<core::GemmAttributes>(node.attributes);
    return fits(lowering, node) && !attributes.transA && attributes.alpha == 1
        && (attributes.beta == 1 || node.inputs.size() < 3 || node.inputs[2] == core::kNoValue)
        && productInt8(lowering, node, attributes.transB);
}

bool matmulInt8(Lowering& lowering, const core::Node& node)
{
    const auto* attributes = std::get_if<core::MatMulAttributes>(&node.attributes);
    return fits(lowering, node) && lowering.shapeOf(node.inputs[1]).size() == 2
        && lowering.shapeOf(node.inputs[0]).size() >= 2 && (!attributes || attributes->alpha == 1)
        && productInt8(lowering, node, false);
}

} // namespace cpu
