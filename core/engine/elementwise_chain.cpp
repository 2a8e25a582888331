// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/elementwise_chain.h"

#include "core/ops/half.h"
#include "core/ops/rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace core {

namespace {

using F = ChainFunction;

/// What fits into the processor's level 1 with a block of each, and more than networks have.
constexpr std::size_t kMostSteps = 24;
constexpr std::size_t kMostOperands = 8;

/// A node as a step, its operands still values.
struct NodeStep {
    F function = F::Linear;
    float alpha = 0, beta = 0;
    ValueId x = kNoValue, y = kNoValue;
};

bool isChained(ElementType type, ChainTypes types)
{
    return type == ElementType::Float32 || (types == ChainTypes::Halves && ops::isHalf(type));
}

/// The one element of a constant.
std::optional<float> scalar(const Graph& graph, const Shapes& shapes, ValueId id)
{
    const auto view = id == kNoValue ? std::nullopt : constantOf(graph, shapes, id);
    if (!view || !isChained(view->type, ChainTypes::Halves) || elementCount(view->shape) != 1)
        return std::nullopt;
    return static_cast<float>(ops::realsOf(Tensor::copyOf(*view).view())[0]); // it may lie at any address
}

std::optional<NodeStep> clip(const Graph& graph, const Shapes& shapes, const Node& node)
{
    const auto* given = std::get_if<ActivationAttributes>(&node.attributes);
    const bool old = given && node.version < 11;
    float bounds[2] { old ? given->alpha : std::numeric_limits<float>::lowest(),
        old ? given->beta : std::numeric_limits<float>::max() };
    for (std::size_t i = 1; i < std::min<std::size_t>(node.inputs.size(), 3); ++i) {
        if (node.inputs[i] == kNoValue)
            continue;
        const auto bound = scalar(graph, shapes, node.inputs[i]);
        if (!bound)
            return std::nullopt;
        bounds[i - 1] = *bound;
    }
    return NodeStep { F::Clip, bounds[0], bounds[1], node.inputs[0] };
}

std::optional<NodeStep> power(const Graph& graph, const Shapes& shapes, const Node& node)
{
    const auto exponent = scalar(graph, shapes, node.inputs[1]);
    if (exponent == 2.0F)
        return NodeStep { F::Square, 0, 0, node.inputs[0] };
    if (exponent == 3.0F)
        return NodeStep { F::Cube, 0, 0, node.inputs[0] };
    if (exponent == 0.5F)
        return NodeStep { F::Sqrt, 0, 0, node.inputs[0] };
    return std::nullopt;
}

/// With a number in place of one operand.
std::optional<NodeStep> withNumber(OpKind kind, ValueId value, float number, bool first)
{
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    switch (kind) {
    case OpKind::Add:
        return NodeStep { F::Linear, 1, number, value };
    case OpKind::Sub:
        return first ? NodeStep { F::Linear, -1, number, value } : NodeStep { F::Linear, 1, -number, value };
    case OpKind::Mul:
        return NodeStep { F::Linear, number, 0, value };
    case OpKind::Div:
        return first ? NodeStep { F::Reciprocal, number, 0, value }
                     : NodeStep { F::Linear, 1 / number, 0, value };
    case OpKind::Min:
        return NodeStep { F::Clip, -kInfinity, number, value };
    case OpKind::Max:
        return NodeStep { F::Clip, number, kInfinity, value };
    default:
        return std::nullopt;
    }
}

std::optional<NodeStep> binary(const Graph& graph, const Shapes& shapes, const Node& node, F function)
{
    if (node.inputs.size() != 2)
        return std::nullopt;
    const ValueId x = node.inputs[0], y = node.inputs[1];
    const auto left = scalar(graph, shapes, x), right = scalar(graph, shapes, y);
    // A product with 0 or infinity, and a sum with what is no number, stay what they are as sums and products
    // of two.
    const bool plain = left.has_value() != right.has_value()
        && std::abs(left.value_or(right.value_or(0))) < 1e30F
        && std::abs(left.value_or(right.value_or(0))) > 1e-30F;
    if (plain)
        if (const auto step = withNumber(node.kind, left ? y : x, left ? *left : *right, left.has_value()))
            return step;
    return NodeStep { function, 0, 0, x, y };
}

std::optional<F> unaryOf(OpKind kind)
{
    switch (kind) {
    case OpKind::Relu:
        return F::Relu;
    case OpKind::LeakyRelu:
        return F::LeakyRelu;
    case OpKind::Elu:
        return F::Elu;
    case OpKind::Selu:
        return F::Selu;
    case OpKind::Celu:
        return F::Celu;
    case OpKind::ThresholdedRelu:
        return F::ThresholdedRelu;
    case OpKind::Sigmoid:
        return F::Sigmoid;
    case OpKind::HardSigmoid:
        return F::HardSigmoid;
    case OpKind::Swish:
        return F::Swish;
    case OpKind::HardSwish:
        return F::HardSwish;
    case OpKind::Mish:
        return F::Mish;
    case OpKind::Tanh:
        return F::Tanh;
    case OpKind::Softplus:
        return F::Softplus;
    case OpKind::Softsign:
        return F::Softsign;
    case OpKind::Erf:
        return F::Erf;
    case OpKind::Exp:
        return F::Exp;
    case OpKind::Log:
        return F::Log;
    case OpKind::Sqrt:
        return F::Sqrt;
    case OpKind::Abs:
        return F::Abs;
    case OpKind::Floor:
        return F::Floor;
    case OpKind::Ceil:
        return F::Ceil;
    case OpKind::Round:
        return F::Round;
    case OpKind::Sign:
        return F::Sign;
    default:
        return std::nullopt;
    }
}

std::optional<F> binaryOf(OpKind kind)
{
    switch (kind) {
    case OpKind::Add:
        return F::Add;
    case OpKind::Sub:
        return F::Sub;
    case OpKind::Mul:
        return F::Mul;
    case OpKind::Div:
        return F::Div;
    case OpKind::Min:
        return F::Min;
    case OpKind::Max:
        return F::Max;
    case OpKind::PRelu:
        return F::PRelu;
    default:
        return std::nullopt;
    }
}

std::optional<NodeStep> stepOf(const Graph& graph, const Shapes& shapes, const Node& node)
{
    if (!node.epilogue.empty() || !node.quantised.empty())
        return std::nullopt;
    if (const auto function = unaryOf(node.kind)) {
        const auto* given = std::get_if<ActivationAttributes>(&node.attributes);
        return NodeStep { *function, given ? given->alpha : 0, given ? given->beta : 0, node.inputs[0] };
    }
    if (const auto function = binaryOf(node.kind))
        return binary(graph, shapes, node, *function);
    switch (node.kind) {
    case OpKind::Neg:
        return NodeStep { F::Linear, -1, 0, node.inputs[0] };
    case OpKind::Reciprocal:
        return NodeStep { F::Reciprocal, 1, 0, node.inputs[0] };
    case OpKind::Clip:
        return clip(graph, shapes, node);
    case OpKind::Pow:
        return power(graph, shapes, node);
    case OpKind::Gelu:
        return NodeStep { std::get<GeluAttributes>(node.attributes).tanhApproximation ? F::GeluTanh : F::Gelu,
            0, 0, node.inputs[0] };
    default:
        return std::nullopt;
    }
}

/// The step of a node that an engine has to compute, on numbers that are there.
std::optional<NodeStep> computedStep(
    const Graph& graph, const Shapes& shapes, const Node& node, ChainTypes types)
{
    if (node.outputs.size() != 1 || node.outputs[0] == kNoValue)
        return std::nullopt;
    const ElementType type = shapes.typeOf(node.outputs[0]);
    const auto filled = [&](ValueId id) {
        return id == kNoValue
            || (!shapes.isOpen(id) && shapes.typeOf(id) == type && elementCount(shapes.of(id)) > 0);
    };
    if (!isChained(type, types) || !filled(node.outputs[0])
        || !std::all_of(node.inputs.begin(), node.inputs.end(), filled)
        || constantOf(graph, shapes, node.outputs[0]))
        return std::nullopt;
    return stepOf(graph, shapes, node);
}

/// Finds chains from their ends.
class ChainFinder {
public:
    ChainFinder(const Graph& graph, const Shapes& shapes, ChainTypes types)
        : m_graph(graph)
        , m_shapes(shapes)
        , m_steps(graph.nodes.size())
        , m_producers(graph.values.size(), -1)
        , m_readers(graph.values.size())
        , m_taken(graph.nodes.size(), false)
    {
        for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
            const Node& node = graph.nodes[i];
            m_steps[i] = computedStep(graph, shapes, node, types);
            for (const ValueId output : node.outputs)
                if (output != kNoValue)
                    m_producers[static_cast<std::size_t>(output)] = static_cast<int>(i);
            for (const ValueId input : node.inputs)
                if (input != kNoValue)
                    m_readers[static_cast<std::size_t>(input)].push_back(static_cast<int>(i));
        }
        for (const ValueId output : graph.outputs)
            m_readers[static_cast<std::size_t>(output)].push_back(kOutside);
    }

    /// The nodes that can be one with `last`, it included; rising.
    std::vector<int> membersOf(int last) const
    {
        if (!m_steps[static_cast<std::size_t>(last)] || m_taken[static_cast<std::size_t>(last)])
            return {};
        std::vector<int> members { last };
        // A value may be read by a member that is found later, so look again until nothing is added.
        for (bool more = true; more && members.size() < kMostSteps;) {
            more = false;
            for (std::size_t i = 0; i < members.size() && members.size() < kMostSteps; ++i)
                for (const ValueId operand : operandsOf(members[i]))
                    if (const int node = candidate(operand, members, shapeOf(last)); node >= 0) {
                        members.push_back(node);
                        more = true;
                        if (members.size() == kMostSteps)
                            break;
                    }
        }
        std::sort(members.begin(), members.end());
        return members;
    }

    /// nullopt when it reads too much from outside.
    std::optional<ElementwiseChain> chain(const std::vector<int>& members) const
    {
        ElementwiseChain chain { .nodes = members, .operands = {}, .steps = {} };
        std::vector<ValueId> made;
        for (const int node : members)
            made.push_back(m_graph.nodes[static_cast<std::size_t>(node)].outputs[0]);
        for (const int node : members)
            for (const ValueId operand : operandsOf(node))
                if (!contains(made, operand) && !contains(chain.operands, operand))
                    chain.operands.push_back(operand);
        if (chain.operands.size() > kMostOperands)
            return std::nullopt;
        const auto place = [&](ValueId id) {
            if (id == kNoValue)
                return -1;
            const auto outside = std::find(chain.operands.begin(), chain.operands.end(), id);
            if (outside != chain.operands.end())
                return static_cast<int>(outside - chain.operands.begin());
            const auto inside = std::find(made.begin(), made.end(), id);
            return static_cast<int>(chain.operands.size()) + static_cast<int>(inside - made.begin());
        };
        for (const int node : members) {
            const NodeStep& step = *m_steps[static_cast<std::size_t>(node)];
            chain.steps.push_back({ step.function, step.alpha, step.beta, place(step.x), place(step.y) });
        }
        return chain;
    }

    void take(const std::vector<int>& members)
    {
        for (const int node : members)
            m_taken[static_cast<std::size_t>(node)] = true;
    }

private:
    static constexpr int kOutside = std::numeric_limits<int>::max(); // reads graph outputs

    template <typename T> static bool contains(const std::vector<T>& list, T item)
    {
        return std::find(list.begin(), list.end(), item) != list.end();
    }

    const Shape& shapeOf(int node) const
    {
        return m_shapes.of(m_graph.nodes[static_cast<std::size_t>(node)].outputs[0]);
    }

    std::vector<ValueId> operandsOf(int node) const
    {
        const NodeStep& step = *m_steps[static_cast<std::size_t>(node)];
        return step.y == kNoValue ? std::vector { step.x } : std::vector { step.x, step.y };
    }

    /// The node that makes `value`, where it can join `members`; -1 otherwise.
    int candidate(ValueId value, const std::vector<int>& members, const Shape& shape) const
    {
        const int node = m_producers[static_cast<std::size_t>(value)];
        if (node < 0 || !m_steps[static_cast<std::size_t>(node)] || m_taken[static_cast<std::size_t>(node)]
            || contains(members, node) || shapeOf(node) != shape)
            return -1;
        const auto& readers = m_readers[static_cast<std::size_t>(value)];
        const bool closed = std::all_of(
            readers.begin(), readers.end(), [&](int reader) { return contains(members, reader); });
        return closed ? node : -1;
    }

    const Graph& m_graph;
    const Shapes& m_shapes;
    std::vector<std::optional<NodeStep>> m_steps; // by node
    std::vector<int> m_producers; // by value
    std::vector<std::vector<int>> m_readers; // by value
    std::vector<bool> m_taken; // by node
};

} // namespace

std::optional<ElementwiseChain> chainOf(const Graph& graph, const Shapes& shapes, int index, ChainTypes types)
{
    const auto step = computedStep(graph, shapes, graph.nodes[static_cast<std::size_t>(index)], types);
    if (!step)
        return std::nullopt;
    ElementwiseChain chain { .nodes = { index }, .operands = { step->x }, .steps = {} };
    if (step->y != kNoValue && step->y != step->x)
        chain.operands.push_back(step->y);
    const int last = static_cast<int>(chain.operands.size()) - 1;
    chain.steps = { { step->function, step->alpha, step->beta, 0, step->y == kNoValue ? -1 : last } };
    return chain;
}

std::vector<ElementwiseChain> elementwiseChains(const Graph& graph, const Shapes& shapes, ChainTypes types)
{
    ChainFinder finder(graph, shapes, types);
    std::vector<ElementwiseChain> chains;
    // From the end, so that a chain is found by its last node before any other of it is looked at.
    for (int last = static_cast<int>(graph.nodes.size()); last-- > 0;) {
        const std::vector<int> members = finder.membersOf(last);
        auto chain = members.size() > 1 ? finder.chain(members) : std::nullopt;
        if (!chain)
            continue;
        finder.take(members);
        chains.push_back(std::move(*chain));
    }
    std::reverse(chains.begin(), chains.end());
    return chains;
}

NodeCost costOf(const Graph& graph, const ElementwiseChain& chain, const Shapes& shapes)
{
    const auto bytes = [&](ValueId id) {
        return elementCount(shapes.of(id)) * static_cast<std::int64_t>(elementSize(shapes.typeOf(id)));
    };
    NodeCost cost;
    for (const int node : chain.nodes)
        cost.flop += costOf(graph, graph.nodes[static_cast<std::size_t>(node)], shapes).flop;
    for (const ValueId operand : chain.operands)
        (constantOf(graph, shapes, operand) ? cost.weightBytes : cost.activationBytes) += bytes(operand);
    cost.activationBytes += bytes(graph.nodes[static_cast<std::size_t>(chain.nodes.back())].outputs[0]);
    return cost;
}

} // namespace core
