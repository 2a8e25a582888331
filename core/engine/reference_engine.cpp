// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"

#include "core/error.h"
#include "core/ops/run_node.h"

#include <algorithm>
#include <cstring>

namespace core {
namespace {

using Clock = std::chrono::steady_clock;

/// Why the table cannot run a node; empty when it can.
std::string refusalOf(const Graph& graph, const Node& node)
{
    const OpRow* row = opRow(node.kind);
    if (!row)
        return "operator is not implemented";
    for (const ValueId id : node.inputs)
        if (id != kNoValue && graph.value(id).type == ElementType::String)
            return "strings are not implemented";
    if (const auto* subgraphs = std::get_if<SubgraphAttributes>(&node.attributes))
        for (const auto& body : subgraphs->bodies)
            for (const Node& inner : body->nodes)
                if (const std::string reason = refusalOf(*body, inner); !reason.empty())
                    return fmt::format("of node \"{}\" ({}) inside it {}", inner.name, inner.type, reason);
    return {};
}

bool isOtherFloat(ElementType type)
{
    return type == ElementType::Float16 || type == ElementType::BFloat16 || type == ElementType::Double;
}

/// Keeps one tensor per value from compile() on and frees none: simple, and run() needs no memory but a
/// loop's own, and that of values whose shape depends on data.
class ReferenceProgram final : public Program {
public:
    ReferenceProgram(std::shared_ptr<const Graph> graph, Shapes shapes)
        : m_graph(std::move(graph))
        , m_shapes(std::move(shapes))
        , m_views(m_graph->values.size())
    {
        for (std::size_t id = 0; id < m_views.size(); ++id)
            if (auto constant = constantOf(*m_graph, m_shapes, static_cast<ValueId>(id)))
                m_views[id] = *constant;
        for (const ValueId input : m_graph->inputs)
            m_inputs.push_back(place(input, Tensor::zeros(m_shapes.typeOf(input), m_shapes.of(input))));
        for (std::size_t node = 0; node < m_graph->nodes.size(); ++node)
            addStep(node);
    }

    void write(int input, std::span<const std::byte> bytes) override
    {
        Tensor& tensor = m_inputs[static_cast<std::size_t>(input)];
        if (bytes.size() != tensor.bytes().size())
            throw Error("Cannot write input \"{}\": {} bytes were given, expected {}.",
                m_graph->value(m_graph->inputs[static_cast<std::size_t>(input)]).name, bytes.size(),
                tensor.bytes().size());
        if (!bytes.empty())
            std::memcpy(tensor.bytes().data(), bytes.data(), bytes.size());
    }

    Tensor read(int output) override
    {
        const ValueId id = m_graph->outputs[static_cast<std::size_t>(output)];
        return Tensor::copyOf(m_views[static_cast<std::size_t>(id)]);
    }

    Sample run(Trace* trace) override
    {
        const auto start = Clock::now();
        for (Step& step : m_steps) {
            const Node& node = m_graph->nodes[step.node];
            const auto begin = Clock::now();
            runStep(node, step);
            if (trace)
                trace->steps.push_back({ .node = static_cast<int>(step.node),
                    .name = node.name,
                    .type = node.type,
                    .kernel = "plain",
                    .slow = true,
                    .computes = computes(node),
                    .cost = costOf(*m_graph, node, m_shapes),
                    .time = Clock::now() - begin });
        }
        return { .host = Clock::now() - start, .device = std::nullopt };
    }

    MemoryUse memory() const override
    {
        MemoryUse use { .weights = weightBytes(*m_graph) };
        for (const auto& known : m_shapes.known)
            use.weights += known ? known->bytes().size() : 0;
        for (const Tensor& input : m_inputs)
            use.arena += input.bytes().size();
        for (const Step& step : m_steps)
            for (const Tensor& output : step.outputs)
                use.arena += output.bytes().size();
        return use;
    }

private:
    struct Step {
        std::size_t node;
        bool open; // only a run knows the outputs' shapes
        std::vector<Tensor> outputs;
    };

    ElementType computes(const Node& node) const
    {
        for (const ValueId id : node.outputs)
            if (id != kNoValue)
                return m_views[static_cast<std::size_t>(id)].type;
        return ElementType::Undefined;
    }

    Tensor place(ValueId id, Tensor tensor)
    {
        m_views[static_cast<std::size_t>(id)] = tensor.view(); // stays valid: moving a tensor moves no memory
        return tensor;
    }

    Tensor allocate(ValueId id) { return place(id, Tensor(m_shapes.typeOf(id), m_shapes.of(id))); }

    void addStep(std::size_t index)
    {
        const Node& node = m_graph->nodes[index];
        const auto known
            = [this](ValueId id) { return id == kNoValue || m_shapes.known[static_cast<std::size_t>(id)]; };
        if (std::all_of(node.outputs.begin(), node.outputs.end(), known))
            return;
        const auto open = [this](ValueId id) { return id != kNoValue && m_shapes.isOpen(id); };
        Step step { index, std::any_of(node.outputs.begin(), node.outputs.end(), open), {} };
        for (std::size_t i = 0; i < node.outputs.size() && !step.open; ++i)
            step.outputs.push_back(
                node.outputs[i] == kNoValue ? unnamed(node, i) : allocate(node.outputs[i]));
        m_steps.push_back(std::move(step));
    }

    /// An output the graph leaves out still needs a place, as the loop writes it.
    Tensor unnamed(const Node& node, std::size_t output) const
    {
        NodeInputs inputs = nodeInputs(*m_graph, m_shapes, node);
        const NodeOutputs inferred = inferNode(node, inputs);
        return Tensor(inferred.types[output], inferred.shapes[output]);
    }

    void runStep(const Node& node, Step& step)
    {
        m_arguments.clear();
        for (const ValueId id : node.inputs)
            m_arguments.push_back(id == kNoValue ? TensorView {} : m_views[static_cast<std::size_t>(id)]);
        try {
            if (step.open)
                runOpen(node, step);
            else
                runNode(node, m_arguments, step.outputs);
        } catch (const OutOfMemory&) {
            throw;
        } catch (const Error& error) {
            throw Error("Cannot run: {} {}", describe(*m_graph, node), error.what());
        }
    }

    void runOpen(const Node& node, Step& step)
    {
        step.outputs = evaluate(node, m_arguments);
        for (std::size_t i = 0; i < node.outputs.size(); ++i)
            if (node.outputs[i] != kNoValue)
                m_views[static_cast<std::size_t>(node.outputs[i])] = step.outputs[i].view();
    }

    std::shared_ptr<const Graph> m_graph;
    Shapes m_shapes;
    std::vector<TensorView> m_views; // per value
    std::vector<Tensor> m_inputs;
    std::vector<Step> m_steps;
    std::vector<TensorView> m_arguments; // of the node that runs
};

} // namespace

DeviceInfo ReferenceEngine::device() const
{
    return { .id = "reference",
        .kind = DeviceKind::Cpu,
        .name = "Reference",
        .library = "plain loops of Breakeven, one thread",
        .maxThreads = 1,
        .precisions = { Precision::Model, Precision::Float32 } };
}

std::vector<Refusal> ReferenceEngine::refusals(const Graph& graph) const
{
    std::vector<Refusal> refusals;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        if (std::string reason = refusalOf(graph, node); !reason.empty())
            refusals.push_back({ static_cast<int>(i), node.name, node.type, std::move(reason) });
    }
    return refusals;
}

std::unique_ptr<Program> ReferenceEngine::compile(
    std::shared_ptr<const Graph> graph, const CompileOptions& options)
{
    if (const auto refused = refusals(*graph); !refused.empty())
        throw Error("Cannot compile: {}", summarise(refused));
    Shapes shapes = inferShapes(*graph, options.dims);
    const bool own = options.precision == Precision::Model
        || (options.precision == Precision::Float32
            && std::none_of(shapes.types.begin(), shapes.types.end(), isOtherFloat));
    if (!own)
        throw Error("Cannot compile: the reference engine computes in the model's own types, not in {}.",
            precisionName(options.precision));
    return std::make_unique<ReferenceProgram>(std::move(graph), std::move(shapes));
}

} // namespace core
