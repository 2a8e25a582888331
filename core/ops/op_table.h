// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"
#include "core/model/onnx_attributes.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// One row per operator: its ONNX name and versions, its arity, how its attributes are parsed, its shape rule
/// and its reference loop. Plain tables in plain sight; every other part of Breakeven asks this one about an
/// operator.
namespace core {

class EvaluationBudget;

/// What a shape rule may look at, and where it puts its answer.
struct InferContext {
    const Node& node;
    const std::vector<Shape>& inputs; // of the node's inputs; empty shape for one left out
    const std::vector<ElementType>& types;
    /// The input's data where it is known (constants, shape arithmetic); nullopt otherwise.
    const std::vector<std::optional<TensorView>>& known;
    std::vector<Shape>& outputs; // to be filled, one per output of the node
    std::vector<ElementType>& outputTypes;
    EvaluationBudget* budget = nullptr; // for inferBody()

    /// Input `index` as 64-bit integers (from int64 or int32). Throws NeedsData when its data is not known.
    std::vector<std::int64_t> integers(std::size_t index, const char* what) const;
    bool has(std::size_t index) const;
};

/// What a reference loop gets: dense row-major inputs (an input left out has type Undefined) and outputs that
/// already have their shape and type. Single-threaded, plain, written for reading.
struct LoopContext {
    const Node& node;
    std::span<const TensorView> inputs;
    std::span<Tensor> outputs;
};

/// What an operator gets whose outputs' shapes depend on data: dense row-major inputs, none of them padded or
/// widened. It returns one tensor per output of the node; one for an output left out may be empty.
struct ProduceContext {
    const Node& node;
    std::span<const TensorView> inputs;
};

/// The functions of a row throw Error with a predicate, to which the caller adds the node in front:
/// `has group 3, which does not divide 64 channels.`
struct OpRow {
    OpKind kind;
    std::string_view name;
    int since; // first opset version this row understands
    int minInputs, maxInputs; // maxInputs -1: any number
    int maxOutputs;
    Attributes (*parse)(const OnnxAttributes&); // throws Error for a value the operator does not allow
    void (*infer)(InferContext&); // throws Error when the inputs do not fit
    void (*loop)(const LoopContext&);
    /// Set instead of `loop` where the data decides the shapes (NonZero, Loop). The shape rule of such a row
    /// throws NeedsData whatever is known, unless the shapes do not depend on data after all.
    std::vector<Tensor> (*produce)(const ProduceContext&) = nullptr;
};

/// The row of `kind`; nullptr for Unknown.
const OpRow* opRow(OpKind kind);

/// All rows, for documents and tests.
std::span<const OpRow> opRows();

/// How many of a node's inputs are the operator's own; those of post-ops follow.
std::size_t ownInputCount(const Node& node);

/// Applies `epilogue` to a finished float32 output, in place: the meaning of Node::epilogue for every engine.
void applyEpilogue(const Node& node, std::span<const TensorView> inputs, Tensor& output);

/// Runs one node on concrete tensors, whatever its shapes depend on: infers, allocates, loops, applies the
/// epilogue.
std::vector<Tensor> evaluate(const Node& node, const std::vector<TensorView>& inputs);

} // namespace core
