// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <functional>
#include <span>
#include <vector>

/// If, Loop and Scan: operators that run graphs of their own. What runs a body is a parameter: the reference
/// interprets it, an engine compiles it.
namespace core {

/// Runs body `index` of a node on tensors for all of its inputs, and returns its outputs.
using BodyRunner = std::function<std::vector<Tensor>(std::size_t index, std::span<const TensorView> inputs)>;

/// The outputs of an If, Loop or Scan node, one for each of the operator's. `inputs` are all of the node's,
/// captures too.
/// Throws Error, a predicate: a condition that is no scalar, bodies that return other shapes than they were
/// given, and what `run` throws.
std::vector<Tensor> runControlFlow(
    const Node& node, std::span<const TensorView> inputs, const BodyRunner& run);

} // namespace core
