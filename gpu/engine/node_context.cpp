// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/node_context.h"

#include <cctype>

namespace gpu {

NodeContext::NodeContext(const Lowering& lowering, const core::Node& node, std::size_t open)
    : m_context { node, {}, {} }
{
    m_inputs.push_back({ lowering.typeOf(node.inputs[0]), lowering.shapeOf(node.inputs[0]), {} });
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
        const auto view = lowering.constant(node.inputs[i]);
        if (node.inputs[i] != core::kNoValue && !view && i != open)
            throw core::Error("has an input {} that only a run tells, and has no kernel for that.", i + 1);
        m_inputs.push_back(view.value_or(core::TensorView {}));
    }
    for (const core::ValueId value : node.outputs)
        m_outputs.push_back(value == core::kNoValue
                ? core::Tensor()
                : core::Tensor::borrow(lowering.typeOf(value), lowering.shapeOf(value), nullptr));
    m_context.inputs = m_inputs;
    m_context.outputs = m_outputs;
}

std::string ownKernel(const core::Node& node)
{
    std::string name = "own:";
    for (const char letter : core::opName(node.kind))
        name += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return name;
}

} // namespace gpu
