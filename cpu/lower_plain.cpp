// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/run_node.h"
#include "cpu/lower_table.h"

#include <memory>

namespace cpu {

namespace {

/// What a plain loop is called with; only the addresses are filled in when it runs.
struct PlainCall {
    std::vector<core::TensorView> inputs;
    std::vector<core::Tensor> outputs;
    std::vector<core::ElementType> outputTypes;
    std::vector<core::Shape> outputShapes;
};

std::size_t bytesOf(const core::TensorView& view)
{
    return static_cast<std::size_t>(core::elementCount(view.shape)) * core::elementSize(view.type);
}

} // namespace

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
    const auto call = std::make_shared<PlainCall>();
    const core::NodeOutputs inferred
        = core::inferNode(node, core::nodeInputs(lowering.graph(), lowering.shapes(), node));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const bool named = outputs[i] >= 0;
        call->outputs.push_back(named ? core::Tensor() : core::Tensor(inferred.types[i], inferred.shapes[i]));
        call->outputTypes.push_back(inferred.types[i]);
        call->outputShapes.push_back(inferred.shapes[i]);
    }
    for (const TensorId id : inputs)
        call->inputs.push_back(id < 0
                ? core::TensorView {}
                : core::TensorView { lowering.tensor(id).type, lowering.tensor(id).shape, {} });

    lowering.addPlain(
        "plain:" + std::string(core::opName(node.kind)), reads, writes, [=, &node](const Addresses& at) {
            for (std::size_t i = 0; i < inputs.size(); ++i)
                if (inputs[i] >= 0)
                    call->inputs[i].bytes = { at.bytes(inputs[i]), bytesOf(call->inputs[i]) };
            for (std::size_t i = 0; i < outputs.size(); ++i)
                if (outputs[i] >= 0)
                    call->outputs[i] = core::Tensor::borrow(
                        call->outputTypes[i], call->outputShapes[i], at.bytes(outputs[i]));
            core::runNode(node, call->inputs, call->outputs);
        });
    return true;
}

} // namespace cpu
