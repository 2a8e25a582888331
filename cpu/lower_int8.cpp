// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/int8_depthwise.h"
#include "cpu/lower_table.h"
#include "cpu/panel_steps.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace cpu {

namespace {

using core::ElementType;
using Kind = core::PostOp::Kind;
using Type = PanelEpilogue::Type;

bool known(ElementType type)
{
    return type == ElementType::UInt8 || type == ElementType::Int8 || type == ElementType::Float32;
}

/// A sum, then limits or Gelu, then integers: all optional. nullopt for whatever else.
std::optional<PanelFinish> finishOf(const Lowering& lowering, const core::Node& node, const PanelConv& conv)
{
    const auto bias = panelBias(lowering, node, conv.outputs);
    if (!bias)
        return std::nullopt;
    PanelFinish finish;
    PanelEpilogue& kernel = finish.kernel;
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
    finish.bias = *bias;
    finish.bias.resize(finish.scale.size(), 0);
    for (std::size_t c = 0; c < static_cast<std::size_t>(conv.outputs); ++c)
        finish.scale[c] = input.scales[0] * weights.scales[weights.scales.size() > 1 ? c : 0] * unit;
    float added = 0;
    if (finish.residual >= 0) {
        const auto index = static_cast<std::size_t>(finish.residual);
        const ElementType type = lowering.typeOf(node.inputs[index]);
        const core::Quantisation* as = core::inputQuantisation(node, index);
        if (!known(type) || (type == ElementType::Float32) != (as == nullptr))
            return std::nullopt;
        kernel.residual = panelType(type);
        kernel.residualScale = as ? as->scales[0] * unit : unit;
        added = as ? -kernel.residualScale * static_cast<float>(as->zero) : 0;
    }
    for (float& each : finish.bias)
        each = each * unit + added;
    kernel.output = panelType(lowering.typeOf(node.outputs[0]));
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
    return hasInt8Kernels() && input && weights && input->type == ElementType::UInt8
        && input->scales.size() == 1 && weights->type == ElementType::Int8 && weights->zero == 0
        && lowering.constant(node.inputs[1]) && core::elementCount(lowering.shapeOf(node.outputs[0])) > 0;
}

PanelArithmetic arithmetic()
{
    return hasAmxKernels() ? PanelArithmetic::AmxInt8 : PanelArithmetic::Vnni;
}

bool lowerPanels(Lowering& lowering, const core::Node& node, PanelConv conv)
{
    conv.arithmetic = arithmetic();
    const auto finish = finishOf(lowering, node, conv);
    if (!finish)
        return false;
    addPanelSteps(lowering, node, conv, *finish,
        static_cast<std::int32_t>(core::inputQuantisation(node, 0)->zero),
        conv.amx() ? "own:int8_amx" : "own:int8");
    return true;
}

/// A convolution of every channel by itself.
bool depthwiseInt8(Lowering& lowering, const core::Node& node, const PanelConv& conv)
{
    const auto finish = finishOf(lowering, node, conv);
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
            PanelEpilogue epilogue = kernel;
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
    const auto conv = fits(lowering, node) ? panelConv(lowering, node) : std::nullopt;
    if (!conv)
        return false;
    const std::int64_t group = std::get<core::ConvAttributes>(node.attributes).group;
    if (group > 1)
        return group == conv->channels && conv->outputs == conv->channels
            && depthwiseInt8(lowering, node, *conv);
    return lowerPanels(lowering, node, *conv);
}

bool productInt8(Lowering& lowering, const core::Node& node)
{
    constexpr std::int64_t kFewestRows = 4; // of fewer all time goes into reading the weights
    const auto conv = fits(lowering, node) ? panelProduct(lowering, node, kFewestRows) : std::nullopt;
    return conv && conv->channels % 4 == 0 && lowerPanels(lowering, node, *conv);
}

} // namespace cpu
