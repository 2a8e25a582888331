// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/passes.h"

#include <algorithm>
#include <cstring>

namespace core {
namespace {

/// Where an operator has its parameters: a value's scale and zero point follow it.
struct Form {
    OpKind real; // the operator on real numbers
    std::vector<std::size_t> operands; // inputs that are quantised
    std::size_t output; // the scale of the output
    std::optional<std::size_t> bias; // int32, in steps of the products
};

/// The standard has no pools with the channels last.
std::optional<Form> poolForm(const Node& node, OpKind real)
{
    if (std::get<PoolAttributes>(node.attributes).channelsLast)
        return std::nullopt;
    return Form { real, { 0 }, 3, {} };
}

std::optional<Form> formOf(const Node& node)
{
    switch (node.kind) {
    case OpKind::QLinearConv:
        return Form { OpKind::Conv, { 0, 3 }, 6, 8 };
    case OpKind::QLinearMatMul:
        return Form { OpKind::MatMul, { 0, 3 }, 6, {} };
    case OpKind::QGemm:
        return Form { OpKind::Gemm, { 0, 3 }, 7, 6 };
    case OpKind::QLinearAdd:
        return Form { OpKind::Add, { 0, 3 }, 6, {} };
    case OpKind::QLinearMul:
        return Form { OpKind::Mul, { 0, 3 }, 6, {} };
    case OpKind::QLinearSigmoid:
        return Form { OpKind::Sigmoid, { 0 }, 3, {} };
    case OpKind::QLinearLeakyRelu:
        return Form { OpKind::LeakyRelu, { 0 }, 3, {} };
    case OpKind::QLinearGlobalAveragePool:
        return poolForm(node, OpKind::GlobalAveragePool);
    case OpKind::QLinearAveragePool:
        return poolForm(node, OpKind::AveragePool);
    case OpKind::QLinearConcat: {
        Form form { OpKind::Concat, {}, 0, {} };
        for (std::size_t i = 2; i < node.inputs.size(); i += 3)
            form.operands.push_back(i);
        return form;
    }
    default:
        return std::nullopt;
    }
}

bool isProduct(OpKind kind)
{
    return kind == OpKind::Conv || kind == OpKind::MatMul || kind == OpKind::Gemm;
}

/// The axis of the weights' output channels.
std::int64_t channelAxis(const Node& node, OpKind real)
{
    const auto* gemm = std::get_if<GemmAttributes>(&node.attributes);
    return real == OpKind::Conv || (gemm && gemm->transB) ? 0 : 1;
}

class Expansion {
public:
    explicit Expansion(Graph& graph)
        : m_graph(graph)
    {
    }

    std::vector<Node> run(Node node)
    {
        const auto form = formOf(node);
        if (!form || !suits(node, *form))
            return { std::move(node) };
        m_made.clear();
        Node real { .name = node.name,
            .kind = form->real,
            .type = std::string(opName(form->real)),
            .version = kVersion,
            .attributes = form->real == OpKind::MatMul    ? Attributes(MatMulAttributes {})
                : form->real == OpKind::GlobalAveragePool ? Attributes(NoAttributes {})
                                                          : node.attributes };
        for (std::size_t i = 0; i < form->operands.size(); ++i) {
            const std::int64_t axis = i == 1 && isProduct(form->real) ? channelAxis(node, form->real) : 0;
            real.inputs.push_back(dequantised(node, form->operands[i], axis));
        }
        if (form->bias && given(node, *form->bias))
            real.inputs.push_back(realBias(node, *form));
        const bool rounds = given(node, form->output);
        const ValueId result = rounds ? newValue(node.name + "_real", ElementType::Float32) : node.outputs[0];
        real.outputs = { result };
        m_made.push_back(std::move(real));
        if (rounds)
            m_made.push_back({ .name = node.name + "_QuantizeLinear",
                .kind = OpKind::QuantizeLinear,
                .type = "QuantizeLinear",
                .version = kVersion,
                .inputs = { result, node.inputs[form->output], node.inputs[form->output + 1] },
                .outputs = node.outputs,
                .attributes = QuantiseAttributes {} });
        return std::move(m_made);
    }

private:
    static constexpr int kVersion = 13;

    static bool given(const Node& node, std::size_t input)
    {
        return input < node.inputs.size() && node.inputs[input] != kNoValue;
    }

    const TensorView* constantAt(const Node& node, std::size_t input) const
    {
        if (!given(node, input))
            return nullptr;
        const auto& constant = m_graph.value(node.inputs[input]).constant;
        return constant ? &*constant : nullptr;
    }

    /// A scale and a zero point for the whole tensor, or for each of `channels`; both constant.
    bool hasParameters(const Node& node, std::size_t scale, std::int64_t channels) const
    {
        const TensorView* scales = constantAt(node, scale);
        const TensorView* zeros = constantAt(node, scale + 1);
        if (!scales || !zeros || scales->type != ElementType::Float32 || scales->shape.size() > 1)
            return false;
        const std::int64_t count = elementCount(scales->shape);
        return (count == 1 || (count == channels && scales->shape.size() == 1))
            && (zeros->shape == scales->shape
                || (count == 1 && elementCount(zeros->shape) == 1 && zeros->shape.size() <= 1));
    }

    /// Products stay as they are, exact loops on integers, unless engines' integer kernels take what comes
    /// out.
    bool suits(const Node& node, const Form& form) const
    {
        const bool product = isProduct(form.real);
        if (form.operands.empty() || node.inputs.size() < form.operands.back() + 3
            || node.outputs.size() != 1)
            return false;
        for (std::size_t i = 0; i < form.operands.size(); ++i) {
            std::int64_t channels = 1;
            if (product && i == 1) {
                const TensorView* weights = constantAt(node, form.operands[i]);
                const TensorView* zeros = constantAt(node, form.operands[i] + 2);
                if (!weights || !zeros || weights->type != ElementType::Int8 || weights->shape.size() < 2
                    || (form.real != OpKind::Conv && weights->shape.size() != 2)
                    || std::ranges::any_of(zeros->bytes, [](std::byte zero) { return zero != std::byte {}; }))
                    return false;
                channels = weights->shape[static_cast<std::size_t>(channelAxis(node, form.real))];
            }
            if (!hasParameters(node, form.operands[i] + 1, channels))
                return false;
        }
        if (form.bias && given(node, *form.bias)) {
            const TensorView* bias = constantAt(node, *form.bias);
            const TensorView& weights = *constantAt(node, 3);
            const auto axis = static_cast<std::size_t>(channelAxis(node, form.real));
            if (!bias || bias->type != ElementType::Int32 || bias->shape != Shape { weights.shape[axis] })
                return false;
        }
        const auto* gemm = std::get_if<GemmAttributes>(&node.attributes);
        if (gemm && (gemm->alpha != 1 || gemm->transA))
            return false;
        return !given(node, form.output) || hasParameters(node, form.output, 1);
    }

    ValueId newValue(const std::string& name, ElementType type)
    {
        m_graph.values.push_back({ .name = name, .type = type });
        return static_cast<ValueId>(m_graph.values.size() - 1);
    }

    ValueId dequantised(const Node& node, std::size_t operand, std::int64_t axis)
    {
        const std::string name = fmt::format("{}_DequantizeLinear_{}", node.name, operand);
        const ValueId result = newValue(name, ElementType::Float32);
        m_made.push_back({ .name = name,
            .kind = OpKind::DequantizeLinear,
            .type = "DequantizeLinear",
            .version = kVersion,
            .inputs = { node.inputs[operand], node.inputs[operand + 1], node.inputs[operand + 2] },
            .outputs = { result },
            .attributes = QuantiseAttributes { .axis = axis } });
        return result;
    }

    /// The bias counts in products of one step of the input and one of the weights.
    ValueId realBias(const Node& node, const Form& form)
    {
        const auto floats = [&](std::size_t input) {
            const TensorView& view = *constantAt(node, input);
            std::vector<float> values(static_cast<std::size_t>(elementCount(view.shape)));
            std::memcpy(values.data(), view.bytes.data(), view.bytes.size());
            return values;
        };
        const TensorView& view = *constantAt(node, *form.bias);
        std::vector<std::int32_t> steps(static_cast<std::size_t>(elementCount(view.shape)));
        std::memcpy(steps.data(), view.bytes.data(), view.bytes.size());
        const double input = floats(1)[0];
        const std::vector<float> weights = floats(4);
        std::vector<float> bias;
        for (std::size_t c = 0; c < steps.size(); ++c)
            bias.push_back(static_cast<float>(steps[c] * input * weights[c % weights.size()]));
        return m_graph.addConstant(
            node.name + "_bias", Tensor::of<float>(ElementType::Float32, { std::ssize(bias) }, bias));
    }

    Graph& m_graph;
    std::vector<Node> m_made;
};

} // namespace

Graph expandQuantised(Graph graph)
{
    std::vector<Node> nodes = std::move(graph.nodes), expanded;
    graph.nodes.clear();
    Expansion expansion(graph);
    for (Node& node : nodes)
        for (Node& each : expansion.run(std::move(node)))
            expanded.push_back(std::move(each));
    graph.nodes = std::move(expanded);
    return graph;
}

} // namespace core
