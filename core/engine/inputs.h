// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"
#include "core/model/shape_inference.h"

#include <cstdint>
#include <vector>

namespace core {

/// Valid random data for every graph input, in the graph's order, made from `seed` alone:
/// standard normal for floats; for integers that reach a Gather (also through Cast or Reshape) indices inside
/// its table; the largest number that an Equal compares them with (a sample rate); ones for masks (names
/// containing "mask", and bools); 0 or 1 for other integers.
std::vector<Tensor> synthesiseInputs(const Graph& graph, const Shapes& shapes, std::uint64_t seed);

} // namespace core
