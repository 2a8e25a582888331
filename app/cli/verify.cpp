// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/prepare.h"
#include "app/cli/table.h"
#include "core/measure/compare.h"
#include "core/measure/reference_outputs.h"
#include "core/record/json_fields.h"

#include <cmath>

namespace app {

namespace {

struct Options : PrepareOptions {
    double tolerance = core::kLargestError;
    bool json = false;
};

struct Output {
    std::string name;
    core::Shape shape;
    core::Difference difference;
};

/// The engine on the optimised graph against the oracle on the graph as the file has it, with the same
/// inputs.
std::vector<Output> compared(const Prepared& prepared)
{
    prepared.program->run();
    const core::Graph& graph = *prepared.model.graph;
    const auto actual = core::readOutputs(*prepared.program, *prepared.graph);
    const auto expected
        = core::referenceOutputs(prepared.model.graph, prepared.options.dims, prepared.inputs);
    std::vector<Output> outputs;
    for (std::size_t index = 0; index < actual.size(); ++index) {
        outputs.push_back({ graph.value(graph.outputs[index]).name, actual[index].shape(),
            core::compare(actual[index].view(), expected[index].view()) });
    }
    return outputs;
}

int verify(Context& context, const Options& options)
{
    const Prepared prepared = prepare(context, options, "verify");
    const std::vector<Output> outputs = compared(prepared);
    const bool rounded = core::rounds(*prepared.graph, prepared.options.precision);
    bool good = true;
    core::Json list = core::Json::array();
    Table table({ { "OUTPUT", Align::Left }, { "SHAPE", Align::Left }, { "MAX ABS" }, { "MAX REL" },
        { "COSINE" }, { "VERDICT", Align::Left } });
    for (const Output& output : outputs) {
        const core::Difference& off = output.difference;
        const bool within = core::passes(off, rounded, options.tolerance);
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
            { "batch", prepared.options.dims.batch }, { "tolerance", options.tolerance },
            { "rounded", rounded }, { "ok", good }, { "outputs", list } };
        print(core::dumped(json, 2) + "\n");
    } else {
        const std::string limit = rounded
            ? fmt::format("a cosine of at least {:g}, as numbers are rounded on the way,", core::kLeastCosine)
            : fmt::format("a relative error of {:g}", options.tolerance);
        print(table.text()
            + fmt::format("{} within {} against the reference engine.\n",
                good ? "All outputs are" : "Not all outputs are", limit));
    }
    return good ? kOk : kFailed;
}

} // namespace

void addVerify(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "verify", "Compare an engine's outputs with the reference engine's");
    auto options = std::make_shared<Options>();
    options->addTo(*command);
    command->add_option("--tolerance", options->tolerance, "Largest relative error that passes")
        ->type_name("X")
        ->check(silent(CLI::NonNegativeNumber))
        ->capture_default_str();
    command->add_flag("--json", options->json, "As JSON, for programs");
    command->footer(
        "Exit status 1 when an output is beyond the tolerance. Quantised models round, and so do\n"
        "bf16 and fp16: those are held to a cosine of 0.99 instead.\n"
        "Example: breakeven-cli verify zoo:mobilenetv2 --engine cpu --batch 3");
    command->callback(
        [&context, options] { context.command = [&context, options] { return verify(context, *options); }; });
}

} // namespace app
