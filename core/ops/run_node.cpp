// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/run_node.h"

#include "core/error.h"
#include "core/model/limits.h"
#include "core/ops/half.h"
#include "core/ops/quantise.h"

#include <algorithm>
#include <cstring>

namespace core {
namespace {

void requireArity(const Node& node, const OpRow& row, const NodeInputs& inputs)
{
    const auto given = static_cast<int>(inputs.types.size());
    if (given < row.minInputs || (row.maxInputs >= 0 && given > row.maxInputs))
        throw Error("has {} inputs, expected {} to {}.", given, row.minInputs,
            row.maxInputs < 0 ? "any number" : std::to_string(row.maxInputs));
    const auto outputs = static_cast<int>(node.outputs.size());
    if (outputs < 1 || (row.maxOutputs >= 0 && outputs > row.maxOutputs))
        throw Error("has {} outputs, expected 1 to {}.", outputs,
            row.maxOutputs < 0 ? "any number" : std::to_string(row.maxOutputs));
    // Any number of inputs means that all are needed, but for the optional first ones of Loop and Scan.
    const bool all = row.maxInputs < 0 && !std::holds_alternative<SubgraphAttributes>(node.attributes);
    const int required = all ? given : row.minInputs;
    for (int input = 0; input < required; ++input)
        if (inputs.types[static_cast<std::size_t>(input)] == ElementType::Undefined)
            throw Error("lacks its input {}.", input + 1);
}

/// Loops that move bytes, or that convert by themselves, take halves as they are.
bool takesHalves(OpKind kind)
{
    static constexpr OpKind kKinds[]
        = { OpKind::Identity, OpKind::OptionalGetElement, OpKind::Cast, OpKind::CastLike, OpKind::BitCast,
              OpKind::Where, OpKind::Transpose, OpKind::Reshape, OpKind::Flatten, OpKind::Squeeze,
              OpKind::Unsqueeze, OpKind::Concat, OpKind::Split, OpKind::Slice, OpKind::Gather, OpKind::Expand,
              OpKind::Tile, OpKind::GatherElements, OpKind::Trilu, OpKind::GatherND, OpKind::TensorScatter,
              OpKind::ReverseSequence, OpKind::DepthToSpace, OpKind::SpaceToDepth, OpKind::CenterCropPad,
              OpKind::Constant, OpKind::ConstantOfShape, OpKind::Shape, OpKind::Size, OpKind::FlexAttention };
    return std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds);
}

void runWide(const Node& node, std::span<const TensorView> inputs, std::span<Tensor> outputs);
void runQuantised(const Node& node, std::span<const TensorView> inputs, std::span<Tensor> outputs);

/// Large weights in a mapped file may lie unaligned; plain C++ cannot read those where they are.
std::vector<TensorView> alignedViews(std::span<const TensorView> inputs, std::vector<Tensor>& copies)
{
    std::vector<TensorView> views(inputs.begin(), inputs.end());
    for (TensorView& view : views) {
        const std::size_t size = elementSize(view.type);
        if (size > 0 && reinterpret_cast<std::uintptr_t>(view.bytes.data()) % size != 0)
            view = copies.emplace_back(Tensor::copyOf(view)).view();
    }
    return views;
}

/// Keeps the memory of `output`, which others look at.
void moveInto(Tensor& output, Tensor produced)
{
    if (produced.shape() != output.shape() || produced.type() != output.type())
        throw Error("makes {} of shape {}, expected {} of shape {}.", elementName(produced.type()),
            toString(produced.shape()), elementName(output.type()), toString(output.shape()));
    if (!produced.bytes().empty())
        std::memcpy(output.bytes().data(), produced.bytes().data(), produced.bytes().size());
}

bool hasHalves(std::span<const TensorView> inputs)
{
    return std::any_of(
        inputs.begin(), inputs.end(), [](const TensorView& view) { return ops::isHalf(view.type); });
}

bool makesHalves(std::span<const Tensor> outputs)
{
    return std::any_of(
        outputs.begin(), outputs.end(), [](const Tensor& output) { return ops::isHalf(output.type()); });
}

} // namespace

std::optional<std::string> shapeProblem(const Shape& shape)
{
    if (shape.size() > limits::kRank)
        return fmt::format("has {} dimensions, expected at most {}.", shape.size(), limits::kRank);
    std::int64_t product = 1; // of what is not 0: strides are products too
    for (const std::int64_t dim : shape) {
        if (dim < 0 || dim > limits::kElements / product)
            return fmt::format("has shape {}, which is too large.", toString(shape));
        product *= std::max<std::int64_t>(dim, 1);
    }
    return std::nullopt;
}

std::string describe(const Graph& graph, const Node& node)
{
    std::string name = node.name;
    for (const ValueId output : node.outputs)
        if (name.empty() && output != kNoValue)
            name = graph.value(output).name;
    const std::string_view type = node.type.empty() ? opName(node.kind) : std::string_view(node.type);
    return fmt::format("node \"{}\" ({})", name, type);
}

NodeInputs nodeInputs(const Graph& graph, const Shapes& shapes, const Node& node)
{
    NodeInputs inputs;
    for (const ValueId id : std::span(node.inputs).first(ownInputCount(node))) {
        if (id == kNoValue) {
            inputs.shapes.emplace_back();
            inputs.types.push_back(ElementType::Undefined);
            inputs.known.emplace_back();
            continue;
        }
        if (elementSize(shapes.typeOf(id)) == 0)
            throw Error(
                "reads \"{}\", whose elements are of a type that is not supported.", graph.value(id).name);
        const Quantisation* quantised = inputQuantisation(node, inputs.types.size());
        if (quantised && shapes.typeOf(id) != quantised->type)
            throw Error("dequantises {} with a zero point of {}.", elementName(shapes.typeOf(id)),
                elementName(quantised->type));
        inputs.shapes.push_back(shapes.of(id));
        inputs.types.push_back(quantised ? ElementType::Float32 : shapes.typeOf(id));
        inputs.known.push_back(quantised ? std::nullopt : constantOf(graph, shapes, id));
    }
    return inputs;
}

NodeOutputs inferNode(const Node& node, const NodeInputs& inputs)
{
    const OpRow* row = opRow(node.kind);
    if (!row)
        throw Error("is of an operator that is not implemented.");
    requireArity(node, *row, inputs);
    NodeOutputs outputs { std::vector<Shape>(node.outputs.size()),
        std::vector<ElementType>(node.outputs.size(), ElementType::Undefined) };
    InferContext context { node, inputs.shapes, inputs.types, inputs.known, outputs.shapes, outputs.types,
        inputs.budget };
    row->infer(context);
    for (const Shape& shape : outputs.shapes)
        if (const auto problem = shapeProblem(shape))
            throw Error("makes a tensor that {}", *problem);
    if (const Quantisation* as = outputQuantisation(node))
        outputs.types[0] = as->type;
    return outputs;
}

void runNode(const Node& node, std::span<const TensorView> inputs, std::span<Tensor> outputs)
{
    if (!node.quantised.empty() || outputQuantisation(node)) {
        runQuantised(node, inputs, outputs);
        return;
    }
    const bool halves = hasHalves(inputs) || makesHalves(outputs);
    if (halves && !takesHalves(node.kind) && opRow(node.kind)->loop) {
        runWide(node, inputs, outputs);
        return;
    }
    std::vector<Tensor> copies;
    const std::vector<TensorView> aligned = alignedViews(inputs, copies);
    const std::span own(aligned.data(), std::min(aligned.size(), ownInputCount(node)));
    if (const OpRow* row = opRow(node.kind); row->loop) {
        row->loop({ node, own, outputs });
    } else {
        std::vector<Tensor> produced = row->produce({ node, own });
        for (std::size_t i = 0; i < outputs.size(); ++i)
            moveInto(outputs[i], std::move(produced[i]));
    }
    applyEpilogue(node, aligned, outputs[0]);
}

namespace {

void runWide(const Node& node, std::span<const TensorView> inputs, std::span<Tensor> outputs)
{
    std::vector<Tensor> owners;
    std::vector<TensorView> wideInputs(inputs.begin(), inputs.end());
    owners.reserve(inputs.size());
    for (TensorView& input : wideInputs)
        if (ops::isHalf(input.type))
            input = owners.emplace_back(ops::widened(input)).view();
    std::vector<Tensor> wideOutputs;
    for (const Tensor& output : outputs)
        wideOutputs.emplace_back(
            ops::isHalf(output.type()) ? ElementType::Float32 : output.type(), output.shape());
    runNode(node, wideInputs, wideOutputs);
    for (std::size_t i = 0; i < outputs.size(); ++i)
        if (ops::isHalf(outputs[i].type()))
            ops::narrow(wideOutputs[i].view(), outputs[i]);
        else // into the caller's memory, which others may view already
            std::copy(
                wideOutputs[i].bytes().begin(), wideOutputs[i].bytes().end(), outputs[i].bytes().begin());
}

} // namespace

namespace {

/// On the real numbers that quantised inputs stand for; a quantised output is rounded once, at the end.
void runQuantised(const Node& node, std::span<const TensorView> inputs, std::span<Tensor> outputs)
{
    Node real = node;
    real.quantised.clear();
    std::vector<Tensor> owners;
    std::vector<TensorView> realInputs(inputs.begin(), inputs.end());
    owners.reserve(inputs.size());
    for (const QuantisedInput& each : node.quantised) {
        TensorView& view = realInputs.at(static_cast<std::size_t>(each.input));
        view = owners.emplace_back(ops::dequantised(view, each.as)).view();
    }
    const Quantisation* as = outputQuantisation(node);
    if (!as)
        return runNode(real, realInputs, outputs);
    real.epilogue.pop_back();
    std::vector<Tensor> realOutputs;
    realOutputs.emplace_back(ElementType::Float32, outputs[0].shape());
    runNode(real, realInputs, realOutputs);
    ops::quantise(realOutputs[0].view(), *as, outputs[0]);
}

} // namespace

namespace {

/// The rule's checks, then the data's own shapes. What the rule finds without data would be found again.
std::vector<Tensor> produce(const Node& node, const std::vector<TensorView>& inputs, NodeInputs known)
{
    known.known.assign(known.known.size(), std::nullopt);
    try {
        inferNode(node, known);
    } catch (const NeedsData&) { // as expected: that is why it has no loop
    }
    std::vector<Tensor> copies;
    const std::vector<TensorView> aligned = alignedViews(inputs, copies);
    std::vector<Tensor> outputs = opRow(node.kind)->produce(
        { node, std::span(aligned.data(), std::min(aligned.size(), ownInputCount(node))) });
    for (const Tensor& output : outputs)
        if (const auto problem = shapeProblem(output.shape()))
            throw Error("makes a tensor that {}", *problem);
    if (!outputs.empty())
        applyEpilogue(node, aligned, outputs[0]);
    return outputs;
}

} // namespace

std::vector<Tensor> evaluate(const Node& node, const std::vector<TensorView>& inputs)
{
    NodeInputs known;
    for (std::size_t i = 0; i < std::min(inputs.size(), ownInputCount(node)); ++i) {
        known.shapes.push_back(inputs[i].shape);
        const bool quantised = inputQuantisation(node, i) != nullptr;
        known.types.push_back(quantised ? ElementType::Float32 : inputs[i].type);
        known.known.push_back(
            quantised || inputs[i].type == ElementType::Undefined ? std::nullopt : std::optional(inputs[i]));
    }
    if (const OpRow* row = opRow(node.kind); row && row->produce)
        return produce(node, inputs, std::move(known));
    const NodeOutputs inferred = inferNode(node, known);
    std::vector<Tensor> outputs;
    for (std::size_t i = 0; i < inferred.shapes.size(); ++i)
        outputs.emplace_back(inferred.types[i], inferred.shapes[i]);
    runNode(node, inputs, outputs);
    return outputs;
}

} // namespace core
