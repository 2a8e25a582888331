// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "app/cli/table.h"
#include "core/engine/inputs.h"
#include "core/error.h"
#include "core/measure/compare.h"
#include "core/measure/model_summary.h"
#include "core/measure/reference_outputs.h"
#include "core/model/passes.h"
#include "core/record/json_fields.h"

#include <cmath>

namespace app {

namespace {

struct Options {
    ModelOptions model;
    EngineOptions engine;
    std::int64_t batch = 1;
    double tolerance = 1e-3;
    bool json = false;
};

struct Output {
    std::string name;
    core::Shape shape;
    core::Difference difference;
};

/// The engine on the optimised graph against the oracle on the graph as the file has it, with the same
/// inputs.
std::vector<Output> compared(Context& context, const Options& options)
{
    core::Engine& engine = context.engine(options.engine.engine, "verify");
    const core::Model model = core::openModel(options.model.model);
    const core::DimBindings dims { options.batch, options.model.dimValues() };
    core::checkDims(*model.graph, dims.named, "verify");
    const auto graph = core::optimise(*model.graph);
    if (const auto refusals = engine.refusals(*graph); !refusals.empty())
        throw core::Error(
            "Cannot verify: engine \"{}\" refuses {}", options.engine.engine, core::summarise(refusals));
    const core::Shapes shapes = core::inferShapes(*graph, dims);
    const auto program = engine.compile(graph, options.engine.compileOptions(engine.device(), dims));
    const auto inputs = core::synthesiseInputs(*graph, shapes, options.engine.seed);
    core::writeInputs(*program, inputs);
    program->run();
    const auto actual = core::readOutputs(*program, *graph);
    const auto expected = core::referenceOutputs(model.graph, dims, inputs);
    std::vector<Output> outputs;
    for (std::size_t index = 0; index < actual.size(); ++index) {
        outputs.push_back({ model.graph->value(model.graph->outputs[index]).name, actual[index].shape(),
            core::compare(actual[index].view(), expected[index].view()) });
    }
    return outputs;
}

int verify(Context& context, const Options& options)
{
    const std::vector<Output> outputs = compared(context, options);
    bool good = true;
    core::Json list = core::Json::array();
    Table table({ { "OUTPUT", Align::Left }, { "SHAPE", Align::Left }, { "MAX ABS" }, { "MAX REL" },
        { "COSINE" }, { "VERDICT", Align::Left } });
    for (const Output& output : outputs) {
        const core::Difference& off = output.difference;
        const bool within = off.maxRel <= options.tolerance;
        good = good && within;
        const auto real
            = [](double value) { return std::isfinite(value) ? core::Json(value) : core::Json(nullptr); };
        list.push_back(
            { { "output", output.name }, { "shape", output.shape }, { "max_abs", real(off.maxAbs) },
                { "max_rel", real(off.maxRel) }, { "cosine", off.cosine }, { "within_tolerance", within } });
        table.add({ output.name, core::toString(output.shape), fmt::format("{:.3g}", off.maxAbs),
            fmt::format("{:.3g}", off.maxRel), fmt::format("{:.9f}", off.cosine), within ? "ok" : "beyond" });
    }
    if (options.json) {
        const core::Json json { { "model", options.model.model }, { "engine", options.engine.engine },
            { "batch", options.batch }, { "tolerance", options.tolerance }, { "ok", good },
            { "outputs", list } };
        print(core::dumped(json, 2) + "\n");
    } else {
        print(table.text()
            + fmt::format("{} within a relative error of {:g} against the reference engine.\n",
                good ? "All outputs are" : "Not all outputs are", options.tolerance));
    }
    return good ? kOk : kFailed;
}

} // namespace

void addVerify(CLI::App& app, Context& context)
{
    CLI::App* command
        = app.add_subcommand("verify", "Compare an engine's outputs with the reference engine's");
    auto options = std::make_shared<Options>();
    options->model.addTo(*command);
    options->engine.addTo(*command);
    command->add_option("-b,--batch", options->batch, "Batch size")
        ->type_name("N")
        ->check(silent(CLI::PositiveNumber))
        ->capture_default_str();
    command->add_option("--tolerance", options->tolerance, "Largest relative error that passes")
        ->type_name("X")
        ->check(silent(CLI::NonNegativeNumber))
        ->capture_default_str();
    command->add_flag("--json", options->json, "As JSON, for programs");
    command->footer("Exit status 1 when an output is beyond the tolerance.\n"
                    "Example: breakeven-cli verify zoo:mobilenetv2 --engine cpu --batch 3");
    command->callback(
        [&context, options] { context.command = [&context, options] { return verify(context, *options); }; });
}

} // namespace app
