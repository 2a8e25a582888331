// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/passes/probed_shapes.h"
#include "core/model/passes/rewrite.h"

namespace core::passes {

/// Tries one fusion at every living node, in the graph's order. A graph whose shapes cannot be probed comes
/// back as it was: without them no fusion can be proved.
template <typename FuseAt> Graph fuseEverywhere(Graph graph, FuseAt fuseAt)
{
    const auto shapes = ProbedShapes::of(graph);
    if (!shapes)
        return graph;
    Rewrite rewrite(std::move(graph));
    for (NodeIndex index = 0; index < rewrite.count(); ++index)
        if (rewrite.alive(index))
            fuseAt(rewrite, index, *shapes);
    return rewrite.finish();
}

} // namespace core::passes
