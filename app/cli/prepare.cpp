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
    return prepare(context, core::openModel(options.model.model), options, task);
}

Prepared prepare(Context& context, const core::Model& model, const PrepareOptions& options, const char* task)
{
    core::Engine& engine = context.engine(options.engine.engine, task);
    auto given = core::readInputs(options.inputs.all(), *model.graph, task);
    const core::DimBindings dims
        = core::boundDims(*model.graph, given, options.batch, options.model.dimValues(), task);
    core::checkDims(*model.graph, dims.named, task);
    Prepared prepared { .model = model,
        .graph = core::optimise(*model.graph),
        .options = options.engine.compileOptions(engine.device(), dims),
        .inputs = {},
        .madeUp = {},
        .program = {} };
    prepared.options.cacheWeights = options.cacheWeights;
    const core::Graph& graph = *prepared.graph;
    if (const auto refusals = engine.refusals(graph); !refusals.empty())
        throw core::Error(
            "Cannot {}: engine \"{}\" refuses {}", task, options.engine.engine, core::summarise(refusals));
    prepared.inputs = core::synthesiseInputs(graph, core::inferShapes(graph, dims), options.engine.seed);
    prepared.madeUp = core::useGiven(graph, std::move(given), prepared.inputs, task);
    prepared.program = engine.compile(prepared.graph, prepared.options);
    core::writeInputs(*prepared.program, prepared.inputs);
    if (!options.inputs.empty())
        sayMadeUp(prepared);
    return prepared;
}

void sayMadeUp(const Prepared& prepared)
{
    if (!prepared.madeUp.empty())
        std::fprintf(stderr, "%s\n", fmt::format("Made up: {}.", fmt::join(prepared.madeUp, ", ")).c_str());
}

} // namespace app
