// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/trace_spec.h"

#include "core/engine/inputs.h"
#include "core/error.h"
#include "core/measure/model_summary.h"
#include "core/measure/reference_outputs.h"

#include <algorithm>

namespace core {

NodePlacement runTrace(const TraceSpec& spec, std::shared_ptr<const Graph> graph, Engine& engine,
    std::stop_token stop, const InputMaker& inputs)
{
    checkDims(*graph, spec.dims, "trace");
    if (const auto refusals = engine.refusals(*graph); !refusals.empty())
        throw Error("Cannot trace: engine \"{}\" refuses {}", spec.cell.engine, summarise(refusals));
    const DimBindings dims { spec.cell.batch, spec.dims };
    const Shapes shapes = inferShapes(*graph, dims);
    const auto tensors = inputs ? inputs(*graph, shapes) : synthesiseInputs(*graph, shapes, spec.seed);
    const auto program = engine.compile(graph, { dims, spec.cell.precision, std::max(1, spec.cell.threads) });
    writeInputs(*program, tensors);
    const std::vector<Trace> traces = tracedRuns(*program, spec.runs, std::move(stop));
    if (traces.empty())
        throw Error("Cannot trace: it was stopped before the first run ended.");
    return placementOf(traces);
}

std::string commandLine(const TraceSpec& spec)
{
    std::string text = fmt::format("breakeven-cli trace {} --engine {} --batch {}", shellQuoted(spec.model),
        shellQuoted(spec.cell.engine), spec.cell.batch);
    if (spec.cell.threads > 0)
        text += fmt::format(" --threads {}", spec.cell.threads);
    if (spec.cell.precision != Precision::Model)
        text += fmt::format(" --precision {}", precisionName(spec.cell.precision));
    for (const auto& [name, value] : spec.dims)
        text += " --dim " + shellQuoted(fmt::format("{}={}", name, value));
    text += inputOptions(spec.inputs);
    if (spec.seed != TraceSpec {}.seed)
        text += fmt::format(" --seed {}", spec.seed);
    if (spec.runs != TraceSpec {}.runs)
        text += fmt::format(" --runs {}", spec.runs);
    if (spec.roof)
        text += " --roof";
    return text;
}

} // namespace core
