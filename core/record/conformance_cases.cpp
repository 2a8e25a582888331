// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/conformance_cases.h"

#include "core/engine/inputs.h"
#include "core/error.h"
#include "core/measure/reference_outputs.h"
#include "core/model/passes.h"
#include "core/record/json_fields.h"
#include "core/record/run_file.h"
#include "core/record/tensor_file.h"

#include <algorithm>
#include <fstream>

namespace core {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 1;

/// The entries of a folder in the order of their names.
std::vector<fs::path> entriesOf(const fs::path& folder)
{
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        entries.push_back(at->path());
    if (error)
        throw Error("Cannot read cases: {}: {}.", folder.string(), reasonOf(error.value()));
    std::sort(entries.begin(), entries.end());
    return entries;
}

/// FOLDER/HEAD_0.pb, FOLDER/HEAD_1.pb, ... as far as they are there.
std::vector<fs::path> numbered(const fs::path& folder, const std::string& head)
{
    std::vector<fs::path> files;
    for (;;) {
        const fs::path file = folder / fmt::format("{}_{}.pb", head, files.size());
        if (!fs::exists(file))
            return files;
        files.push_back(file);
    }
}

DataFiles filesIn(const fs::path& folder, const std::string& head)
{
    return { numbered(folder, head + "input"), numbered(folder, head + "output") };
}

bool isEmpty(const DataFiles& files)
{
    return files.inputs.empty() && files.outputs.empty();
}

std::vector<DataFiles> setsOf(const fs::path& model, const std::vector<fs::path>& siblings)
{
    const fs::path folder = model.parent_path();
    std::vector<DataFiles> sets;
    for (const fs::path& entry : siblings)
        if (entry.filename().string().starts_with("test_data_set_") && fs::is_directory(entry))
            sets.push_back(filesIn(entry, ""));
    if (sets.empty())
        sets.push_back(filesIn(folder, ""));
    if (isEmpty(sets.front()))
        sets.front() = filesIn(folder, model.stem().string() + "_");
    return sets;
}

Tolerance toleranceOf(const fs::path& folder)
{
    const fs::path file = folder / "tolerance.json";
    Tolerance tolerance;
    if (!fs::exists(file))
        return tolerance;
    std::string text(4096, '\0'); // two numbers
    std::ifstream stream(file, std::ios::binary);
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    try {
        const Json json = parsedObject(text);
        tolerance.relative = std::max(tolerance.relative, realOf(json, "rtol"));
        tolerance.absolute = std::max(tolerance.absolute, realOf(json, "atol"));
    } catch (const Error& error) {
        throw Error("Cannot read tolerance: {}: {}.", file.string(), error.what());
    }
    return tolerance;
}

/// "resnet50/model.onnx" is known by its folder.
std::string caseName(const fs::path& model, bool alone)
{
    return alone && model.stem() == "model" ? model.parent_path().filename().string() : model.stem().string();
}

void addCases(const fs::path& folder, std::vector<ConformanceCase>& cases)
{
    const std::vector<fs::path> entries = entriesOf(folder);
    std::vector<fs::path> models;
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(models),
        [](const fs::path& entry) { return entry.extension() == ".onnx"; });
    for (const fs::path& model : models)
        cases.push_back({ .name = caseName(model, models.size() == 1),
            .model = model,
            .sets = setsOf(model, entries),
            .tolerance = toleranceOf(folder) });
}

/// k / n for element k of n.
Tensor ramp(const Tensor& like)
{
    Tensor tensor(ElementType::Float32, like.shape());
    const auto elements = tensor.as<float>();
    for (std::size_t k = 0; k < elements.size(); ++k)
        elements[k] = static_cast<float>(static_cast<double>(k) / static_cast<double>(elements.size()));
    return tensor;
}

std::vector<Tensor> madeInputs(const Graph& graph, const DataFiles& files)
{
    const auto& first = graph.inputs.empty() ? std::nullopt : graph.value(graph.inputs.front()).shape;
    const bool fixed = first && !first->empty() && first->front().fixed();
    const Shapes shapes = inferShapes(graph, { .batch = fixed ? first->front().value : 1, .named = {} });
    std::vector<Tensor> inputs = synthesiseInputs(graph, shapes, kSeed);
    for (Tensor& input : inputs)
        if (!files.outputs.empty() && input.type() == ElementType::Float32)
            input = ramp(input);
    return inputs;
}

std::string typeOf(const Graph& graph)
{
    std::string type;
    for (const Node& node : graph.nodes) {
        if (node.kind == OpKind::Constant && graph.nodes.size() > 1)
            continue;
        if (!type.empty())
            return "several";
        type = node.type;
    }
    return type.empty() ? "none" : type;
}

void runSets(
    Engine& engine, const ConformanceCase& test, const Model& model, int threads, ConformanceResult& result)
{
    // The oracle runs the graph as the file has it, every other engine what the passes make of it.
    const bool oracle = engine.device().id == "reference";
    const auto graph = oracle ? model.graph : std::shared_ptr<const Graph>(optimise(*model.graph));
    for (std::size_t i = 0; i < test.sets.size(); ++i) {
        const std::string wrong
            = disagreement(engine, graph, readDataSet(model, test.sets[i]), test.tolerance, threads);
        if (wrong.empty())
            continue;
        result.status = ConformanceStatus::Wrong;
        result.reason = test.sets.size() > 1 ? fmt::format("Wrong result of data set {}: {}.", i, wrong)
                                             : fmt::format("Wrong result: {}.", wrong);
        return;
    }
    result.status = ConformanceStatus::Passed;
}

} // namespace

std::string_view conformanceStatusName(ConformanceStatus status)
{
    switch (status) {
    case ConformanceStatus::Passed:
        return "passed";
    case ConformanceStatus::Wrong:
        return "wrong";
    case ConformanceStatus::Failed:
        return "failed";
    }
    return {};
}

std::vector<ConformanceCase> findConformanceCases(const fs::path& folder)
{
    std::vector<ConformanceCase> cases;
    addCases(folder, cases);
    for (const fs::path& entry : entriesOf(folder))
        if (fs::is_directory(entry) && !entry.filename().string().starts_with("test_data_set_"))
            addCases(entry, cases);
    if (cases.empty())
        throw Error("Cannot read cases: {} has no ONNX model.", folder.string());
    std::stable_sort(cases.begin(), cases.end(),
        [](const ConformanceCase& a, const ConformanceCase& b) { return a.name < b.name; });
    return cases;
}

DataSet readDataSet(const Model& model, const DataFiles& files)
{
    DataSet data;
    for (const fs::path& file : files.inputs)
        data.inputs.push_back(readTensor(file));
    if (files.inputs.empty() && !model.graph->inputs.empty())
        data.inputs = madeInputs(*model.graph, files);
    for (const fs::path& file : files.outputs)
        data.outputs.push_back(readTensor(file));
    if (files.outputs.empty())
        data.outputs = referenceOutputs(model.graph, dimsOf(*model.graph, data.inputs), data.inputs);
    return data;
}

ConformanceResult runConformanceCase(Engine& engine, const ConformanceCase& test, int threads)
{
    ConformanceResult result { .name = test.name, .type = "unread", .reason = {} };
    try {
        const Model model = readOnnx(test.model);
        result.type = typeOf(*model.graph);
        runSets(engine, test, model, threads, result);
    } catch (const std::exception& error) { // a library's own and bad_alloc too: the next case goes on
        result.reason = error.what();
    }
    return result;
}

} // namespace core
