// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quantise/quantisable.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace core {
namespace {

/// The axis of output channels; nullopt for nodes that are no products with weights.
std::optional<std::int64_t> channelAxis(const Node& node)
{
    if (node.kind == OpKind::Conv)
        return 0;
    if (node.kind == OpKind::MatMul)
        return 1;
    const auto* gemm = std::get_if<GemmAttributes>(&node.attributes);
    if (node.kind == OpKind::Gemm && !gemm->transA && gemm->alpha == 1 && gemm->beta == 1)
        return gemm->transB ? 0 : 1;
    return std::nullopt;
}

bool isConstant(const Graph& graph, ValueId id)
{
    return id != kNoValue && graph.value(id).constant;
}

std::map<ValueId, std::size_t> producersOf(const Graph& graph)
{
    std::map<ValueId, std::size_t> producers;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        for (const ValueId id : graph.nodes[i].outputs)
            producers[id] = i;
    return producers;
}

/// Operators whose output has no other numbers than their first input, so that they may as well move
/// integers. Transpose and Reshape are left alone: between them and what they belong to, rounding would hide
/// attention.
bool onlyMoves(const Node& node)
{
    return (node.kind == OpKind::MaxPool || node.kind == OpKind::Flatten) && node.outputs.size() == 1;
}

} // namespace

std::vector<Quantisable> quantisables(const Graph& graph)
{
    std::vector<Quantisable> found;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        const auto axis = channelAxis(node);
        if (!axis || node.inputs.size() < 2 || isConstant(graph, node.inputs[0])
            || !isConstant(graph, node.inputs[1]))
            continue;
        const TensorView& weights = *graph.value(node.inputs[1]).constant;
        const bool matrix = node.kind == OpKind::Conv || weights.shape.size() == 2;
        if (weights.type == ElementType::Float32 && matrix && elementCount(weights.shape) > 0)
            found.push_back({ i, *axis });
    }
    return found;
}

std::map<ValueId, ValueId> roundedValues(const Graph& graph, const std::vector<Quantisable>& layers)
{
    const auto producers = producersOf(graph);
    const auto producer = [&](ValueId id) -> const Node* {
        const auto found = producers.find(id);
        return found == producers.end() ? nullptr : &graph.nodes[found->second];
    };
    std::map<ValueId, ValueId> rounded;
    for (const Quantisable& layer : layers)
        rounded.emplace(graph.nodes[layer.node].inputs[0], graph.nodes[layer.node].inputs[0]);
    for (const Quantisable& layer : layers) {
        const ValueId range = graph.nodes[layer.node].inputs[0];
        for (const Node* node = producer(range); node && onlyMoves(*node); node = producer(node->inputs[0]))
            if (isConstant(graph, node->inputs[0]) || !rounded.emplace(node->inputs[0], range).second)
                break;
    }
    const auto isLayer = [&](ValueId id) {
        const auto found = producers.find(id);
        return found != producers.end()
            && std::any_of(layers.begin(), layers.end(),
                [&](const Quantisable& layer) { return layer.node == found->second; });
    };
    for (const Node& node : graph.nodes)
        if (node.kind == OpKind::Add // of a bias is part of the layer
            && std::ranges::none_of(node.inputs, [&](ValueId id) { return isConstant(graph, id); }))
            for (const ValueId id : node.inputs)
                if (isLayer(id))
                    rounded.emplace(id, id);
    return rounded;
}

namespace {

/// Builds the graph; nodes are put in before those that read them.
class Quantiser {
public:
    Quantiser(const Graph& graph, const std::map<ValueId, Quantisation>& ranges)
        : m_from(graph)
        , m_to(graph)
        , m_ranges(ranges)
    {
        m_to.nodes.clear();
        for (const Value& value : graph.values)
            m_names.insert(value.name);
    }

    Graph run(const std::vector<Quantisable>& layers, const std::map<ValueId, ValueId>& rounded)
    {
        for (const auto& [id, range] : rounded)
            m_rounded[id] = kNoValue;
        for (const ValueId id : m_from.inputs)
            round(id, rounded);
        for (std::size_t i = 0; i < m_from.nodes.size(); ++i) {
            Node node = m_from.nodes[i];
            const auto layer = std::find_if(
                layers.begin(), layers.end(), [i](const Quantisable& each) { return each.node == i; });
            if (layer != layers.end())
                quantiseWeights(node, layer->axis);
            for (ValueId& id : node.inputs)
                if (const auto found = m_rounded.find(id); found != m_rounded.end())
                    id = found->second;
            const std::vector<ValueId> made = node.outputs;
            m_to.nodes.push_back(std::move(node));
            for (const ValueId id : made)
                round(id, rounded);
        }
        return std::move(m_to);
    }

private:
    ValueId add(OpKind kind, const std::string& name, ElementType type, std::vector<ValueId> inputs,
        std::int64_t axis, std::optional<std::vector<Dim>> shape)
    {
        m_to.values.push_back({ .name = unique(name), .type = type, .shape = std::move(shape) });
        const auto id = static_cast<ValueId>(m_to.values.size() - 1);
        m_to.nodes.push_back({ .name = m_to.values.back().name,
            .kind = kind,
            .type = std::string(opName(kind)),
            .version = 13,
            .inputs = std::move(inputs),
            .outputs = { id },
            .attributes = QuantiseAttributes { .axis = axis } });
        return id;
    }

    /// `name`, or with a number behind it where another value has it.
    std::string unique(const std::string& name)
    {
        std::string result = name;
        for (int number = 2; !m_names.insert(result).second; ++number)
            result = name + "_" + std::to_string(number);
        return result;
    }

    ValueId scalesOf(const std::string& name, const std::vector<float>& scales)
    {
        const bool one = scales.size() == 1;
        return m_to.addConstant(unique(name),
            Tensor::of<float>(ElementType::Float32, one ? Shape {} : Shape { std::ssize(scales) }, scales));
    }

    void round(ValueId id, const std::map<ValueId, ValueId>& rounded)
    {
        const auto found = rounded.find(id);
        if (found == rounded.end())
            return;
        const Quantisation& as = m_ranges.at(found->second);
        const std::string name = m_from.value(id).name;
        const ValueId scale = scalesOf(name + "_scale", as.scales);
        const ValueId zero = m_to.addConstant(unique(name + "_zero_point"),
            Tensor::of<std::uint8_t>(as.type, {}, { static_cast<std::uint8_t>(as.zero) }));
        const ValueId integers = add(OpKind::QuantizeLinear, name + "_QuantizeLinear", as.type,
            { id, scale, zero }, 1, m_from.value(id).shape);
        m_rounded[id] = add(OpKind::DequantizeLinear, name + "_DequantizeLinear", ElementType::Float32,
            { integers, scale, zero }, 1, m_from.value(id).shape);
    }

    /// The layer reads its weights, and its bias where that is constant, behind DequantizeLinear.
    void quantiseWeights(Node& node, std::int64_t axis)
    {
        // Copies: what a file maps may lie at any address.
        const Tensor weights = Tensor::copyOf(*m_from.value(node.inputs[1]).constant);
        const Quantisation as = weightQuantisation(weights.view(), axis);
        const Quantisation& input = m_ranges.at(node.inputs[0]);
        const std::string name = m_from.value(node.inputs[1]).name + "_of_" + node.name;
        const auto channels = std::ssize(as.scales);
        const ValueId integers
            = m_to.addConstant(unique(name + "_quantized"), quantisedWeights(weights.view(), as));
        const ValueId zeros = m_to.addConstant(unique(name + "_zero_point"),
            Tensor::of<std::int8_t>(ElementType::Int8, { channels },
                std::vector<std::int8_t>(static_cast<std::size_t>(channels), 0)));
        const ValueId scales = m_to.addConstant(
            unique(name + "_scale"), Tensor::of<float>(ElementType::Float32, { channels }, as.scales));
        node.inputs[1] = add(OpKind::DequantizeLinear, name + "_DequantizeLinear", ElementType::Float32,
            { integers, scales, zeros }, axis, std::nullopt);
        if (node.inputs.size() > 2 && isConstant(m_from, node.inputs[2]))
            quantiseBias(node, as, input);
    }

    /// In steps of the products' own, so that sums of integers start at it. A bias too large for that stays.
    void quantiseBias(Node& node, const Quantisation& weights, const Quantisation& input)
    {
        const Tensor bias = Tensor::copyOf(*m_from.value(node.inputs[2]).constant);
        if (bias.type() != ElementType::Float32 || bias.shape() != Shape { std::ssize(weights.scales) })
            return;
        std::vector<float> scales;
        std::vector<std::int32_t> integers;
        for (std::size_t c = 0; c < weights.scales.size(); ++c) {
            scales.push_back(weights.scales[c] * input.scales[0]);
            const double step = std::nearbyint(static_cast<double>(bias.as<float>()[c]) / scales.back());
            if (!(std::abs(step) < std::numeric_limits<std::int32_t>::max()) || !(scales.back() > 0))
                return;
            integers.push_back(static_cast<std::int32_t>(step));
        }
        const std::string name = m_from.value(node.inputs[2]).name + "_of_" + node.name;
        const auto channels = std::ssize(scales);
        const ValueId values = m_to.addConstant(unique(name + "_quantized"),
            Tensor::of<std::int32_t>(ElementType::Int32, { channels }, integers));
        const ValueId steps = m_to.addConstant(
            unique(name + "_scale"), Tensor::of<float>(ElementType::Float32, { channels }, scales));
        node.inputs[2] = add(OpKind::DequantizeLinear, name + "_DequantizeLinear", ElementType::Float32,
            { values, steps }, 0, std::nullopt);
    }

    const Graph& m_from;
    Graph m_to;
    const std::map<ValueId, Quantisation>& m_ranges;
    std::set<std::string> m_names; // of all values
    std::map<ValueId, ValueId> m_rounded; // a value, and what is read in its place
};

} // namespace

Graph withQuantised(
    const Graph& graph, const std::vector<Quantisable>& layers, const std::map<ValueId, Quantisation>& ranges)
{
    return Quantiser(graph, ranges).run(layers, roundedValues(graph, layers));
}

} // namespace core
