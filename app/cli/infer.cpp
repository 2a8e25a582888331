// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/prepare.h"
#include "app/cli/table.h"
#include "core/error.h"
#include "core/measure/reference_outputs.h"
#include "core/record/json_fields.h"
#include "core/record/run_file.h"
#include "core/record/tensor_file.h"

#include <set>

namespace app {

namespace {

namespace fs = std::filesystem;

struct Options : PrepareOptions {
    std::string output, format = "npy";
    bool noCache = false;
};

void makeFolder(const fs::path& folder)
{
    std::error_code error;
    fs::create_directories(folder, error);
    if (error || !fs::is_directory(folder))
        throw core::Error("Cannot write outputs: {}: {}.", folder.string(),
            error ? core::reasonOf(error.value()) : "is not a folder");
}

/// Where each output goes. Two names may become the same file name ("a/b" and "a_b").
std::vector<fs::path> outputFiles(const Options& options, const core::Graph& graph)
{
    std::vector<fs::path> files;
    std::set<fs::path> seen;
    for (const core::ValueId id : graph.outputs) {
        const std::string& name = graph.value(id).name;
        const fs::path file = options.format == "npz"
            ? fs::path(options.output) / "outputs.npz"
            : fs::path(options.output) / (core::fileNameOf(name) + "." + options.format);
        if (options.format != "npz" && !seen.insert(file).second)
            throw core::Error(
                "Cannot write outputs: two of them would be {}; use --format npz.", file.string());
        files.push_back(file);
    }
    return files;
}

void writeOutputs(const Options& options, const core::Graph& graph, const std::vector<core::Tensor>& outputs)
{
    const std::vector<fs::path> files = outputFiles(options, graph);
    std::map<std::string, core::TensorView> members;
    for (std::size_t index = 0; index < outputs.size(); ++index) {
        const std::string& name = graph.value(graph.outputs[index]).name;
        if (options.format == "npz")
            members[name] = outputs[index].view();
        else
            core::writeTensor(files[index], outputs[index].view(), name);
    }
    if (options.format == "npz")
        core::writeNpz(files.front(), members);
}

std::string report(const Options& options, const core::Graph& graph, const std::vector<core::Tensor>& outputs)
{
    Table table({ { "OUTPUT", Align::Left }, { "TYPE", Align::Left }, { "SHAPE", Align::Left },
        { "FILE", Align::Left } });
    const std::vector<fs::path> files
        = options.output.empty() ? std::vector<fs::path>() : outputFiles(options, graph);
    for (std::size_t index = 0; index < outputs.size(); ++index) {
        table.add(
            { graph.value(graph.outputs[index]).name, std::string(core::elementName(outputs[index].type())),
                core::toString(outputs[index].shape()), files.empty() ? "" : files[index].string() });
    }
    return table.text();
}

int infer(Context& context, const Options& options)
{
    PrepareOptions wanted = options;
    wanted.cacheWeights = !options.noCache;
    const Prepared prepared = prepare(context, wanted, "run inference");
    if (!options.output.empty())
        makeFolder(options.output);
    if (options.inputs.empty())
        sayMadeUp(prepared); // it is what people come for
    if (const std::string from = prepared.program->weightsFrom(); !from.empty())
        std::fprintf(stderr, "Weights: %s.\n", core::asReason(from).c_str());
    prepared.program->run();
    const auto outputs = core::readOutputs(*prepared.program, *prepared.graph);
    if (!options.output.empty())
        writeOutputs(options, *prepared.graph, outputs);
    print(report(options, *prepared.graph, outputs));
    return kOk;
}

} // namespace

void addInfer(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "infer", "Run a model once on tensors from files");
    auto options = std::make_shared<Options>();
    options->addTo(*command);
    command->add_option("-o,--output", options->output, "Folder for the outputs")->type_name("DIR");
    command->add_option("--format", options->format, "Of the outputs: npy, npz or pb")
        ->type_name("WORD")
        ->check(silent(CLI::IsMember({ "npy", "npz", "pb" })))
        ->capture_default_str();
    command->add_flag("--no-cache", options->noCache, "Neither read nor keep packed weights (see cache)");
    command->footer("Inputs that are not given are made up.\n"
                    "Example: breakeven-cli infer net.onnx --input x=x.npy --output out");
    command->callback(
        [&context, options] { context.command = [&context, options] { return infer(context, *options); }; });
}

} // namespace app
