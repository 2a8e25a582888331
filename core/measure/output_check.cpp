// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/output_check.h"

#include "core/engine/inputs.h"
#include "core/error.h"
#include "core/measure/reference_outputs.h"

#include <algorithm>

namespace core {

std::string OutputCheck::prepare(const DimBindings& dims, const std::function<std::vector<Tensor>()>& inputs)
{
    try {
        if (m_batch != dims.batch) {
            m_expected = referenceOutputs(m_file, dims, inputs());
            m_batch = dims.batch;
        }
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

Difference OutputCheck::difference(Program& program, const Graph& graph, Precision precision) const
{
    program.run();
    Difference worst;
    const std::vector<Tensor> actual = readOutputs(program, graph);
    for (std::size_t index = 0; index < actual.size(); ++index) {
        const Difference off = compare(actual[index].view(), m_expected[index].view());
        if (!passes(off, rounds(graph, precision)))
            throw Error("Cannot measure batch {}: output \"{}\" differs from the reference engine's by up to "
                        "{:.3g}, relative, at a cosine of {:.6f}.",
                m_batch, graph.value(graph.outputs[index]).name, off.maxRel, off.cosine);
        worst = worse(worst, off);
    }
    return worst;
}

} // namespace core
