// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/shape_inference.h"

#include "core/error.h"
#include "core/model/evaluation_budget.h"
#include "core/ops/run_node.h"

#include <algorithm>

namespace core {
namespace {

std::int64_t valueOf(const Graph& graph, const DimBindings& bindings, const Value& input, std::size_t d)
{
    const Dim& dim = (*input.shape)[d];
    if (dim.fixed())
        return dim.value;
    // A leading dimension without a name is the batch: some exporters leave it so.
    if ((!dim.symbol.empty() && dim.symbol == graph.batchSymbol) || (dim.symbol.empty() && d == 0))
        return bindings.batch;
    if (dim.symbol.empty())
        throw Error("Cannot infer shapes: dimension {} of input \"{}\" has neither a number nor a name.", d,
            input.name);
    const auto found = bindings.named.find(dim.symbol);
    if (found == bindings.named.end())
        throw Error("Cannot infer shapes: dimension \"{}\" of input \"{}\" has no value; give it with --dim "
                    "{}=VALUE.",
            dim.symbol, input.name, dim.symbol);
    if (found->second < 1)
        throw Error(
            "Cannot infer shapes: dimension \"{}\" is {}, expected 1 or more.", dim.symbol, found->second);
    return found->second;
}

void requireBatch(const Graph& graph, const DimBindings& bindings)
{
    const auto shape = graph.inputs.empty() ? std::nullopt : graph.value(graph.inputs[0]).shape;
    const bool fixed = graph.batchSymbol.empty() && shape && !shape->empty() && shape->front().fixed();
    if (fixed && shape->front().value == bindings.batch)
        return; // even 0, if the file says so
    if (bindings.batch < 1)
        throw Error("Cannot run at batch {}: expected 1 or more.", bindings.batch);
    if (fixed)
        throw Error("Cannot run at batch {}: the model's batch is fixed at {}.", bindings.batch,
            shape->front().value);
}

void requireUsable(const Shape& shape, const char* what, const std::string& name)
{
    if (const auto problem = shapeProblem(shape))
        throw Error("Cannot infer shapes: {} \"{}\" {}", what, name, *problem);
}

void bindInput(const Graph& graph, const DimBindings& bindings, ValueId id, Shapes& shapes)
{
    const Value& input = graph.value(id);
    if (!input.shape)
        throw Error("Cannot infer shapes: input \"{}\" has no declared shape.", input.name);
    Shape& shape = shapes.shapes[static_cast<std::size_t>(id)];
    for (std::size_t d = 0; d < input.shape->size(); ++d)
        shape.push_back(valueOf(graph, bindings, input, d));
    requireUsable(shape, "input", input.name);
    shapes.types[static_cast<std::size_t>(id)] = input.type;
}

/// Whether the node's outputs follow from what is known. Those that read no data need none of it.
bool hasData(const Graph& graph, const Node& node, const Shapes& shapes)
{
    if (std::holds_alternative<SubgraphAttributes>(node.attributes))
        return false; // may loop for ever
    if (node.kind == OpKind::Shape || node.kind == OpKind::Size)
        return true;
    return std::all_of(node.inputs.begin(), node.inputs.end(),
        [&](ValueId id) { return id == kNoValue || constantOf(graph, shapes, id); });
}

/// Whether they are worth knowing too, and there is work left to do for them.
bool canEvaluate(const Graph& graph, const Node& node, const Shapes& shapes, const NodeOutputs& outputs,
    EvaluationBudget& budget)
{
    if (node.kind == OpKind::Constant)
        return true;
    if (isEnginesWork(node))
        return false; // may take nearly for ever
    std::int64_t kept = 0;
    for (const Shape& shape : outputs.shapes) {
        const std::int64_t count = elementCount(shape);
        if (count > limits::kKnownElements)
            return false;
        kept += count;
    }
    return hasData(graph, node, shapes) && budget.take(evaluationWork(graph, node, shapes), kept);
}

/// The node's inputs as tensors; those whose data is not known have a shape only.
std::vector<TensorView> viewsOf(const Graph& graph, const Node& node, const Shapes& shapes)
{
    std::vector<TensorView> views;
    for (const ValueId id : node.inputs) {
        if (id == kNoValue)
            views.emplace_back();
        else if (const auto constant = constantOf(graph, shapes, id))
            views.push_back(*constant);
        else
            views.push_back({ shapes.typeOf(id), shapes.of(id), {} });
    }
    return views;
}

void setKnown(const Node& node, std::vector<Tensor> outputs, Shapes& shapes)
{
    for (std::size_t i = 0; i < outputs.size() && i < node.outputs.size(); ++i) {
        if (node.outputs[i] == kNoValue)
            continue;
        const auto id = static_cast<std::size_t>(node.outputs[i]);
        shapes.shapes[id] = outputs[i].shape();
        shapes.types[id] = outputs[i].type();
        shapes.known[id] = std::make_shared<const Tensor>(std::move(outputs[i]));
    }
}

void evaluateKnown(const Graph& graph, const Node& node, const NodeOutputs& inferred, Shapes& shapes)
{
    if (node.kind == OpKind::Constant) { // of any size: it is there already
        shapes.known[static_cast<std::size_t>(node.outputs[0])]
            = std::get<ConstantAttributes>(node.attributes).value;
        return;
    }
    std::vector<Tensor> outputs;
    for (std::size_t i = 0; i < inferred.shapes.size(); ++i)
        outputs.emplace_back(inferred.types[i], inferred.shapes[i]);
    runNode(node, viewsOf(graph, node, shapes), outputs);
    setKnown(node, std::move(outputs), shapes);
}

std::int64_t elementsRead(const Node& node, const Shapes& shapes)
{
    std::int64_t count = 0;
    for (const ValueId id : node.inputs)
        if (id != kNoValue)
            count = std::min(limits::kElements, count + elementCount(shapes.of(id)));
    return count;
}

/// The outputs' shapes depend on data: found by running the node where all its data is known and little,
/// else left open.
void settleOpen(const Graph& graph, const Node& node, Shapes& shapes, EvaluationBudget& budget)
{
    const auto open = [&](ValueId id) { return id != kNoValue && shapes.isOpen(id); };
    const bool openInputs = std::any_of(node.inputs.begin(), node.inputs.end(), open);
    // What a node finds in its inputs is at most one index per dimension of each element.
    const std::int64_t kept = elementsRead(node, shapes) * static_cast<std::int64_t>(limits::kRank);
    if (!openInputs && hasData(graph, node, shapes) && budget.take(openEvaluationWork(node, shapes), kept)) {
        setKnown(node, evaluate(node, viewsOf(graph, node, shapes)), shapes);
        return;
    }
    for (const ValueId id : node.outputs)
        if (id != kNoValue)
            shapes.open[static_cast<std::size_t>(id)] = true;
}

/// Nothing known but the constants.
Shapes constantShapes(const Graph& graph)
{
    const std::size_t count = graph.values.size();
    Shapes shapes { std::vector<Shape>(count), std::vector<ElementType>(count, ElementType::Undefined),
        std::vector<std::shared_ptr<const Tensor>>(count), std::vector<bool>(count) };
    for (std::size_t id = 0; id < count; ++id)
        if (const auto& constant = graph.values[id].constant) {
            requireUsable(constant->shape, "constant", graph.values[id].name);
            shapes.shapes[id] = constant->shape;
            shapes.types[id] = constant->type;
        }
    return shapes;
}

/// A post-op's addend has the very shape and type of the output.
void requireAddend(const Node& node, const PostOp& post, const NodeOutputs& outputs, const Shapes& shapes)
{
    const auto index = static_cast<std::size_t>(post.input);
    const ValueId id = post.input < 0 || index >= node.inputs.size() ? kNoValue : node.inputs[index];
    if (id == kNoValue)
        throw Error("adds a tensor that is not there to its output.");
    const Quantisation* as = inputQuantisation(node, index);
    const ElementType real = outputQuantisation(node) ? ElementType::Float32 : outputs.types[0];
    if (shapes.of(id) != outputs.shapes[0] || shapes.typeOf(id) != (as ? as->type : real))
        throw Error(
            "adds {} to its output of shape {}.", toString(shapes.of(id)), toString(outputs.shapes[0]));
}

/// The rule's answer; nullopt when it needs data that only a run has.
std::optional<NodeOutputs> inferClosed(
    const Graph& graph, const Node& node, const Shapes& shapes, EvaluationBudget& budget)
try {
    for (const ValueId id : node.inputs)
        if (id != kNoValue && shapes.isOpen(id))
            return std::nullopt;
    NodeInputs inputs = nodeInputs(graph, shapes, node);
    inputs.budget = &budget;
    return inferNode(node, inputs);
} catch (const NeedsData&) {
    return std::nullopt;
}

void inferOne(const Graph& graph, const Node& node, Shapes& shapes, EvaluationBudget& budget)
{
    const std::optional<NodeOutputs> closed = inferClosed(graph, node, shapes, budget);
    if (!closed) {
        settleOpen(graph, node, shapes, budget);
        return;
    }
    const NodeOutputs& outputs = *closed;
    for (std::size_t i = 0; i < outputs.shapes.size(); ++i) {
        if (node.outputs[i] == kNoValue)
            continue;
        const auto id = static_cast<std::size_t>(node.outputs[i]);
        shapes.shapes[id] = outputs.shapes[i];
        shapes.types[id] = outputs.types[i];
    }
    for (const PostOp& post : node.epilogue)
        if (post.kind == PostOp::Kind::Add)
            requireAddend(node, post, outputs, shapes);
    if (canEvaluate(graph, node, shapes, outputs, budget))
        evaluateKnown(graph, node, outputs, shapes);
}

void inferNodes(const Graph& graph, Shapes& shapes, EvaluationBudget& budget)
{
    for (const Node& node : graph.nodes) {
        try {
            inferOne(graph, node, shapes, budget);
        } catch (const OutOfMemory&) {
            throw;
        } catch (const Error& error) {
            throw Error("Cannot infer shapes: {} {}", describe(graph, node), error.what());
        }
    }
}

} // namespace

Shapes inferShapes(const Graph& graph, const DimBindings& bindings)
{
    requireBatch(graph, bindings);
    Shapes shapes = constantShapes(graph);
    for (const ValueId input : graph.inputs)
        bindInput(graph, bindings, input, shapes);
    EvaluationBudget budget(limits::kInferenceWork, limits::kInferenceElements);
    inferNodes(graph, shapes, budget);
    return shapes;
}

Shapes inferBody(const Graph& graph, std::span<const InputFact> facts, EvaluationBudget* budget)
{
    Shapes shapes = constantShapes(graph);
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const auto id = static_cast<std::size_t>(graph.inputs[i]);
        shapes.shapes[id] = facts[i].shape;
        shapes.types[id] = facts[i].type;
        shapes.known[id] = facts[i].known;
        shapes.open[id] = facts[i].open;
    }
    EvaluationBudget own(limits::kInferenceWork, limits::kInferenceElements);
    inferNodes(graph, shapes, budget ? *budget : own);
    return shapes;
}

std::optional<TensorView> constantOf(const Graph& graph, const Shapes& shapes, ValueId id)
{
    if (id == kNoValue)
        return std::nullopt;
    if (const auto& constant = graph.value(id).constant)
        return constant;
    if (const auto& known = shapes.known[static_cast<std::size_t>(id)])
        return known->view();
    return std::nullopt;
}

} // namespace core
