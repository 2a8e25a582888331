// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/panel_steps.h"

#include "core/ops/half.h"
#include "core/ops/window.h"
#include "cpu/epilogue.h"

#include <algorithm>
#include <cstring>

namespace cpu {

namespace {

using core::ElementType;
using Type = PanelEpilogue::Type;

/// Where the file has the weights that panels are made of.
PanelWeights placesOf(const core::Node& node, const PanelConv& conv)
{
    const std::int64_t area = conv.kernelHeight * conv.kernelWidth;
    if (node.kind == core::OpKind::Conv)
        return { .output = conv.channels * area, .row = conv.kernelWidth, .column = 1, .channel = area };
    const auto* gemm = std::get_if<core::GemmAttributes>(&node.attributes);
    const bool transposed = gemm && gemm->transB;
    return { .output = transposed ? conv.channels : 1, .channel = transposed ? 1 : conv.outputs };
}

Desc layoutOf(const Lowering& lowering, const core::Node& node, core::ValueId value)
{
    const core::Shape& shape = lowering.shapeOf(value);
    const ElementType type = lowering.typeOf(value);
    return node.kind == core::OpKind::Conv ? channelsLastDesc(shape, *dataType(type))
                                           : plainDesc(shape, type);
}

/// The sum's other part, and where the result goes: over that part where nobody else needs it, which saves
/// memory and the way there. Not over a copy: others may read it.
std::pair<TensorId, TensorId> residualAndTarget(
    Lowering& lowering, const core::Node& node, const PanelFinish& finish)
{
    const core::ValueId output = node.outputs[0];
    const Desc out = layoutOf(lowering, node, output);
    if (finish.residual < 0)
        return { -1, lowering.define(output, out) };
    const core::ValueId value = node.inputs[static_cast<std::size_t>(finish.residual)];
    const bool free = mayAccumulate(lowering, node, finish.residual);
    const TensorId residual = lowering.inLayout(value, layoutOf(lowering, node, value));
    if (free && bytesOf(finish.kernel.residual) == bytesOf(finish.kernel.output)
        && lowering.tensor(residual).buffer == lowering.tensor(lowering.current(value)).buffer)
        return { residual, lowering.defineAlias(output, residual, out) };
    return { residual, lowering.define(output, out) };
}

} // namespace

PanelEpilogue::Type panelType(ElementType type)
{
    switch (type) {
    case ElementType::UInt8:
        return Type::UInt8;
    case ElementType::Int8:
        return Type::Int8;
    case ElementType::BFloat16:
        return Type::BFloat16;
    default:
        return Type::Float32;
    }
}

std::optional<PanelConv> panelConv(const Lowering& lowering, const core::Node& node)
{
    const core::Shape &input = lowering.shapeOf(node.inputs[0]), &output = lowering.shapeOf(node.outputs[0]);
    if (!lowering.constant(node.inputs[1]) || input.size() != 4 || core::elementCount(input) == 0
        || core::elementCount(output) == 0)
        return std::nullopt;
    const core::Shape kernel = lowering.shapeOf(node.inputs[1]);
    const core::Window window = core::convWindow(std::get<core::ConvAttributes>(node.attributes),
        core::ops::spatial(input), core::ops::spatial(kernel));
    for (std::size_t i = 0; i < 2; ++i)
        if (window.dilations[i] != 1 || window.padsBegin[i] < 0)
            return std::nullopt;
    return PanelConv { input[0], input[2], input[3], input[1], output[1], output[2], output[3], kernel[2],
        kernel[3], window.strides[0], window.strides[1], window.padsBegin[0], window.padsBegin[1] };
}

std::optional<PanelConv> panelProduct(
    const Lowering& lowering, const core::Node& node, std::int64_t fewestRows)
{
    const core::Shape &a = lowering.shapeOf(node.inputs[0]), &output = lowering.shapeOf(node.outputs[0]);
    if (!lowering.constant(node.inputs[1]) || lowering.shapeOf(node.inputs[1]).size() != 2 || a.size() < 2
        || core::elementCount(output) == 0)
        return std::nullopt;
    if (const auto* gemm = std::get_if<core::GemmAttributes>(&node.attributes))
        if (gemm->transA || gemm->alpha != 1
            || (gemm->beta != 1 && node.inputs.size() > 2 && node.inputs[2] != core::kNoValue))
            return std::nullopt;
    if (const auto* product = std::get_if<core::MatMulAttributes>(&node.attributes);
        product && product->alpha != 1)
        return std::nullopt;
    const std::int64_t k = a.back(), n = output.back(),
                       m = core::elementCount(a) / std::max<std::int64_t>(k, 1);
    if (m < fewestRows || k == 0)
        return std::nullopt;
    return PanelConv { .height = m, .channels = k, .outputs = n, .outHeight = m };
}

std::optional<std::vector<float>> panelBias(
    const Lowering& lowering, const core::Node& node, std::int64_t outputs)
{
    if (node.inputs.size() < 3 || node.inputs[2] == core::kNoValue)
        return std::vector<float>();
    const auto bias = lowering.constant(node.inputs[2]);
    if (!bias || core::elementCount(bias->shape) != outputs || bias->shape.back() != outputs
        || (bias->type != ElementType::Float32 && !core::ops::isHalf(bias->type)))
        return std::nullopt;
    std::vector<float> numbers(static_cast<std::size_t>(outputs));
    const auto copy = [&](std::span<const std::byte> bytes) {
        std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(float));
    };
    if (bias->type == ElementType::Float32)
        copy(bias->bytes);
    else
        copy(core::ops::widened(*bias).bytes());
    return numbers;
}

void addPanelSteps(Lowering& lowering, const core::Node& node, const PanelConv& conv,
    const PanelFinish& finish, std::int32_t zero, const char* kernel)
{
    const core::TensorView weights = *lowering.constant(node.inputs[1]);
    // Packed weights have as many elements as bytes, or half as many of two.
    const TensorId packed = lowering.packedBy(weights, { packedPanelBytes(conv) / conv.elementBytes() },
        [conv, places = placesOf(node, conv), zero](const core::TensorView& from, std::byte* to) {
            PanelWeights here = places;
            here.first = from.bytes.data();
            packPanels(conv, here, zero, to);
        });
    // Waking others takes longer than small products do.
    constexpr std::int64_t kWorthATeam = 500'000;
    const std::int64_t bytes = conv.batch * conv.outHeight * conv.outWidth * conv.weightBytes();
    const PanelPlan plan(conv, bytes < kWorthATeam ? 1 : lowering.settings().team.threads,
        bytesOf(finish.kernel.output) + bytesOf(finish.kernel.residual));
    const TensorId source = lowering.inLayout(node.inputs[0], layoutOf(lowering, node, node.inputs[0]));
    std::vector<TensorId> reads { source, packed };
    const TensorId scratch = plan.scratchBytes() > 0
        ? lowering.temporaryBytes(static_cast<std::size_t>(plan.scratchBytes()))
        : -1;
    if (scratch >= 0)
        reads.push_back(scratch);
    const auto [residual, target] = residualAndTarget(lowering, node, finish);
    if (residual >= 0)
        reads.push_back(residual);
    std::vector<float> scale(static_cast<std::size_t>(conv.paddedOutputs())), bias(scale.size());
    orderForPanels(conv, finish.bias.data(), bias.data());
    if (!finish.scale.empty())
        orderForPanels(conv, finish.scale.data(), scale.data());
    lowering.addOwn(kernel, std::move(reads), { target },
        [=, as = finish.kernel, residual = residual, target = target, scale = std::move(scale),
            bias = std::move(bias)](const Addresses& at) {
            PanelEpilogue epilogue = as;
            epilogue.scale = scale.data();
            epilogue.bias = bias.data();
            runPanelConv(plan,
                { .src = at.bytes(source),
                    .weights = at.bytes(packed),
                    .epilogue = &epilogue,
                    .residual = residual < 0 ? nullptr : at.bytes(residual),
                    .dst = at.bytes(target),
                    .scratch = scratch < 0 ? nullptr : at.bytes(scratch),
                    .zero = static_cast<std::uint8_t>(zero) });
        });
}

} // namespace cpu
