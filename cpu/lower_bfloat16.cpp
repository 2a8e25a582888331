// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/bf16_depthwise.h"
#include "cpu/lower_table.h"
#include "cpu/panel_steps.h"

#include <algorithm>
#include <limits>

namespace cpu {

namespace {

using core::ElementType;
using Kind = core::PostOp::Kind;
using Type = PanelEpilogue::Type;

/// bfloat16 with constant weights of bfloat16, where there is AMX.
bool fits(const Lowering& lowering, const core::Node& node)
{
    return hasAmxKernels() && node.quantised.empty()
        && lowering.typeOf(node.inputs[0]) == ElementType::BFloat16
        && lowering.typeOf(node.inputs[1]) == ElementType::BFloat16;
}

/// A sum, then limits or Gelu: all optional. nullopt for whatever else.
std::optional<PanelFinish> finishOf(const Lowering& lowering, const core::Node& node, std::int64_t outputs)
{
    PanelFinish finish;
    PanelEpilogue& kernel = finish.kernel;
    kernel.least = -std::numeric_limits<float>::infinity();
    kernel.most = std::numeric_limits<float>::infinity();
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
        else
            return std::nullopt;
    }
    const auto bias = panelBias(lowering, node, outputs);
    kernel.output = panelType(lowering.typeOf(node.outputs[0]));
    if (!bias || kernel.output != Type::BFloat16 || !(kernel.least <= kernel.most))
        return std::nullopt; // the kernels' Gelu is as exact as bfloat16 needs it
    if (finish.residual >= 0) {
        const ElementType type = lowering.typeOf(node.inputs[static_cast<std::size_t>(finish.residual)]);
        if (type != ElementType::BFloat16 && type != ElementType::Float32)
            return std::nullopt;
        kernel.residual = panelType(type);
    }
    finish.bias = *bias;
    finish.bias.resize(static_cast<std::size_t>(outputs), 0);
    return finish;
}

bool lowerPanels(Lowering& lowering, const core::Node& node, std::optional<PanelConv> conv)
{
    if (!conv)
        return false;
    conv->arithmetic = PanelArithmetic::AmxBf16;
    const auto finish = finishOf(lowering, node, conv->outputs);
    if (!finish)
        return false;
    addPanelSteps(lowering, node, *conv, *finish, 0, "own:bf16_amx");
    return true;
}

/// A convolution of every channel by itself.
bool lowerDepthwise(Lowering& lowering, const core::Node& node, const PanelConv& conv)
{
    const auto finish = finishOf(lowering, node, conv.outputs);
    if (!finish || finish->residual >= 0 || finish->kernel.gelu || conv.kernelHeight > kMostBf16DepthwiseRows)
        return false;
    const Bf16Depthwise depthwise { conv.batch, conv.height, conv.width, conv.outputs, conv.outHeight,
        conv.outWidth, conv.kernelHeight, conv.kernelWidth, conv.strideHeight, conv.strideWidth, conv.padTop,
        conv.padLeft, finish->kernel.least, finish->kernel.most };
    // Floats take the place of two elements each.
    const TensorId packed = lowering.packedBy(*lowering.constant(node.inputs[1]),
        { depthwise.blocks() * depthwise.blockFloats() * 2 },
        [depthwise, bias = finish->bias](const core::TensorView& from, std::byte* to) {
            packBf16Depthwise(depthwise, from.bytes.data(), bias.data(), reinterpret_cast<float*>(to));
        });
    const auto layout = [&](core::ValueId value) {
        return channelsLastDesc(lowering.shapeOf(value), *dataType(ElementType::BFloat16));
    };
    const TensorId source = lowering.inLayout(node.inputs[0], layout(node.inputs[0]));
    const TensorId target = lowering.define(node.outputs[0], layout(node.outputs[0]));
    lowering.addOwn("own:bf16_depthwise", { source, packed }, { target }, [=](const Addresses& at) {
        runBf16Depthwise(depthwise, at.bytes(source), at.as<const float>(packed), at.bytes(target));
    });
    return true;
}

} // namespace

bool convBfloat16(Lowering& lowering, const core::Node& node)
{
    const auto conv = fits(lowering, node) ? panelConv(lowering, node) : std::nullopt;
    if (!conv)
        return false;
    const std::int64_t group = std::get<core::ConvAttributes>(node.attributes).group;
    if (group > 1)
        return group == conv->channels && conv->outputs == conv->channels
            && lowerDepthwise(lowering, node, *conv);
    return lowerPanels(lowering, node, conv);
}

bool productBfloat16(Lowering& lowering, const core::Node& node)
{
    constexpr std::int64_t kFewestRows = 4; // of fewer all time goes into reading the weights
    return fits(lowering, node) && lowerPanels(lowering, node, panelProduct(lowering, node, kFewestRows));
}

} // namespace cpu
