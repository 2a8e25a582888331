// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes/quantisation.h"

#include "core/model/passes/constants.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace core::passes {
namespace {

constexpr std::size_t kScale = 1, kZero = 2;

/// The scales of a constant, all usable; empty otherwise.
std::vector<float> scalesOf(const Graph& graph, ValueId id)
{
    if (!isFloatConstant(graph, id) || graph.value(id).constant->shape.size() > 1)
        return {};
    const TensorView& constant = *graph.value(id).constant;
    std::vector<float> scales(static_cast<std::size_t>(elementCount(constant.shape)));
    if (!scales.empty())
        std::memcpy(scales.data(), constant.bytes.data(), constant.bytes.size());
    const bool usable = std::all_of(
        scales.begin(), scales.end(), [](float scale) { return std::isfinite(scale) && scale > 0; });
    return usable ? scales : std::vector<float> {};
}

/// The parameters of either operator. The zero point says which type the integers have; left out, it is
/// uint8 by the standard, or what `integers` is known to be.
std::optional<Quantisation> parameters(const Graph& graph, const Node& node, ElementType integers)
{
    const auto* attributes = std::get_if<QuantiseAttributes>(&node.attributes);
    if (!attributes || attributes->blockSize != 0 || attributes->output != ElementType::Undefined
        || !node.epilogue.empty() || node.inputs.size() < 2)
        return std::nullopt;
    Quantisation as { .type = integers == ElementType::Undefined ? ElementType::UInt8 : integers,
        .scales = scalesOf(graph, node.inputs[kScale]),
        .axis = attributes->axis };
    if (as.scales.empty())
        return std::nullopt;
    if (node.inputs.size() > kZero && node.inputs[kZero] != kNoValue) {
        const auto& zeros = graph.value(node.inputs[kZero]).constant;
        if (!zeros || zeros->bytes.empty() || elementSize(zeros->type) != 1)
            return std::nullopt;
        const auto same = [&](std::byte zero) { return zero == zeros->bytes[0]; };
        if (!std::all_of(zeros->bytes.begin(), zeros->bytes.end(), same))
            return std::nullopt;
        as.type = zeros->type;
        as.zero = std::to_integer<std::uint8_t>(zeros->bytes[0]);
        if (as.type == ElementType::Int8)
            as.zero = static_cast<std::int8_t>(as.zero);
    }
    const bool eightBit = as.type == ElementType::UInt8 || as.type == ElementType::Int8;
    return eightBit ? std::optional(std::move(as)) : std::nullopt;
}

bool quantises(const Node& node)
{
    return node.kind == OpKind::QuantizeLinear || node.kind == OpKind::MsQuantizeLinear;
}

} // namespace

std::optional<Dequantised> dequantised(const Rewrite& rewrite, ValueId id)
{
    const NodeIndex index = id == kNoValue ? kNoNode : rewrite.producer(id);
    if (index == kNoNode)
        return std::nullopt;
    const Node& node = rewrite.node(index);
    if (node.kind != OpKind::DequantizeLinear && node.kind != OpKind::MsDequantizeLinear)
        return std::nullopt;
    const Graph& graph = rewrite.graph();
    const auto& constant = graph.value(node.inputs[0]).constant;
    const NodeIndex maker = rewrite.producer(node.inputs[0]);
    auto as = parameters(graph, node, constant ? constant->type : ElementType::Undefined);
    if (!as || as->scales.size() > 1) {
        if (!as || !constant || as->axis < -std::ssize(constant->shape)
            || as->axis >= std::ssize(constant->shape))
            return std::nullopt;
        as->axis += as->axis < 0 ? std::ssize(constant->shape) : 0;
        if (constant->shape[static_cast<std::size_t>(as->axis)] != std::ssize(as->scales))
            return std::nullopt;
    } else {
        as->axis = 0;
    }
    // A zero point of another type than the integers is refused when shapes are inferred: not hidden here.
    if (constant ? constant->type != as->type
                 : node.inputs.size() <= kZero && (maker == kNoNode || !quantises(rewrite.node(maker))))
        return std::nullopt;
    return Dequantised { node.inputs[0], std::move(*as) };
}

std::optional<Quantisation> quantiser(const Graph& graph, const Node& node)
{
    if (!quantises(node))
        return std::nullopt;
    auto as = parameters(graph, node, ElementType::Undefined);
    if (!as || as->scales.size() != 1)
        return std::nullopt;
    as->axis = 0;
    return as;
}

} // namespace core::passes
