// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"
#include "core/model/shape_inference.h"

namespace core {

/// Bytes no engine can do without: the weights, and the most that values alive at the same node need
/// together. A lower bound, so that nothing is refused that would have fitted; a double, so that no batch
/// overflows it.
double leastBytes(const Graph& graph, const Shapes& shapes);

} // namespace core
