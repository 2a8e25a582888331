// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <span>
#include <vector>

namespace support {

/// Writes the inputs, runs once, reads every output.
inline std::vector<core::Tensor> runOnce(
    core::Program& program, const core::Graph& graph, std::span<const core::Tensor> inputs)
{
    for (std::size_t i = 0; i < inputs.size(); ++i)
        program.write(static_cast<int>(i), inputs[i].bytes());
    program.run();
    std::vector<core::Tensor> outputs;
    for (std::size_t i = 0; i < graph.outputs.size(); ++i)
        outputs.push_back(program.read(static_cast<int>(i)));
    return outputs;
}

} // namespace support
