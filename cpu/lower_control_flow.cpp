// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "cpu/dynamic_program.h"
#include "cpu/lower_table.h"

#include <cstring>

namespace cpu {

/// If, Loop and Scan whose outputs' shapes are known: their bodies run compiled.
bool controlFlowOwn(Lowering& lowering, const core::Node& node)
{
    std::vector<TensorId> inputs, outputs, reads, writes; // -1: left out
    std::vector<core::TensorView> views;
    for (const core::ValueId input : node.inputs) {
        inputs.push_back(input == core::kNoValue ? -1 : lowering.plain(input));
        if (inputs.back() < 0) {
            views.emplace_back();
            continue;
        }
        reads.push_back(inputs.back());
        views.push_back({ lowering.typeOf(input), lowering.shapeOf(input), {} });
    }
    std::vector<std::size_t> sizes;
    for (const core::ValueId output : node.outputs) {
        outputs.push_back(output == core::kNoValue ? -1 : lowering.definePlain(output));
        sizes.push_back(0);
        if (outputs.back() < 0)
            continue;
        writes.push_back(outputs.back());
        sizes.back() = static_cast<std::size_t>(core::elementCount(lowering.shapeOf(output)))
            * core::elementSize(lowering.typeOf(output));
    }
    const Producer produce(node, lowering.engine(), lowering.settings());
    lowering.addBodies([produce] { return produce.memory(); });
    lowering.addOwn("own:" + std::string(core::opName(node.kind)), std::move(reads), std::move(writes),
        [=, &node](const Addresses& at) {
            std::vector<core::TensorView> arguments = views;
            for (std::size_t i = 0; i < inputs.size(); ++i)
                if (inputs[i] >= 0)
                    arguments[i].bytes = { at.bytes(inputs[i]),
                        static_cast<std::size_t>(core::elementCount(views[i].shape))
                            * core::elementSize(views[i].type) };
            const std::vector<core::Tensor> results = produce(arguments);
            for (std::size_t i = 0; i < outputs.size(); ++i) {
                if (outputs[i] < 0)
                    continue;
                if (results[i].bytes().size() != sizes[i])
                    throw core::Error("Cannot run node \"{}\" ({}): output {} has {} bytes, expected {}.",
                        node.name, node.type, i + 1, results[i].bytes().size(), sizes[i]);
                if (sizes[i] > 0)
                    std::memcpy(at.bytes(outputs[i]), results[i].bytes().data(), sizes[i]);
            }
        });
    return true;
}

} // namespace cpu
