// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/ops/half.h"

#include <algorithm>
#include <map>
#include <set>

namespace core {
namespace {

using K = OpKind;

/// What halves are worth it for, wherever its inputs come from.
constexpr K kProducts[] { K::Conv, K::ConvTranspose, K::Gemm, K::MatMul, K::FusedAttention };

/// What stays in halves when it is given some: a way back to float32 and down again would cost more than it
/// saves in exactness. Everything else computes in float32, among it sums of squares, powers and recurrences.
constexpr K kFollowers[] { K::LayerNormalization, K::Softmax, K::MaxPool, K::AveragePool,
    K::GlobalAveragePool, K::GlobalMaxPool, K::Relu, K::LeakyRelu, K::Elu, K::Sigmoid, K::HardSigmoid,
    K::HardSwish, K::Tanh, K::Clip, K::Gelu, K::Add, K::Sub, K::Mul, K::Div, K::Min, K::Max, K::Identity,
    K::Reshape, K::Flatten, K::Squeeze, K::Unsqueeze, K::Transpose, K::Concat, K::Split, K::Slice, K::Gather,
    K::Expand, K::Tile, K::Pad, K::DepthToSpace, K::SpaceToDepth };

bool among(std::span<const K> kinds, K kind)
{
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

class Narrowing {
public:
    Narrowing(const Graph& graph, const Shapes& shapes, ElementType half)
        : m_from(graph)
        , m_shapes(shapes)
        , m_half(half)
        , m_graph(graph)
    {
        m_graph.nodes.clear();
    }

    Graph run()
    {
        for (const Node& node : m_from.nodes) {
            if (becomesHalf(node))
                addNarrowed(node);
            else
                addAsItIs(node);
        }
        for (const ValueId output : m_graph.outputs)
            widen(output);
        return std::move(m_graph);
    }

private:
    bool isFloat(ValueId id) const { return id != kNoValue && m_shapes.typeOf(id) == ElementType::Float32; }

    bool becomesHalf(const Node& node) const
    {
        const bool product = among(kProducts, node.kind);
        if ((!product && !among(kFollowers, node.kind)) || !node.quantised.empty()
            || !isFloat(node.outputs[0]) || !isFloat(node.inputs[0])
            || (node.kind == K::LayerNormalization && node.outputs.size() > 1))
            return false;
        return product || std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
            return id != kNoValue && !m_graph.value(id).constant && m_halves.contains(id);
        });
    }

    void addNarrowed(Node node)
    {
        for (ValueId& input : node.inputs)
            if (isFloat(input))
                input = halfOf(input);
        for (ValueId& output : node.outputs)
            if (isFloat(output)) {
                const ValueId half = newHalf(output);
                m_halves[output] = half;
                m_onlyHalf.insert(output);
                output = half;
            }
        m_graph.nodes.push_back(std::move(node));
    }

    void addAsItIs(const Node& node)
    {
        for (const ValueId input : node.inputs)
            widen(input);
        m_graph.nodes.push_back(node);
    }

    ValueId newHalf(ValueId id)
    {
        Value value = m_graph.value(id);
        value.name += m_half == ElementType::BFloat16 ? ".bf16" : ".fp16";
        value.type = m_half;
        value.constant.reset();
        m_graph.values.push_back(std::move(value));
        return static_cast<ValueId>(m_graph.values.size() - 1);
    }

    ValueId halfOf(ValueId id)
    {
        if (const auto found = m_halves.find(id); found != m_halves.end())
            return found->second;
        const ValueId half = newHalf(id);
        m_halves[id] = half;
        if (const auto& constant = m_graph.value(id).constant) {
            const auto tensor = std::make_shared<Tensor>(m_half, constant->shape);
            // Weights of a mapped file may lie where floats cannot be read.
            const bool aligned = reinterpret_cast<std::uintptr_t>(constant->bytes.data()) % sizeof(float) == 0;
            ops::narrow(aligned ? *constant : Tensor::copyOf(*constant).view(), *tensor);
            m_graph.values[static_cast<std::size_t>(half)].constant = tensor->view();
            m_graph.storage.push_back(tensor);
        } else {
            addCast(id, half, m_half);
        }
        return half;
    }

    /// Lets `id` be there in float32, for those who read it so.
    void widen(ValueId id)
    {
        if (id != kNoValue && m_onlyHalf.erase(id) > 0)
            addCast(m_halves.at(id), id, ElementType::Float32);
    }

    void addCast(ValueId from, ValueId to, ElementType type)
    {
        constexpr int kVersion = 13; // the first with bfloat16
        m_graph.nodes.push_back({ .name = m_graph.value(to).name + ".cast",
            .kind = K::Cast,
            .type = "Cast",
            .domain = {},
            .version = kVersion,
            .inputs = { from },
            .outputs = { to },
            .attributes = CastAttributes { .to = type },
            .epilogue = {},
            .quantised = {},
            .fused = {} });
    }

    const Graph& m_from;
    const Shapes& m_shapes;
    ElementType m_half;
    Graph m_graph;
    std::map<ValueId, ValueId> m_halves; // of a float32 value
    std::set<ValueId> m_onlyHalf; // values that nobody has asked for in float32 yet
};

} // namespace

Graph narrow(const Graph& graph, const Shapes& shapes, ElementType half)
{
    return removeDeadNodes(Narrowing(graph, shapes, half).run());
}

} // namespace core
