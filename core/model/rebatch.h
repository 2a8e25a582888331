// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace core {

/// The batch that the file fixes, by the leading dimension of its first input; nullopt where it is free.
std::optional<std::int64_t> fixedBatch(const Graph& graph);

/// What keeps a model at the batch its file has, or how it was freed.
struct Rebatch {
    /// The graph with a symbolic batch; null when that cannot be proved right, or when it has one already.
    std::shared_ptr<const Graph> graph;
    std::vector<std::string> changed; // nodes whose constant shapes were rewritten, and inputs
    std::vector<std::string> pinned; // "node "x" (Reshape) ...", the first few reasons why it cannot be done
};

/// Frees a batch that the file fixes at 1, where that is provable: every node is followed with the axis along
/// which its values would hold independent items, and only operators that are known to leave items alone are
/// let pass. What the rewritten graph computes for a batch is then what the original computes for each item.
Rebatch rebatch(const Graph& graph);

} // namespace core
