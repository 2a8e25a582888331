// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/lower_table.h"

#include <algorithm>

namespace gpu {

std::string refuseTraining(const core::Graph& graph, const core::Node& node)
{
    if (node.inputs.size() < 3 || node.inputs[2] == core::kNoValue)
        return {};
    const auto& mode = graph.value(node.inputs[2]).constant;
    if (!mode)
        return "whether it is trained only a run tells";
    return !mode->bytes.empty() && mode->bytes[0] != std::byte {} ? "it is in training" : "";
}

void lowerUnknown(Lowering&, const core::Node&)
{
    throw core::Error("depends on data that only a run tells, and has no kernel for that.");
}

/// The value over and over, made on the host once.
void lowerFilled(Lowering& lowering, const core::Node& node)
{
    const core::ValueId output = node.outputs[0];
    const auto value = std::get<core::ConstantAttributes>(node.attributes).value->view().bytes;
    std::vector<std::byte> element(value.begin(), value.end());
    const auto count = static_cast<std::size_t>(core::elementCount(lowering.shapeOf(output)));
    const TensorId filled
        = lowering.upload(count * element.size(), [element = std::move(element), count](std::byte* to) {
              for (std::size_t i = 0; i < count; ++i)
                  to = std::copy(element.begin(), element.end(), to);
          });
    lowering.defineAlias(output, filled);
}

} // namespace gpu
