// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/shape_inference.h"

#include <vector>

namespace cpu {

/// A part of `graph`: these nodes, from `inputs` to `outputs`. Values keep their ids.
core::Graph part(const core::Graph& graph, std::vector<core::Node> nodes, std::vector<core::ValueId> inputs,
    std::vector<core::ValueId> outputs);

/// What is known of the graph's inputs.
std::vector<core::InputFact> factsOf(const core::Graph& graph, const core::Shapes& shapes);

} // namespace cpu
