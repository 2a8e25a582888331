// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"

namespace core {

std::shared_ptr<const Graph> optimise(const Graph& graph, const OptimiseOptions& options)
{
    if (!options.fuse)
        return std::make_shared<const Graph>(removeDeadNodes(foldConstants(removeDeadNodes(graph))));
    // Constants first, since patterns ask whether something is one; epilogues last, since what they take in
    // is no longer seen by other patterns.
    Graph result = removeDeadNodes(graph);
    result = expandQuantised(std::move(result));
    result = fuseQuantised(std::move(result)); // before weights are folded to the numbers they stand for
    result = foldConstants(std::move(result));
    result = moveQuantised(std::move(result));
    result = removeIdentities(std::move(result));
    result = foldAffine(std::move(result));
    result = fuseHardSwish(std::move(result));
    result = fuseGelu(std::move(result));
    result = fuseOneHot(std::move(result));
    result = fuseLayerNorm(std::move(result));
    result = fuseMatMulBias(std::move(result));
    result = fuseAttention(std::move(result));
    result = fuseEpilogues(std::move(result));
    return std::make_shared<const Graph>(removeDeadNodes(std::move(result)));
}

} // namespace core
