// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/passes/constants.h"
#include "core/model/passes/probed_shapes.h"
#include "core/model/passes/quantisation.h"

#include <cmath>

namespace core {
namespace {

using namespace passes;

/// More than networks have behind one node, and fewer than libraries take (oneDNN: 32).
constexpr std::size_t kMostPostOps = 16;

bool isHost(OpKind kind)
{
    return kind == OpKind::Conv || kind == OpKind::ConvTranspose || kind == OpKind::Gemm
        || kind == OpKind::MatMul;
}

/// A bound of Clip: its input, or `otherwise` when it is left out; nullopt when it is no constant scalar.
std::optional<float> bound(const Graph& graph, const Node& clip, std::size_t index, float otherwise)
{
    if (index >= clip.inputs.size() || clip.inputs[index] == kNoValue)
        return otherwise;
    return scalarOf(graph, clip.inputs[index]);
}

std::optional<PostOp> clipPostOp(const Graph& graph, const Node& clip)
{
    // Before opset 11 the bounds are attributes; later those have the widest values.
    const auto& widest = std::get<ActivationAttributes>(clip.attributes);
    const auto low = bound(graph, clip, 1, widest.alpha);
    const auto high = bound(graph, clip, 2, widest.beta);
    if (!low || !high)
        return std::nullopt;
    return PostOp { .kind = PostOp::Kind::Clip, .alpha = *low, .beta = *high };
}

/// The activation of one input as a post-op; nullopt when there is no post-op for it.
std::optional<PostOp> activation(const Graph& graph, const Node& node)
{
    switch (node.kind) {
    case OpKind::Relu:
        return PostOp { .kind = PostOp::Kind::Relu };
    case OpKind::Clip:
        return clipPostOp(graph, node);
    case OpKind::Sigmoid:
        return PostOp { .kind = PostOp::Kind::Sigmoid };
    case OpKind::HardSigmoid: {
        const auto& slope = std::get<ActivationAttributes>(node.attributes);
        return PostOp { .kind = PostOp::Kind::HardSigmoid, .alpha = slope.alpha, .beta = slope.beta };
    }
    case OpKind::HardSwish:
        return PostOp { .kind = PostOp::Kind::HardSwish };
    case OpKind::Tanh:
        return PostOp { .kind = PostOp::Kind::Tanh };
    case OpKind::Gelu:
        return PostOp { .kind = std::get<GeluAttributes>(node.attributes).tanhApproximation
                ? PostOp::Kind::GeluTanh
                : PostOp::Kind::Gelu };
    default:
        return std::nullopt;
    }
}

/// Takes what reads the outputs of one node into its epilogue, as long as there is something.
class EpilogueFusion {
public:
    EpilogueFusion(Rewrite& rewrite, const ProbedShapes& shapes, NodeIndex host)
        : m_rewrite(rewrite)
        , m_shapes(shapes)
        , m_host(host)
    {
    }

    void run()
    {
        while (m_rewrite.node(m_host).epilogue.size() < kMostPostOps
            && (takeActivation() || takeLinear() || takeGate() || takeSum())) { }
        takeQuantiser();
    }

private:
    ValueId output() const { return m_rewrite.node(m_host).outputs[0]; }

    void take(const PostOp& postOp, const std::vector<NodeIndex>& nodes)
    {
        m_rewrite.merge(m_host, nodes, m_rewrite.node(nodes.back()).outputs[0]);
        m_rewrite.node(m_host).epilogue.push_back(postOp);
    }

    bool takeActivation()
    {
        const NodeIndex reader = m_rewrite.onlyReader(output());
        if (reader == kNoNode || !m_rewrite.node(reader).epilogue.empty()
            || m_rewrite.node(reader).inputs[0] != output())
            return false;
        const auto postOp = activation(m_rewrite.graph(), m_rewrite.node(reader));
        if (postOp)
            take(*postOp, { reader });
        return postOp.has_value();
    }

    bool integers() const { return !m_rewrite.node(m_host).quantised.empty(); }

    /// Products of integers make integers again.
    void takeQuantiser()
    {
        const NodeIndex reader = m_rewrite.onlyReader(output());
        if (!integers() || reader == kNoNode)
            return;
        if (const auto as = quantiser(m_rewrite.graph(), m_rewrite.node(reader)))
            take({ .kind = PostOp::Kind::Quantise, .to = *as }, { reader });
    }

    /// The Add behind a host of integers whose output is rounded only to be added: that rounding, which the
    /// sum's own follows, is left out. More exact than the file asks for.
    NodeIndex addBehindRounding()
    {
        const NodeIndex quantise = integers() ? m_rewrite.onlyReader(output()) : kNoNode;
        if (quantise == kNoNode || !quantiser(m_rewrite.graph(), m_rewrite.node(quantise)))
            return kNoNode;
        const NodeIndex dequantise = m_rewrite.onlyReader(m_rewrite.node(quantise).outputs[0]);
        const ValueId real = dequantise == kNoNode ? kNoValue : m_rewrite.node(dequantise).outputs[0];
        if (real == kNoValue || !dequantised(m_rewrite, real)
            || m_rewrite.onlyReader(real, OpKind::Add) == kNoNode)
            return kNoNode;
        const NodeIndex add = m_rewrite.onlyReader(real, OpKind::Add);
        const ValueId other = otherInput(m_rewrite.node(add), real);
        if (other == kNoValue || other == real || !m_shapes.same(other, real)
            || !m_shapes.same(other, m_rewrite.node(add).outputs[0]))
            return kNoNode;
        m_rewrite.merge(m_host, { quantise, dequantise }, real);
        return add;
    }

    /// Arithmetic with a constant number; two in a row are one.
    bool takeLinear()
    {
        const NodeIndex reader = m_rewrite.onlyReader(output());
        if (reader == kNoNode || !m_rewrite.node(reader).epilogue.empty())
            return false;
        const Node& node = m_rewrite.node(reader);
        const auto linear = linearPostOp(m_rewrite.graph(), node);
        if (!linear || !m_shapes.same(output(), node.outputs[0]))
            return false;
        take(*linear, { reader });
        auto& epilogue = m_rewrite.node(m_host).epilogue;
        if (epilogue.size() > 1 && epilogue[epilogue.size() - 2].kind == PostOp::Kind::Linear) {
            PostOp& before = epilogue[epilogue.size() - 2];
            before.alpha *= linear->alpha;
            before.beta = before.beta * linear->alpha + linear->beta;
            epilogue.pop_back();
        }
        return true;
    }

    static std::optional<PostOp> linearPostOp(const Graph& graph, const Node& node)
    {
        const auto scaled = withScalar(graph, node);
        if (!scaled)
            return std::nullopt;
        switch (node.kind) {
        case OpKind::Add:
            return PostOp { .kind = PostOp::Kind::Linear, .alpha = 1, .beta = scaled->scalar };
        case OpKind::Sub:
            return PostOp { .kind = PostOp::Kind::Linear, .alpha = 1, .beta = -scaled->scalar };
        case OpKind::Mul:
            return PostOp { .kind = PostOp::Kind::Linear, .alpha = scaled->scalar, .beta = 0 };
        case OpKind::Div:
            return PostOp { .kind = PostOp::Kind::Linear, .alpha = 1 / scaled->scalar, .beta = 0 };
        default:
            return std::nullopt;
        }
    }

    /// x * sigmoid(x) and x * hardSigmoid(x), which read x twice.
    bool takeGate()
    {
        const auto readers = m_rewrite.readers(output(), 3);
        if (m_rewrite.isOutput(output()) || readers.size() != 2)
            return false;
        for (const NodeIndex gate : readers) {
            const auto postOp = gatePostOp(m_rewrite.node(gate));
            const NodeIndex product
                = postOp ? m_rewrite.onlyReader(m_rewrite.node(gate).outputs[0], OpKind::Mul) : kNoNode;
            if (product == kNoNode
                || otherInput(m_rewrite.node(product), output()) != m_rewrite.node(gate).outputs[0])
                continue;
            take(*postOp, { gate, product });
            return true;
        }
        return false;
    }

    static std::optional<PostOp> gatePostOp(const Node& gate)
    {
        if (gate.kind == OpKind::Sigmoid && gate.epilogue.empty())
            return PostOp { .kind = PostOp::Kind::Swish };
        if (gate.kind != OpKind::HardSigmoid || !gate.epilogue.empty())
            return std::nullopt;
        const auto& slope = std::get<ActivationAttributes>(gate.attributes);
        const bool hardSwish
            = std::abs(slope.alpha - 1 / 6.0F) < 1e-5F && std::abs(slope.beta - 0.5F) < 1e-5F;
        return hardSwish ? std::optional(PostOp { .kind = PostOp::Kind::HardSwish }) : std::nullopt;
    }

    /// A sum with a tensor of the same shape. It is no input of anything before: it cannot depend on this
    /// node, whose output nothing else reads; that it may be made later in the list is put right by the sort
    /// at the end.
    bool takeSum()
    {
        NodeIndex add = m_rewrite.onlyReader(output(), OpKind::Add);
        if (add == kNoNode)
            add = addBehindRounding();
        const ValueId other = add == kNoNode ? kNoValue : otherInput(m_rewrite.node(add), output());
        if (other == kNoValue || other == output() || !m_shapes.same(other, output())
            || !m_shapes.same(other, m_rewrite.node(add).outputs[0]))
            return false;
        Node& node = m_rewrite.node(m_host);
        const auto quantised = integers() ? dequantised(m_rewrite, other) : std::nullopt;
        const ValueId addend = quantised && quantised->as.scales.size() == 1 ? quantised->integers : other;
        if (addend != other)
            node.quantised.push_back({ static_cast<int>(node.inputs.size()), quantised->as });
        node.inputs.push_back(addend);
        m_rewrite.addReader(addend, m_host);
        take({ .kind = PostOp::Kind::Add, .input = static_cast<int>(node.inputs.size()) - 1 }, { add });
        return true;
    }

    Rewrite& m_rewrite;
    const ProbedShapes& m_shapes;
    NodeIndex m_host;
};

} // namespace

Graph fuseEpilogues(Graph graph)
{
    const auto shapes = ProbedShapes::of(graph);
    if (!shapes)
        return graph;
    Rewrite rewrite(std::move(graph));
    for (NodeIndex index = 0; index < rewrite.count(); ++index)
        if (rewrite.alive(index) && isHost(rewrite.node(index).kind)
            && shapes->isFloat(rewrite.node(index).outputs[0]))
            EpilogueFusion(rewrite, *shapes, index).run();
    return rewrite.finish();
}

} // namespace core
