// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"
#include "gpu/engine/lowering.h"

namespace gpu {

/// What the operator table's functions look at, without any data but that of the inputs behind the first.
class NodeContext {
public:
    /// Throws Error where one of those inputs is not constant, but for input `open`, which then seems to be
    /// left out.
    NodeContext(const Lowering& lowering, const core::Node& node, std::size_t open = 0);

    const core::LoopContext& context() const { return m_context; }

private:
    std::vector<core::TensorView> m_inputs;
    std::vector<core::Tensor> m_outputs;
    core::LoopContext m_context;
};

/// "own:slice": the name of a kernel for the whole node.
std::string ownKernel(const core::Node& node);

} // namespace gpu
