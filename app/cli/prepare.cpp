// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/prepare.h"

#include "core/engine/inputs.h"
#include "core/error.h"
#include "core/measure/model_summary.h"
#include "core/measure/reference_outputs.h"
#include "core/model/passes.h"
#include "core/record/given_inputs.h"

#include <fmt/ranges.h>

#include <cstdio>

namespace app {

void PrepareOptions::addTo(CLI::App& command)
{
    model.addTo(command);
    engine.addTo(command);
    inputs.addTo(command);
    command.add_option("-b,--batch", batch, "Batch size (default: as the inputs have it)")
        ->type_name("N")
        ->check(silent(CLI::PositiveNumber));
}

Prepared prepare(Context& context, const PrepareOptions& options, const char* task)
{
    context.engine(options.engine.engine, task); // before seconds go into reading a model nothing can run
    return prepare(context, core::openModel(options.model.model), options.model, options.engine,
        options.inputs, options.batch, task);
}

Prepared prepare(Context& context, const core::Model& model, const ModelOptions& modelOptions,
    const EngineOptions& engineOptions, const InputOptions& inputs, std::int64_t batch, const char* task)
{
    core::Engine& engine = context.engine(engineOptions.engine, task);
    auto given = core::readInputs(inputs.all(), *model.graph, task);
    const core::DimBindings dims
        = core::boundDims(*model.graph, given, batch, modelOptions.dimValues(), task);
    core::checkDims(*model.graph, dims.named, task);
    Prepared prepared { .model = model,
        .graph = core::optimise(*model.graph),
        .options = engineOptions.compileOptions(engine.device(), dims),
        .inputs = {},
        .madeUp = {},
        .program = {} };
    const core::Graph& graph = *prepared.graph;
    if (const auto refusals = engine.refusals(graph); !refusals.empty())
        throw core::Error(
            "Cannot {}: engine \"{}\" refuses {}", task, engineOptions.engine, core::summarise(refusals));
    prepared.inputs = core::synthesiseInputs(graph, core::inferShapes(graph, dims), engineOptions.seed);
    prepared.madeUp = core::useGiven(graph, std::move(given), prepared.inputs, task);
    prepared.program = engine.compile(prepared.graph, prepared.options);
    core::writeInputs(*prepared.program, prepared.inputs);
    if (!inputs.empty())
        sayMadeUp(prepared);
    return prepared;
}

void sayMadeUp(const Prepared& prepared)
{
    if (!prepared.madeUp.empty())
        std::fprintf(stderr, "%s\n", fmt::format("Made up: {}.", fmt::join(prepared.madeUp, ", ")).c_str());
}

} // namespace app
