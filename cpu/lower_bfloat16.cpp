// SPDX-License-Identifier: GPL-3.0-or-later
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
    return hasAmxKernels() && node.quantised.empty() && lowering.typeOf(node.inputs[0]) == ElementType::BFloat16
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

} // namespace

bool convBfloat16(Lowering& lowering, const core::Node& node)
{
    return fits(lowering, node) && std::get<core::ConvAttributes>(node.attributes).group == 1
        && lowerPanels(lowering, node, panelConv(lowering, node));
}

bool productBfloat16(Lowering& lowering, const core::Node& node)
{
    constexpr std::int64_t kFewestRows = 4; // of fewer all time goes into reading the weights
    return fits(lowering, node) && lowerPanels(lowering, node, panelProduct(lowering, node, kFewestRows));
}

} // namespace cpu
