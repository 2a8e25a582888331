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

/// y = scale * x + shift per channel: what a BatchNormalization is at inference.
struct Affine {
    std::vector<double> scale, shift;
};

std::optional<Affine> affineOf(const Graph& graph, const Node& norm, std::int64_t channels)
{
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

bool foldConv(Graph& graph, Node& conv, const Node& norm)
{
    const Shape& shape = graph.value(conv.inputs[1]).constant->shape;
    if (shape.empty())
        return false;
    const auto affine = affineOf(graph, norm, shape[0]);
    const auto bias = biasOf(graph, conv, shape[0]);
    if (!affine || !bias || shape[0] == 0)
        return false;
    foldInto(graph, conv, *affine, *bias, 1, static_cast<std::size_t>(elementCount(shape) / shape[0]));
    return true;
}

bool foldGemm(Graph& graph, Node& gemm, const Node& norm)
{
    const Shape shape = graph.value(gemm.inputs[1]).constant->shape;
    auto& attributes = std::get<GemmAttributes>(gemm.attributes);
    if (shape.size() != 2)
        return false;
    const std::int64_t channels = shape[attributes.transB ? 0 : 1];
    const auto affine = affineOf(graph, norm, channels);
    const auto bias = biasOf(graph, gemm, channels);
    if (!affine || !bias || channels == 0)
        return false;
    foldInto(graph, gemm, *affine, *bias, attributes.beta,
        attributes.transB ? static_cast<std::size_t>(shape[1]) : 1);
    attributes.beta = 1;
    return true;
}

} // namespace

Graph foldBatchNorm(Graph graph)
{
    Rewrite rewrite(std::move(graph));
    for (NodeIndex index = 0; index < rewrite.count(); ++index) {
        const Node& norm = rewrite.node(index);
        if (norm.kind != OpKind::BatchNormalization || norm.outputs.size() != 1 || !norm.epilogue.empty())
            continue;
        const ValueId between = norm.inputs[0], output = norm.outputs[0];
        const NodeIndex layer = rewrite.producer(between);
        if (layer == kNoNode || rewrite.onlyReader(between) != index)
            continue;
        Node& node = rewrite.node(layer);
        if (!node.epilogue.empty() || node.inputs.size() < 2
            || !isFloatConstant(rewrite.graph(), node.inputs[1]))
            continue;
        const bool folded = (node.kind == OpKind::Conv && foldConv(rewrite.graph(), node, norm))
            || (node.kind == OpKind::Gemm && foldGemm(rewrite.graph(), node, norm));
        if (folded)
            rewrite.merge(layer, { index }, output);
    }
    return rewrite.finish();
}

} // namespace core
