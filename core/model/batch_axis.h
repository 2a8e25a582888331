// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/shape_inference.h"

#include <optional>
#include <vector>

namespace core {

/// Where a node's outputs hold independent items.
struct BatchAxis {
    std::optional<std::size_t> output; // nullopt: the outputs are the same for every item
    bool rewriteTarget = false; // a Reshape to a constant shape that names the batch
};

/// Follows the items of a batch through one node. `axes` are those of its inputs, by value; `shapes` are
/// those at batch 1. Throws Error, a predicate, for a node that mixes items, that names the batch in a
/// constant, or of which nothing is known.
BatchAxis batchAxis(const Graph& graph, const Shapes& shapes, const Node& node,
    const std::vector<std::optional<std::size_t>>& axes);

} // namespace core
