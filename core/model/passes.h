// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"
#include "core/model/shape_inference.h"

#include <memory>

/// Rewrites that keep a graph's outputs and make it cheaper. Each is a pure function from graph to graph;
/// weights that do not change stay views into the file. Sources are kept alive by the result.
namespace core {

struct OptimiseOptions {
    bool fuse = true; // else constants are folded, and all else stays as the file has it
};

/// All passes, in the order that works. The graph that engines are given.
std::shared_ptr<const Graph> optimise(const Graph& graph, const OptimiseOptions& options = {});

/// The graph for the one binding that `shapes` were inferred for: inputs have fixed dimensions, known values
/// are constants, also in the bodies that capture them, and an If whose condition is known is its branch.
Graph specialise(const Graph& graph, const Shapes& shapes);
/// specialise() would put a branch in place of an If; what is in the branch can then be specialised itself.
bool hasDecidedBranch(const Graph& graph, const Shapes& shapes);

/// Operators on quantised numbers (QLinearConv and its kin, QGemm) with constant parameters become those on
/// real numbers between DequantizeLinear and QuantizeLinear, for the next two passes.
Graph expandQuantised(Graph graph);
/// Products of dequantised inputs and dequantised constant weights read the integers: Node::quantised.
Graph fuseQuantised(Graph graph);
/// What only moves elements, between DequantizeLinear and a QuantizeLinear that undoes it, moves integers.
Graph moveQuantised(Graph graph);
Graph foldConstants(Graph graph); // nodes whose inputs are all constant, by the reference loops
Graph removeIdentities(
    Graph graph); // Identity, Dropout, casts to the same type, no-op reshapes with known shape
/// BatchNormalization, and arithmetic with a constant per channel, after Conv or Gemm into its weights and
/// bias.
Graph foldAffine(Graph graph);
Graph fuseHardSwish(Graph graph); // x * clip(x + 3, 0, 6) / 6 to HardSwish, the gate alone to HardSigmoid
Graph fuseGelu(Graph graph); // x * 0.5 * (1 + erf(x / sqrt 2)) and the tanh form to Gelu
/// A product of one-hot rows with a table to a Gather from it; what follows for every row is done to the
/// table.
Graph fuseOneHot(Graph graph);
Graph fuseLayerNorm(Graph graph); // the ReduceMean/Sub/Pow/Sqrt/Div/Mul/Add chain to LayerNormalization
Graph fuseMatMulBias(
    Graph graph); // MatMul with constant right side, then Add of a constant row, to MatMul with bias input
Graph fuseAttention(
    Graph graph); // reshape/transpose/MatMul/scale/mask/Softmax/MatMul/transpose/reshape to FusedAttention
Graph fuseEpilogues(Graph graph); // activation and residual Add into the node before: Node::epilogue
/// Products and what follows them in `half` (Float16 or BFloat16), their weights rounded to it; inputs,
/// outputs and all else in float32, with casts where the two meet. `shapes` are the graph's. Quantised nodes
/// stay as they are.
Graph narrow(const Graph& graph, const Shapes& shapes, ElementType half);
Graph removeDeadNodes(Graph graph); // nodes and values that no output needs

} // namespace core
