// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/chain_function.h"
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

/// What an engine has chains of: tensors of float32, or of halves, too, which it computes with in float32 and
/// rounds at the chain's end. All tensors of one chain have one type.
enum class ChainTypes { Float32, Halves };

/// The chain of node `index` alone; nullopt for other operators, other types, and where nothing is to be
/// computed.
std::optional<ElementwiseChain> chainOf(
    const Graph& graph, const Shapes& shapes, int index, ChainTypes types = ChainTypes::Float32);

/// All chains of two nodes and more, none of which share a node. Of a chain's values only the last is read by
/// others; all have the result's shape. Running a chain where its last node stands is running its nodes.
std::vector<ElementwiseChain> elementwiseChains(
    const Graph& graph, const Shapes& shapes, ChainTypes types = ChainTypes::Float32);

/// The arithmetic of all its nodes; bytes are its operands and its result, without what lies between.
NodeCost costOf(const Graph& graph, const ElementwiseChain& chain, const Shapes& shapes);

} // namespace core
