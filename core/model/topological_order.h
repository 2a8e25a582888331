// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <optional>
#include <vector>

namespace core {

/// An order of the nodes in which each runs after those whose outputs it reads; the given order where that
/// already is one, else as close to it as possible. nullopt when the nodes form a cycle.
std::optional<std::vector<std::size_t>> topologicalOrder(const Graph& graph);

/// Puts the nodes into topologicalOrder(). False, and nothing changed, when they form a cycle.
bool sortTopologically(Graph& graph);

} // namespace core
