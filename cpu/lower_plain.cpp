// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "cpu/lower_table.h"

#include <cstring>

namespace cpu {

/// The operator table's plain loop as a kernel: any operator with a row runs, if slowly, and the placement
/// table says so.
bool plainLoop(Lowering& lowering, const core::Node& node)
{
    std::vector<TensorId> reads, writes;
    std::vector<TensorId> inputs; // -1: left out
    for (const core::ValueId input : node.inputs) {
        inputs.push_back(input == core::kNoValue ? -1 : lowering.plain(input));
        if (inputs.back() >= 0)
            reads.push_back(inputs.back());
    }
    std::vector<TensorId> outputs;
    for (const core::ValueId output : node.outputs) {
        outputs.push_back(output == core::kNoValue ? -1 : lowering.definePlain(output));
        if (outputs.back() >= 0)
            writes.push_back(outputs.back());
    }
    const auto layouts = std::make_shared<std::vector<core::TensorView>>();
    for (const TensorId id : inputs)
        layouts->push_back(id < 0
                ? core::TensorView {}
                : core::TensorView { lowering.tensor(id).type, lowering.tensor(id).shape, {} });

    lowering.addPlain(
        "plain:" + std::string(core::opName(node.kind)), reads, writes, [=, &node](const Addresses& at) {
            for (std::size_t i = 0; i < inputs.size(); ++i) {
                core::TensorView& view = (*layouts)[i];
                if (inputs[i] >= 0)
                    view.bytes = { at.bytes(inputs[i]),
                        static_cast<std::size_t>(core::elementCount(view.shape))
                            * core::elementSize(view.type) };
            }
            const std::vector<core::Tensor> results = core::evaluate(node, *layouts);
            for (std::size_t i = 0; i < outputs.size() && i < results.size(); ++i)
                if (outputs[i] >= 0)
                    std::memcpy(at.bytes(outputs[i]), results[i].bytes().data(), results[i].bytes().size());
        });
    return true;
}

} // namespace cpu
