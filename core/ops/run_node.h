// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/shape_inference.h"
#include "core/ops/op_table.h"

namespace core {

/// "node "fc_1" (Gemm)": how errors name a node. Nodes without a name go by their first output's.
std::string describe(const Graph& graph, const Node& node);

/// Why no tensor may have this shape, as a predicate: too many dimensions or elements; nothing when it may.
std::optional<std::string> shapeProblem(const Shape& shape);

/// What a node's rule is asked: its own inputs' shapes, types and, where known, data.
struct NodeInputs {
    std::vector<Shape> shapes;
    std::vector<ElementType> types;
    std::vector<std::optional<TensorView>> known;
    EvaluationBudget* budget = nullptr; // for rules that look into bodies
};

struct NodeOutputs {
    std::vector<Shape> shapes;
    std::vector<ElementType> types;
};

/// The inputs of a node as its rule wants them, those of post-ops left out.
NodeInputs nodeInputs(const Graph& graph, const Shapes& shapes, const Node& node);

/// The row's shape rule, with arity, types and sizes checked. Throws Error, a predicate.
NodeOutputs inferNode(const Node& node, const NodeInputs& inputs);

/// The row's loop, then the epilogue, into outputs of the inferred shapes and types. `inputs` are all of the
/// node's, those of post-ops too. float16 and bfloat16 are computed in float32 and rounded once. Inputs may
/// lie at any address. Throws Error, a predicate.
void runNode(const Node& node, std::span<const TensorView> inputs, std::span<Tensor> outputs);

} // namespace core
