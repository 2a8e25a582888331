// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <span>
#include <vector>

namespace core {

/// Runs a graph node by node with the operator table's loops, whatever its shapes depend on; every tensor is
/// freed after its last reader. `inputs` are the graph's, in order. Returns its outputs.
/// Throws Error, a predicate that names the node inside.
std::vector<Tensor> runGraph(const Graph& graph, std::span<const TensorView> inputs);

} // namespace core
