// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/shape_inference.h"

#include <cstddef>
#include <memory>
#include <optional>

namespace cpu {

/// The first nodes of a graph, to be run for a few items of the batch at a time.
struct SlicePlan {
    std::shared_ptr<const core::Graph> head, tail;
    std::shared_ptr<const core::Shapes> headShapes; // for one slice
    std::size_t nodes = 0; // of the head
    std::int64_t items = 1; // of a slice
    std::int64_t slices = 1;
};

/// Where a batch is worth cutting into slices: what images are at the front of a network does not stay in
/// level 2 for all of them, and the weights there are few. Only nodes are taken that are known to leave items
/// alone, and whose values differ in the batch alone when inferred for a slice. `items`: a slice's, a divisor
/// of the batch. nullopt where nothing is gained, or one value alone does not carry all that the rest needs.
std::optional<SlicePlan> slicePlan(const std::shared_ptr<const core::Graph>& graph,
    const core::Shapes& shapes, std::int64_t items, std::size_t level2);

} // namespace cpu
