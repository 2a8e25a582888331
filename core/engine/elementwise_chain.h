// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/cost.h"
#include "core/model/graph.h"
#include "core/model/shape_inference.h"

#include <optional>
#include <vector>

/// Elementwise nodes that feed each other, as one function an engine can compute in one pass over memory.
///
/// Not a rewrite of the graph: which nodes belong together depends on their shapes, which are known when a
/// batch is compiled. Engines ask then.
namespace core {

/// On float32. x is the first operand, y the second one.
enum class ChainFunction {
    // one operand
    Linear, // alpha x + beta
    Clip, // to [alpha, beta]
    Relu,
    LeakyRelu, // alpha x below 0
    Elu, // alpha (e^x - 1) below 0
    Selu, // beta times that
    Celu, // alpha (e^(x / alpha) - 1) below 0
    ThresholdedRelu, // 0 up to alpha
    Sigmoid,
    HardSigmoid, // alpha x + beta, clipped to [0, 1]
    Swish, // x sigmoid(alpha x)
    HardSwish,
    Mish,
    Gelu,
    GeluTanh,
    Tanh,
    Softplus,
    Softsign,
    Erf,
    Exp,
    Log,
    Sqrt,
    Square,
    Cube,
    Reciprocal, // alpha / x
    Abs,
    Floor,
    Ceil,
    Round, // ties to even
    Sign,
    // two operands
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    PRelu // y x below 0
};

/// The number of functions, of which the last is PRelu.
inline constexpr int kChainFunctions = static_cast<int>(ChainFunction::PRelu) + 1;

constexpr bool isBinary(ChainFunction function)
{
    return function >= ChainFunction::Add;
}

struct ChainStep {
    ChainFunction function = ChainFunction::Linear;
    float alpha = 0, beta = 0;
    /// Operands: the chain's own come first, then the results of its steps. y is -1 where there is none.
    int x = -1, y = -1;
};

struct ElementwiseChain {
    std::vector<int> nodes; // indices into Graph::nodes, rising; the last one makes the result
    std::vector<ValueId>
        operands; // what the nodes read from outside, each once; broadcast to the result's shape
    std::vector<ChainStep> steps; // the last one makes the result
};

/// The chain of node `index` alone; nullopt for other operators, other types than float32, and where nothing
/// is to be computed.
std::optional<ElementwiseChain> chainOf(const Graph& graph, const Shapes& shapes, int index);

/// All chains of two nodes and more, none of which share a node. Of a chain's values only the last is read by
/// others; all have the result's shape. Running a chain where its last node stands is running its nodes.
std::vector<ElementwiseChain> elementwiseChains(const Graph& graph, const Shapes& shapes);

/// The arithmetic of all its nodes; bytes are its operands and its result, without what lies between.
NodeCost costOf(const Graph& graph, const ElementwiseChain& chain, const Shapes& shapes);

} // namespace core
