// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/evaluation_budget.h"
#include "core/model/shape_inference.h"
#include "core/ops/functions.h"
#include "core/ops/parse.h"
#include "core/ops/rules.h"

#include <optional>

/// Shape rules of If, Loop and Scan: those of their bodies, where one run of a body tells about all.
namespace core::ops {
namespace {

const SubgraphAttributes& attributesOf(const InferContext& context)
{
    return std::get<SubgraphAttributes>(context.node.attributes);
}

InputFact factOf(const InferContext& context, std::size_t input)
{
    // Shape arithmetic goes on inside the body; weights are constants there already.
    InputFact fact { .type = context.types[input], .shape = context.inputs[input] };
    const auto& known = context.known[input];
    const std::int64_t count = known ? elementCount(known->shape) : 0;
    if (known && count <= limits::kKnownElements && (!context.budget || context.budget->take(count, count)))
        fact.known = std::make_shared<const Tensor>(Tensor::copyOf(*known));
    return fact;
}

/// What a body returns: per output its type and shape, open where data decides.
std::vector<InputFact> inferOutputs(
    const InferContext& context, std::size_t index, std::vector<InputFact> facts)
{
    const Graph& body = *attributesOf(context).bodies[index];
    const std::size_t captures = attributesOf(context).captures;
    for (std::size_t i = context.inputs.size() - captures; i < context.inputs.size(); ++i)
        facts.push_back(factOf(context, i));
    if (facts.size() != body.inputs.size())
        throw Error(
            "has a body of {} inputs, expected {}.", body.inputs.size() - captures, facts.size() - captures);
    const Shapes shapes = inferBody(body, facts, context.budget);
    std::vector<InputFact> outputs;
    for (const ValueId id : body.outputs) {
        InputFact fact { .type = shapes.typeOf(id), .shape = shapes.of(id), .known = nullptr };
        fact.open = shapes.isOpen(id);
        fact.known = shapes.known[static_cast<std::size_t>(id)];
        outputs.push_back(std::move(fact));
    }
    return outputs;
}

/// The same, nullopt when the body does not fit: it may be a branch that is never taken.
std::optional<std::vector<InputFact>> tryInfer(const InferContext& context, std::size_t index)
try {
    return inferOutputs(context, index, {});
} catch (const OutOfMemory&) {
    throw;
} catch (const Error&) {
    return std::nullopt;
}

bool same(const InputFact& a, const InputFact& b)
{
    return !a.open && !b.open && a.type == b.type && a.shape == b.shape;
}

std::size_t ownInputs(const InferContext& context, std::size_t least)
{
    const std::size_t captures = attributesOf(context).captures;
    if (context.inputs.size() < captures + least)
        throw Error("has {} inputs, expected at least {}.", context.inputs.size() - captures, least);
    return context.inputs.size() - captures;
}

void requireOutputs(const InferContext& context, std::size_t most)
{
    if (context.node.outputs.size() > most)
        throw Error("has {} outputs, and its body gives {}.", context.node.outputs.size(), most);
}

const char* const kOpen = "returns what only a run can tell.";

void setClosed(InferContext& context, std::size_t index, const InputFact& fact)
{
    if (fact.open)
        throw NeedsData(kOpen);
    setOutput(context, index, fact.shape, fact.type);
}

std::optional<bool> knownFlag(const InferContext& context, std::size_t input)
{
    const auto& known = context.known[input];
    if (!known || known->type != ElementType::Bool || elementCount(known->shape) != 1)
        return std::nullopt;
    return known->bytes[0] != std::byte { 0 };
}

/// How often the body runs, where nothing but the trip count ends the loop.
std::optional<std::int64_t> tripCount(const InferContext& context, const InputFact& condition)
{
    const bool begins = !context.has(1) || knownFlag(context, 1) == true;
    const bool goesOn = condition.known && condition.known->count() == 1
        && condition.type == ElementType::Bool && condition.known->bytes()[0] != std::byte { 0 };
    if (!begins || !goesOn || !context.has(0) || !context.known[0] || elementCount(context.inputs[0]) != 1)
        return std::nullopt;
    return std::max<std::int64_t>(0, context.integers(0, "trip count")[0]);
}

} // namespace

void inferIf(InferContext& context)
{
    if (ownInputs(context, 1) != 1)
        throw Error("has {} inputs, expected 1.", ownInputs(context, 1));
    requireType(context, 0, kBools);
    for (const auto& body : attributesOf(context).bodies)
        requireOutputs(context, body->outputs.size());
    std::optional<std::vector<InputFact>> taken;
    if (const auto condition = knownFlag(context, 0)) {
        taken = inferOutputs(context, *condition ? 0 : 1, {});
    } else {
        taken = tryInfer(context, 0);
        const auto other = tryInfer(context, 1);
        for (std::size_t i = 0; i < context.node.outputs.size(); ++i)
            if (!taken || !other || !same((*taken)[i], (*other)[i]))
                throw NeedsData(kOpen);
    }
    for (std::size_t i = 0; i < context.node.outputs.size(); ++i)
        setClosed(context, i, (*taken)[i]);
}

void inferLoop(InferContext& context)
{
    const std::size_t carried = ownInputs(context, 2) - 2;
    const std::size_t bodyOutputs = attributesOf(context).bodies[0]->outputs.size();
    if (bodyOutputs < 1 + carried)
        throw Error("has a body of {} outputs, expected at least {}.", bodyOutputs, 1 + carried);
    requireOutputs(context, bodyOutputs - 1);
    if (context.has(0))
        requireType(context, 0, kIndices);
    if (context.has(1))
        requireType(context, 1, kBools);
    std::vector<InputFact> facts { { .type = ElementType::Int64, .shape = {} },
        { .type = ElementType::Bool, .shape = {} } };
    for (std::size_t i = 0; i < carried; ++i)
        facts.push_back({ .type = context.types[2 + i], .shape = context.inputs[2 + i] });
    const std::vector<InputFact> initial(facts.begin() + 2, facts.end());
    const std::vector<InputFact> results = inferOutputs(context, 0, std::move(facts));
    for (std::size_t i = 0; i < carried; ++i)
        if (!same(initial[i], results[1 + i]))
            throw NeedsData(kOpen); // a tensor that grows from one iteration to the next
    const auto trips = tripCount(context, results[0]);
    for (std::size_t i = 0; i < context.node.outputs.size(); ++i) {
        InputFact fact = results[1 + i];
        if (i >= carried) {
            if (!trips || *trips == 0)
                throw NeedsData(kOpen);
            fact.shape.insert(fact.shape.begin(), *trips);
        }
        setClosed(context, i, fact);
    }
}

void inferScan(InferContext& context)
{
    const SubgraphAttributes& attributes = attributesOf(context);
    const auto scans = static_cast<std::size_t>(attributes.scanInputs);
    const std::size_t first = attributes.batched ? 1 : 0; // after the sequence lengths
    const std::size_t own = ownInputs(context, first + scans);
    const std::size_t states = own - first - scans;
    const std::size_t bodyOutputs = attributes.bodies[0]->outputs.size();
    if (bodyOutputs < states)
        throw Error("has a body of {} outputs, expected at least {}.", bodyOutputs, states);
    requireOutputs(context, bodyOutputs);
    const std::size_t batch = attributes.batched ? 1 : 0; // dimensions before those of the body
    std::vector<InputFact> facts;
    std::optional<std::int64_t> length;
    for (std::size_t i = 0; i < states + scans; ++i) {
        Shape shape = context.inputs[first + i];
        const auto& axes = attributes.inputAxes;
        if (shape.size() < batch)
            throw Error("has an input of shape {} without a batch dimension.", toString(shape));
        shape.erase(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(batch));
        if (i >= states) {
            const std::size_t axis
                = normaliseAxis(i - states < axes.size() ? axes[i - states] : 0, shape.size());
            if (length.value_or(shape[axis]) != shape[axis])
                throw Error("scans sequences of {} and {} steps.", *length, shape[axis]);
            length = shape[axis];
            shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
        }
        facts.push_back({ .type = context.types[first + i], .shape = std::move(shape) });
    }
    const std::vector<InputFact> results = inferOutputs(context, 0, facts);
    for (std::size_t i = 0; i < context.node.outputs.size(); ++i) {
        InputFact fact = results[i];
        if (i < states && !same(fact, facts[i]))
            throw NeedsData(kOpen);
        if (i >= states) {
            const auto& axes = attributes.outputAxes;
            const std::size_t axis
                = normaliseAxis(i - states < axes.size() ? axes[i - states] : 0, fact.shape.size() + 1);
            fact.shape.insert(fact.shape.begin() + static_cast<std::ptrdiff_t>(axis), *length);
        }
        if (attributes.batched)
            fact.shape.insert(fact.shape.begin(), context.inputs[first].at(0));
        setClosed(context, i, fact);
    }
}

Attributes parseSubgraph(const OnnxAttributes&)
{
    return SubgraphAttributes {};
}

Attributes parseScan(const OnnxAttributes& from)
{
    SubgraphAttributes scan { .bodies = {},
        .scanInputs = from.integer("num_scan_inputs", 0),
        .inputAxes = from.integers("scan_input_axes"),
        .outputAxes = from.integers("scan_output_axes"),
        .inputDirections = from.integers("scan_input_directions"),
        .outputDirections = from.integers("scan_output_directions") };
    if (from.version() < 9) {
        scan.batched = true;
        scan.inputDirections = from.integers("directions");
    }
    if (scan.scanInputs < 1 || scan.scanInputs > 1'000'000)
        throw Error("has num_scan_inputs {}, expected 1 or more.", scan.scanInputs);
    return scan;
}

} // namespace core::ops
