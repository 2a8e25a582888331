// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/passes/constants.h"

#include <array>
#include <cmath>
#include <cstring>
#include <span>

namespace core {
namespace {

using namespace passes;

/// y = scale * x + shift per channel: what a BatchNormalization is at inference, and arithmetic with a
/// constant.
struct Affine {
    std::vector<double> scale, shift;
};

std::optional<Affine> affineOfNorm(const Graph& graph, const Node& norm, std::int64_t channels)
{
    if (std::get<BatchNormAttributes>(norm.attributes).training)
        return std::nullopt;
    std::array<std::span<const float>, 4> parameters; // scale, bias, mean, variance
    for (std::size_t k = 0; k < 4; ++k) {
        const ValueId id = norm.inputs[k + 1];
        if (!isFloatConstant(graph, id) || elementCount(graph.value(id).constant->shape) != channels)
            return std::nullopt;
        parameters[k] = graph.value(id).constant->as<float>();
    }
    const double epsilon = std::get<BatchNormAttributes>(norm.attributes).epsilon;
    Affine affine;
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
        const double scale = parameters[0][c] / std::sqrt(parameters[3][c] + epsilon);
        affine.scale.push_back(scale);
        affine.shift.push_back(parameters[1][c] - parameters[2][c] * scale);
    }
    return affine;
}

/// A constant's value for each channel of a layer's output, which has `trailing` dimensions behind the
/// channels: one number for all, or one per channel. nullopt for any other constant.
std::optional<std::vector<double>> perChannel(
    const Graph& graph, ValueId id, std::int64_t channels, std::size_t trailing)
{
    if (!isFloatConstant(graph, id))
        return std::nullopt;
    const TensorView& constant = *graph.value(id).constant;
    const std::int64_t count = elementCount(constant.shape);
    if (constant.shape.size() > trailing + 2 || (count != 1 && count != channels))
        return std::nullopt;
    const std::size_t rank = constant.shape.size();
    if (count != 1 && (rank < trailing + 1 || constant.shape[rank - trailing - 1] != channels))
        return std::nullopt;
    const auto elements = constant.as<float>();
    std::vector<double> values;
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c)
        values.push_back(elements[count == 1 ? 0 : c]);
    return values;
}

/// Add, Sub, Mul or Div of `between`, the layer's output, and a constant.
std::optional<Affine> affineOfArithmetic(
    const Graph& graph, const Node& node, ValueId between, std::int64_t channels, std::size_t trailing)
{
    if (node.inputs.size() != 2 || node.inputs[0] == node.inputs[1])
        return std::nullopt;
    const bool first = node.inputs[0] == between; // the layer's output is the left operand
    const auto constant = perChannel(graph, node.inputs[first ? 1 : 0], channels, trailing);
    if (!constant || (node.kind == OpKind::Div && !first))
        return std::nullopt;
    Affine affine;
    for (const double c : *constant) {
        const bool scales = node.kind == OpKind::Mul || node.kind == OpKind::Div;
        const double sign = node.kind == OpKind::Sub && !first ? -1 : 1;
        affine.scale.push_back(node.kind == OpKind::Mul ? c : node.kind == OpKind::Div ? 1 / c : sign);
        affine.shift.push_back(scales ? 0 : node.kind == OpKind::Sub && first ? -c : c);
    }
    return affine;
}

std::optional<Affine> affineOf(
    const Graph& graph, const Node& node, ValueId between, std::int64_t channels, std::size_t trailing)
{
    if (node.kind == OpKind::BatchNormalization)
        return affineOfNorm(graph, node, channels);
    return affineOfArithmetic(graph, node, between, channels, trailing);
}

/// The layer's bias per channel, zeros without one; nullopt for a bias that is no constant row.
std::optional<std::vector<double>> biasOf(const Graph& graph, const Node& layer, std::int64_t channels)
{
    std::vector<double> bias(static_cast<std::size_t>(channels), 0.0);
    if (layer.inputs.size() < 3 || layer.inputs[2] == kNoValue)
        return bias;
    if (!isFloatConstant(graph, layer.inputs[2]))
        return std::nullopt;
    const TensorView& constant = *graph.value(layer.inputs[2]).constant;
    const std::int64_t count = elementCount(constant.shape);
    const bool row = !constant.shape.empty() && count == channels && constant.shape.back() == channels;
    if (!row && count != 1)
        return std::nullopt;
    const auto elements = constant.as<float>();
    for (std::size_t c = 0; c < bias.size(); ++c)
        bias[c] = elements[row ? c : 0];
    return bias;
}

/// Weights with each element times the scale of its channel. `inner` elements in a row share one.
Tensor scaled(const TensorView& weights, const std::vector<double>& scale, std::size_t inner)
{
    Tensor result(weights.type, weights.shape);
    std::memcpy(
        result.bytes().data(), weights.bytes.data(), weights.bytes.size()); // may be unaligned in the file
    const auto elements = result.as<float>();
    for (std::size_t i = 0; i < elements.size(); ++i)
        elements[i] = static_cast<float>(elements[i] * scale[i / inner % scale.size()]);
    return result;
}

/// Puts scale and shift into the weights and the bias of `layer`, whose outputs have `channels` channels.
void foldInto(Graph& graph, Node& layer, const Affine& affine, const std::vector<double>& bias,
    double biasFactor, std::size_t inner)
{
    const auto channels = static_cast<std::int64_t>(affine.scale.size());
    Tensor shift(ElementType::Float32, { channels });
    for (std::size_t c = 0; c < affine.scale.size(); ++c)
        shift.as<float>()[c] = static_cast<float>(biasFactor * bias[c] * affine.scale[c] + affine.shift[c]);
    const Value weights = graph.value(layer.inputs[1]);
    layer.inputs.resize(3, kNoValue);
    layer.inputs[1] = graph.addConstant(weights.name, scaled(*weights.constant, affine.scale, inner));
    layer.inputs[2] = graph.addConstant(layer.name + ".bias", std::move(shift));
}

/// Weights of a Conv are [O, ...]; of a ConvTranspose [I, O, ...], where only one group is looked at.
bool foldConv(Graph& graph, Node& conv, const Node& affineNode)
{
    const Shape& shape = graph.value(conv.inputs[1]).constant->shape;
    const bool transposed = conv.kind == OpKind::ConvTranspose;
    if (shape.size() < 3
        || (transposed && std::get<ConvTransposeAttributes>(conv.attributes).conv.group != 1))
        return false;
    const std::int64_t channels = shape[transposed ? 1 : 0];
    const auto affine = affineOf(graph, affineNode, conv.outputs[0], channels, shape.size() - 2);
    const auto bias = biasOf(graph, conv, channels);
    if (!affine || !bias || channels == 0 || shape[0] == 0)
        return false;
    const std::int64_t share = elementCount(shape) / shape[0];
    foldInto(graph, conv, *affine, *bias, 1, static_cast<std::size_t>(transposed ? share / channels : share));
    return true;
}

bool foldGemm(Graph& graph, Node& gemm, const Node& affineNode)
{
    const Shape shape = graph.value(gemm.inputs[1]).constant->shape;
    auto& attributes = std::get<GemmAttributes>(gemm.attributes);
    if (shape.size() != 2)
        return false;
    const std::int64_t channels = shape[attributes.transB ? 0 : 1];
    const auto affine = affineOf(graph, affineNode, gemm.outputs[0], channels, 0);
    const auto bias = biasOf(graph, gemm, channels);
    if (!affine || !bias || channels == 0)
        return false;
    foldInto(graph, gemm, *affine, *bias, attributes.beta,
        attributes.transB ? static_cast<std::size_t>(shape[1]) : 1);
    attributes.beta = 1;
    return true;
}

bool isAffine(const Node& node)
{
    switch (node.kind) {
    case OpKind::BatchNormalization:
        return node.outputs.size() == 1;
    case OpKind::Add:
    case OpKind::Sub:
    case OpKind::Mul:
    case OpKind::Div:
        return true;
    default:
        return false;
    }
}

/// The layer that feeds the node and nobody else; kNoNode when there is none that could take it in.
NodeIndex layerBefore(const Rewrite& rewrite, NodeIndex index)
{
    for (const ValueId between : rewrite.node(index).inputs) {
        const NodeIndex layer = between == kNoValue ? kNoNode : rewrite.producer(between);
        if (layer == kNoNode || rewrite.onlyReader(between) != index)
            continue;
        const Node& node = rewrite.node(layer);
        if ((node.kind == OpKind::Conv || node.kind == OpKind::ConvTranspose || node.kind == OpKind::Gemm)
            && node.epilogue.empty() && node.inputs.size() >= 2
            && isFloatConstant(rewrite.graph(), node.inputs[1]))
            return layer;
    }
    return kNoNode;
}

} // namespace

Graph foldAffine(Graph graph)
{
    Rewrite rewrite(std::move(graph));
    for (NodeIndex index = 0; index < rewrite.count(); ++index) {
        const Node& affine = rewrite.node(index);
        if (!rewrite.alive(index) || !isAffine(affine) || !affine.epilogue.empty())
            continue;
        const NodeIndex layer = layerBefore(rewrite, index);
        if (layer == kNoNode)
            continue;
        const ValueId output = affine.outputs[0];
        Node& node = rewrite.node(layer);
        const bool folded = node.kind == OpKind::Gemm ? foldGemm(rewrite.graph(), node, affine)
                                                      : foldConv(rewrite.graph(), node, affine);
        if (folded)
            rewrite.merge(layer, { index }, output);
    }
    return rewrite.finish();
}

} // namespace core
