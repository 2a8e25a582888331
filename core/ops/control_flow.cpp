// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/control_flow.h"

#include "core/error.h"
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/run_graph.h"
#include "core/ops/slices.h"

#include <algorithm>
#include <limits>

namespace core {
namespace {

const SubgraphAttributes& attributesOf(const Node& node)
{
    return std::get<SubgraphAttributes>(node.attributes);
}

void requireOne(const TensorView& view, const char* what)
{
    if (elementCount(view.shape) != 1)
        throw Error("has a {} of shape {}, expected a scalar.", what, toString(view.shape));
}

bool isTrue(const TensorView& condition)
{
    requireOne(condition, "condition");
    if (condition.type != ElementType::Bool)
        throw Error("has a condition of type {}, expected bool.", elementName(condition.type));
    return condition.bytes[0] != std::byte { 0 };
}

std::vector<Tensor> runIf(const Node& node, std::span<const TensorView> inputs, const BodyRunner& run)
{
    const std::size_t captures = attributesOf(node).captures;
    return run(isTrue(inputs[0]) ? 0 : 1, inputs.last(captures));
}

/// A Loop while it runs: values that go from one iteration to the next, and slices that pile up.
class LoopRun {
public:
    LoopRun(const Node& node, std::span<const TensorView> inputs)
        : m_captures(inputs.last(attributesOf(node).captures))
        , m_carriedCount(inputs.size() - 2 - m_captures.size())
        , m_stacks(attributesOf(node).bodies[0]->outputs.size() - 1 - m_carriedCount)
    {
        if (inputs[0].type != ElementType::Undefined) {
            requireOne(inputs[0], "trip count");
            m_most = ops::integersOf(inputs[0])[0];
        }
        m_going = inputs[1].type == ElementType::Undefined || isTrue(inputs[1]);
        for (const TensorView& view : inputs.subspan(2, m_carriedCount))
            m_carried.push_back(Tensor::copyOf(view));
    }

    std::vector<Tensor> run(const Node& node, const BodyRunner& body)
    {
        for (std::int64_t i = 0; i < m_most && m_going; ++i)
            iterate(i, body);
        std::vector<Tensor> outputs = std::move(m_carried);
        const Graph& graph = *attributesOf(node).bodies[0];
        for (std::size_t i = 0; i < m_stacks.size(); ++i) {
            const Value& slice = graph.value(graph.outputs[1 + m_carriedCount + i]);
            outputs.push_back(m_stacks[i].empty() ? none(slice) : ops::stack(m_stacks[i], 0));
        }
        return outputs;
    }

private:
    /// What piles up in no iteration: as far as the body declares it.
    static Tensor none(const Value& slice)
    {
        Shape shape { 0 };
        for (const Dim& dim : slice.shape.value_or(std::vector<Dim> {}))
            shape.push_back(std::max<std::int64_t>(dim.value, 0));
        return Tensor(slice.type, shape);
    }

    void iterate(std::int64_t index, const BodyRunner& body)
    {
        const Tensor number = Tensor::of<std::int64_t>(ElementType::Int64, {}, { index });
        const Tensor going = Tensor::of<std::uint8_t>(ElementType::Bool, {}, { 1 });
        std::vector<TensorView> arguments { number.view(), going.view() };
        for (const Tensor& tensor : m_carried)
            arguments.push_back(tensor.view());
        arguments.insert(arguments.end(), m_captures.begin(), m_captures.end());
        std::vector<Tensor> results = body(0, arguments);
        m_going = isTrue(results[0].view());
        for (std::size_t i = 0; i < m_carriedCount; ++i)
            m_carried[i] = std::move(results[1 + i]);
        for (std::size_t i = 0; i < m_stacks.size(); ++i)
            m_stacks[i].push_back(std::move(results[1 + m_carriedCount + i]));
    }

    std::span<const TensorView> m_captures;
    std::size_t m_carriedCount;
    std::vector<std::vector<Tensor>> m_stacks; // per scan output: one slice an iteration
    std::int64_t m_most = std::numeric_limits<std::int64_t>::max();
    bool m_going = true;
    std::vector<Tensor> m_carried;
};

std::int64_t at(const std::vector<std::int64_t>& list, std::size_t index)
{
    return index < list.size() ? list[index] : 0;
}

/// Scan over one sequence: `states` and `scanned` are the node's inputs without a batch dimension.
std::vector<Tensor> scan(const SubgraphAttributes& attributes, std::span<const TensorView> states,
    std::span<const TensorView> scanned, std::span<const TensorView> captures, std::int64_t length,
    const BodyRunner& body)
{
    std::vector<Tensor> carried;
    for (const TensorView& view : states)
        carried.push_back(Tensor::copyOf(view));
    std::vector<std::vector<Tensor>> stacks(attributes.bodies[0]->outputs.size() - states.size());
    for (std::int64_t step = 0; step < length; ++step) {
        std::vector<Tensor> slices;
        std::vector<TensorView> arguments;
        for (const Tensor& tensor : carried)
            arguments.push_back(tensor.view());
        for (std::size_t i = 0; i < scanned.size(); ++i) {
            const std::size_t axis = ops::normaliseAxis(at(attributes.inputAxes, i), scanned[i].shape.size());
            const std::int64_t index = at(attributes.inputDirections, i) ? length - 1 - step : step;
            slices.push_back(ops::slice(scanned[i], axis, index));
        }
        for (const Tensor& slice : slices)
            arguments.push_back(slice.view());
        arguments.insert(arguments.end(), captures.begin(), captures.end());
        std::vector<Tensor> results = body(0, arguments);
        for (std::size_t i = 0; i < carried.size(); ++i)
            carried[i] = std::move(results[i]);
        for (std::size_t i = 0; i < stacks.size(); ++i)
            stacks[i].push_back(std::move(results[states.size() + i]));
    }
    for (std::size_t i = 0; i < stacks.size(); ++i) {
        if (stacks[i].empty())
            throw Error("scans a sequence of length 0.");
        if (at(attributes.outputDirections, i))
            std::reverse(stacks[i].begin(), stacks[i].end());
        const std::size_t rank = stacks[i][0].shape().size() + 1;
        carried.push_back(ops::stack(stacks[i], ops::normaliseAxis(at(attributes.outputAxes, i), rank)));
    }
    return carried;
}

std::int64_t scanLength(const SubgraphAttributes& attributes, std::span<const TensorView> scanned)
{
    const std::size_t axis = ops::normaliseAxis(at(attributes.inputAxes, 0), scanned.front().shape.size());
    return scanned.front().shape[axis];
}

/// Opset 8: sequence lengths come first and every input has a batch dimension; shorter sequences leave zeros.
std::vector<Tensor> runBatchedScan(
    const SubgraphAttributes& attributes, std::span<const TensorView> inputs, const BodyRunner& body)
{
    const auto captures = inputs.last(attributes.captures);
    const auto scans = static_cast<std::size_t>(attributes.scanInputs);
    const std::size_t states = inputs.size() - 1 - captures.size() - scans;
    const std::int64_t batch = inputs[1].shape.at(0), length = inputs[1 + states].shape.at(1);
    std::vector<std::int64_t> lengths(static_cast<std::size_t>(batch), length);
    if (inputs[0].type != ElementType::Undefined)
        lengths = ops::integersOf(inputs[0]);
    std::vector<std::vector<Tensor>> stacks(attributes.bodies[0]->outputs.size());
    for (std::int64_t item = 0; item < batch; ++item) {
        std::vector<Tensor> cut;
        for (std::size_t i = 0; i < states + scans; ++i)
            cut.push_back(ops::slice(inputs[1 + i], 0, item));
        std::vector<TensorView> views;
        for (const Tensor& tensor : cut)
            views.push_back(tensor.view());
        const std::int64_t own = lengths.at(static_cast<std::size_t>(item));
        if (own < 1 || own > length)
            throw Error("has sequence length {}, expected 1 to {}.", own, length);
        auto results = scan(attributes, std::span(views).first(states), std::span(views).subspan(states),
            captures, own, body);
        for (std::size_t i = 0; i < results.size(); ++i)
            stacks[i].push_back(i < states ? std::move(results[i]) : ops::padded(results[i], length));
    }
    std::vector<Tensor> outputs;
    for (const std::vector<Tensor>& stack : stacks)
        outputs.push_back(ops::stack(stack, 0));
    return outputs;
}

std::vector<Tensor> runScan(const Node& node, std::span<const TensorView> inputs, const BodyRunner& run)
{
    const SubgraphAttributes& attributes = attributesOf(node);
    if (attributes.batched)
        return runBatchedScan(attributes, inputs, run);
    const auto captures = inputs.last(attributes.captures);
    const auto scanned
        = inputs.first(inputs.size() - captures.size()).last(static_cast<std::size_t>(attributes.scanInputs));
    const auto states = inputs.first(inputs.size() - captures.size() - scanned.size());
    return scan(attributes, states, scanned, captures, scanLength(attributes, scanned), run);
}

} // namespace

std::vector<Tensor> runControlFlow(
    const Node& node, std::span<const TensorView> inputs, const BodyRunner& run)
{
    if (node.kind == OpKind::If)
        return runIf(node, inputs, run);
    if (node.kind == OpKind::Loop)
        return LoopRun(node, inputs).run(node, run);
    return runScan(node, inputs, run);
}

namespace ops {

std::vector<Tensor> produceControlFlow(const ProduceContext& context)
{
    const SubgraphAttributes& attributes = attributesOf(context.node);
    return runControlFlow(
        context.node, context.inputs, [&](std::size_t index, std::span<const TensorView> inputs) {
            return runGraph(*attributes.bodies[index], inputs);
        });
}

} // namespace ops
} // namespace core
