// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"
#include "core/model/shape_inference.h"

#include <memory>
#include <span>

namespace core {

/// A graph with the shapes of all its values, and all that passes make of it once those are known.
struct BoundGraph {
    std::shared_ptr<const Graph> graph;
    std::shared_ptr<const Shapes> shapes;

    /// Some shapes depend on data.
    bool open() const;
};

/// `graph` for inputs of these types and shapes. Where it has bodies, or free dimensions beside the batch,
/// the numbers are written into it and the passes run again: an If whose condition is then known is its
/// branch. Throws what inferBody() throws.
BoundGraph bindGraph(std::shared_ptr<const Graph> graph, std::span<const InputFact> inputs, bool fuse);

} // namespace core
