// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/model/shape_inference.h"

namespace core {

/// Writes `inputs` (in the graph's order) into a program. Throws Error when one does not fit.
void writeInputs(Program& program, const std::vector<Tensor>& inputs);

/// The outputs of a program's last run, in the graph's order.
std::vector<Tensor> readOutputs(Program& program, const Graph& graph);

/// The oracle's outputs: the reference engine on `graph` as the file has it. Slow.
std::vector<Tensor> referenceOutputs(
    std::shared_ptr<const Graph> graph, const DimBindings& dims, const std::vector<Tensor>& inputs);

} // namespace core
