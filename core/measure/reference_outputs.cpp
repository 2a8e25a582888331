// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/reference_outputs.h"

#include "core/engine/reference_engine.h"

namespace core {

void writeInputs(Program& program, const std::vector<Tensor>& inputs)
{
    for (std::size_t index = 0; index < inputs.size(); ++index)
        program.write(static_cast<int>(index), inputs[index].bytes());
}

std::vector<Tensor> readOutputs(Program& program, const Graph& graph)
{
    std::vector<Tensor> outputs;
    for (std::size_t index = 0; index < graph.outputs.size(); ++index)
        outputs.push_back(program.read(static_cast<int>(index)));
    return outputs;
}

std::vector<Tensor> referenceOutputs(
    std::shared_ptr<const Graph> graph, const DimBindings& dims, const std::vector<Tensor>& inputs)
{
    const auto program = ReferenceEngine().compile(graph, { .dims = dims });
    writeInputs(*program, inputs);
    program->run();
    return readOutputs(*program, *graph);
}

} // namespace core
