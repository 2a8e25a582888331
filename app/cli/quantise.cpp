// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/prepare.h"
#include "app/cli/table.h"
#include "core/quantise/quantise_file.h"
#include "core/record/given_inputs.h"
#include "core/record/json_fields.h"

#include <cmath>

namespace app {

namespace {

constexpr const char* kTask = "quantise";

struct Options {
    ModelOptions model;
    EngineOptions engine;
    InputOptions inputs;
    std::int64_t batch = 1;
    std::string output;
    std::string method = "minmax";
    int samples = 8, evaluated = 8;
    core::QuantiseOptions how;
    std::vector<std::string> keep;
    bool json = false;
};

std::string percentOf(std::size_t part, std::size_t whole)
{
    return whole == 0 ? "unknown"
                      : fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string report(const Options& options, const core::QuantisedModel& model)
{
    std::string text;
    Table table({ { "LAYER", Align::Left }, { "OPERATOR", Align::Left }, { "STAYS FP32", Align::Left } },
        Overflow::Elide);
    std::size_t kept = 0;
    for (const core::QuantisedLayer& layer : model.layers)
        if (!layer.kept.empty()) {
            table.add({ layer.name, layer.type, layer.kept });
            ++kept;
        }
    if (kept > 0)
        text = table.text() + "\n";
    const core::Accuracy& accuracy = model.accuracy;
    text += fmt::format("{} of {} layers quantised, by {}; weights {:.1f} MB, before {:.1f} MB.\n",
        model.layers.size() - kept, model.layers.size(), options.method,
        static_cast<double>(model.weightBytesAfter) / 1e6,
        static_cast<double>(model.weightBytesBefore) / 1e6);
    text += fmt::format("Over {} {} inputs, against fp32: least cosine {:.6f}, largest difference {:.3g};\n"
                        "the same largest element in {} of {} rows.\n",
        accuracy.inputs, options.inputs.empty() ? "made-up" : "given", accuracy.cosine, accuracy.maxAbs,
        percentOf(accuracy.sameTop, accuracy.rows), accuracy.rows);
    return text + fmt::format("Written to {}.\n", options.output);
}

core::Json document(const Options& options, const core::QuantisedModel& model)
{
    core::Json layers = core::Json::array();
    for (const core::QuantisedLayer& layer : model.layers)
        layers.push_back({ { "name", layer.name }, { "type", layer.type },
            { "quantised", layer.kept.empty() }, { "kept", layer.kept } });
    const core::Accuracy& accuracy = model.accuracy;
    const core::Json agreement = accuracy.rows == 0
        ? core::Json(nullptr)
        : core::Json(static_cast<double>(accuracy.sameTop) / static_cast<double>(accuracy.rows));
    return { { "model", options.model.model }, { "file", options.output }, { "method", options.method },
        { "layers", layers },
        { "accuracy",
            { { "inputs", accuracy.inputs }, { "made_up", options.inputs.empty() },
                { "cosine", accuracy.cosine },
                { "max_abs",
                    std::isfinite(accuracy.maxAbs) ? core::Json(accuracy.maxAbs) : core::Json(nullptr) },
                { "top1_agreement", agreement }, { "rows", accuracy.rows } } },
        { "weight_bytes", { { "before", model.weightBytesBefore }, { "after", model.weightBytesAfter } } } };
}

int quantise(Context& context, Options options)
{
    core::Engine& engine = context.engine(options.engine.engine, kTask);
    const core::Model model = core::openModel(options.model.model);
    auto given = core::readInputs(options.inputs.all(), *model.graph, kTask);
    const core::DimBindings dims
        = core::boundDims(*model.graph, given, options.batch, options.model.dimValues(), kTask);
    options.how.method = core::calibrationFromName(options.method);
    options.how.keep = { options.keep.begin(), options.keep.end() };
    const std::uint64_t seed = options.engine.seed;
    const core::QuantiseFile file { .given
        = options.inputs.empty() ? core::InputMaker() : core::givenInputs(std::move(given), seed),
        .seed = seed,
        .samples = options.samples,
        .evaluated = options.evaluated,
        .how = options.how,
        .output = options.output };
    const core::QuantisedModel quantised
        = core::quantiseFile(model, engine, options.engine.compileOptions(engine.device(), dims), file);
    print(options.json ? core::dumped(document(options, quantised), 2) + "\n" : report(options, quantised));
    return kOk;
}

} // namespace

void addQuantise(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "quantise", "Write an fp32 model as an int8 one (QDQ)");
    auto options = std::make_shared<Options>();
    options->model.addTo(*command);
    command->add_option("-o,--output", options->output, "ONNX file to write")->type_name("FILE")->required();
    options->engine.addTo(*command);
    options->inputs.addTo(*command);
    const auto count = [&](const char* name, int& value, const char* what) {
        command->add_option(name, value, what)
            ->type_name("N")
            ->check(silent(CLI::Range(1, 10'000)))
            ->capture_default_str();
    };
    command->add_option("-b,--batch", options->batch, "Batch size of the inputs")
        ->type_name("N")
        ->check(silent(CLI::PositiveNumber))
        ->capture_default_str();
    count("--samples", options->samples, "Made-up inputs that ranges are found from");
    count("--evaluate", options->evaluated, "Further made-up inputs that accuracy is measured on");
    command->add_option("--method", options->method, "Of finding ranges: minmax, percentile or entropy")
        ->type_name("WORD")
        ->check(silent(CLI::IsMember({ "minmax", "percentile", "entropy" })))
        ->capture_default_str();
    command
        ->add_option("--percentile", options->how.percentile, "What --method percentile keeps, in per cent")
        ->type_name("P")
        ->check(silent(CLI::Range(50.0, 100.0)))
        ->capture_default_str();
    command
        ->add_option("--least-cosine", options->how.leastCosine,
            "Layers stay fp32 until the outputs are this near; 0: none does")
        ->type_name("X")
        ->check(silent(CLI::Range(0.0, 1.0)))
        ->capture_default_str();
    command->add_option("--keep", options->keep, "Layer that stays fp32 (repeat)")->type_name("NAME");
    command->add_flag("--json", options->json, "As JSON, for programs");
    command->footer(
        "Weights become int8 with a scale for each output channel, activations uint8; ranges come from\n"
        "running the model. Given inputs serve for ranges and accuracy both; made-up ones tell\n"
        "speed, not what the model is worth on your data.\n"
        "Example: breakeven-cli quantise net.onnx -o net-int8.onnx --inputs samples.npz");
    command->callback([&context, options] {
        context.command = [&context, options] { return quantise(context, *options); };
    });
}

} // namespace app
