// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"
#include "core/model/shape_inference.h"

#include <cstdint>
#include <vector>

namespace core {

/// Arithmetic and traffic of one node: a multiply-add counts as 2 FLOP; bytes are every input, weight and
/// output once.
struct NodeCost {
    std::int64_t flop = 0;
    std::int64_t weightBytes = 0;
    std::int64_t activationBytes = 0; // inputs and outputs
    bool integers = false; // its multiply-adds are of 8-bit integers
    bool known = true; // false: its shapes depend on data, or it runs graphs of its own; the rest is 0 then
};

NodeCost costOf(const Graph& graph, const Node& node, const Shapes& shapes);

/// Per node, in the graph's order.
std::vector<NodeCost> nodeCosts(const Graph& graph, const Shapes& shapes);

/// Sum over nodes; known when all are.
NodeCost totalCost(const std::vector<NodeCost>& costs);

} // namespace core
