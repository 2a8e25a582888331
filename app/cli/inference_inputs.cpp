// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/inference_inputs.h"

#include "app/cli/context.h"
#include "core/engine/inputs.h"
#include "core/error.h"
#include "core/record/tensor_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace app {

namespace {

namespace fs = std::filesystem;

const core::Value& inputNamed(const core::Graph& graph, const std::string& name, const char* task)
{
    std::vector<std::string> names;
    for (const core::ValueId id : graph.inputs) {
        if (graph.value(id).name == name)
            return graph.value(id);
        names.push_back(graph.value(id).name);
    }
    throw core::Error(
        "Cannot {}: the model has no input \"{}\"; it has {}.", task, name, fmt::join(names, ", "));
}

/// The tensors that were given so far.
class Given {
public:
    Given(const core::Graph& graph, const char* task)
        : m_graph(graph)
        , m_task(task)
    {
    }
    void add(const std::string& name, core::Tensor tensor);
    void addOption(const std::string& option);
    void addFolder(const fs::path& folder);
    void addArchive(const fs::path& file);
    NamedTensors take() { return std::move(m_tensors); }

private:
    const core::Graph& m_graph;
    const char* m_task;
    NamedTensors m_tensors;
};

void Given::add(const std::string& name, core::Tensor tensor)
{
    const core::Value& value = inputNamed(m_graph, name, m_task);
    if (tensor.type() != value.type)
        throw core::Error("Cannot {}: input \"{}\" is {}, the model wants {}.", m_task, name,
            core::elementName(tensor.type()), core::elementName(value.type));
    if (!m_tensors.emplace(name, std::move(tensor)).second)
        throw core::Error("Cannot {}: input \"{}\" is given twice.", m_task, name);
}

void Given::addOption(const std::string& option)
{
    const auto at = option.find('=');
    if (at != option.npos && at > 0)
        return add(option.substr(0, at), core::readTensor(option.substr(at + 1)));
    if (!option.ends_with(".npz"))
        throw UsageError(
            fmt::format("Cannot read --input: \"{}\" is neither NAME=FILE nor a .npz file.", option));
    addArchive(option);
}

void Given::addArchive(const fs::path& file)
{
    for (auto& [name, tensor] : core::readNpz(file))
        add(name, std::move(tensor));
}

void Given::addFolder(const fs::path& folder)
{
    if (!fs::is_directory(folder))
        throw core::Error("Cannot {}: {} is not a folder of inputs.", m_task, folder.string());
    const std::size_t before = m_tensors.size();
    for (std::size_t index = 0; index < m_graph.inputs.size(); ++index) {
        const std::string& name = m_graph.value(m_graph.inputs[index]).name;
        const std::string file = core::fileNameOf(name);
        const fs::path places[] = { folder / fmt::format("input_{}.pb", index), folder / (file + ".npy"),
            folder / (file + ".pb") };
        const auto* found = std::find_if(
            std::begin(places), std::end(places), [](const fs::path& place) { return fs::exists(place); });
        if (found != std::end(places))
            add(name, core::readTensor(*found));
    }
    if (m_tensors.size() == before)
        throw core::Error(
            "Cannot {}: {} has no input_0.pb and no file of an input's name.", m_task, folder.string());
}

/// What is known of the symbols so far; a value that contradicts it is an error.
class Bindings {
public:
    Bindings(std::int64_t batch, const std::map<std::string, std::int64_t>& dims, std::string batchSymbol,
        const char* task)
        : m_values(dims)
        , m_batchSymbol(std::move(batchSymbol))
        , m_task(task)
    {
        if (batch > 0 && !m_batchSymbol.empty())
            m_values[m_batchSymbol] = batch;
    }

    void bind(const std::string& input, const core::Dim& dim, std::int64_t size)
    {
        if (dim.fixed() && dim.value != size)
            throw core::Error(
                "Cannot {}: input \"{}\" has {} where the model wants {}.", m_task, input, size, dim.value);
        if (dim.fixed() || dim.symbol.empty())
            return;
        const auto [known, added] = m_values.emplace(dim.symbol, size);
        if (!added && known->second != size)
            throw core::Error("Cannot {}: input \"{}\" has {} where \"{}\" is {}.", m_task, input, size,
                dim.symbol, known->second);
    }

    void bindAll(const core::Value& value, const core::Shape& shape)
    {
        if (!value.shape)
            return;
        if (value.shape->size() != shape.size())
            throw core::Error("Cannot {}: input \"{}\" has {} dimensions, the model wants {}.", m_task,
                value.name, shape.size(), value.shape->size());
        for (std::size_t axis = 0; axis < shape.size(); ++axis)
            bind(value.name, (*value.shape)[axis], shape[axis]);
    }

    core::DimBindings result(std::int64_t otherwise) const
    {
        core::DimBindings dims { otherwise, m_values };
        if (const auto batch = dims.named.find(m_batchSymbol); batch != dims.named.end()) {
            dims.batch = batch->second;
            dims.named.erase(batch);
        }
        return dims;
    }

private:
    std::map<std::string, std::int64_t> m_values;
    std::string m_batchSymbol;
    const char* m_task;
};

/// Fills `to` with the items of `from`, over and over.
void repeatItems(const core::Value& value, const std::string& batchSymbol, const core::Tensor& from,
    core::Tensor& to, const char* task)
{
    const bool batched = !batchSymbol.empty() && value.shape && !value.shape->empty()
        && value.shape->front().symbol == batchSymbol;
    core::Shape wanted = to.shape();
    if (batched && !from.shape().empty() && !wanted.empty())
        wanted.front() = from.shape().front();
    if (from.shape() != wanted || (from.count() == 0 && to.count() > 0))
        throw core::Error("Cannot {}: input \"{}\" is {}, the model wants {}.", task, value.name,
            core::toString(from.shape()), core::toString(to.shape()));
    const auto source = from.bytes();
    const auto target = to.bytes();
    for (std::size_t at = 0; at < target.size(); at += source.size()) {
        const std::size_t count = std::min(source.size(), target.size() - at);
        std::copy_n(source.begin(), count, target.begin() + static_cast<std::ptrdiff_t>(at));
    }
}

} // namespace

void InputOptions::addTo(CLI::App& command)
{
    command.add_option("-i,--input", files, "Tensor from .npy or .pb, or a .npz of them (repeat)")
        ->type_name("NAME=FILE")
        ->allow_extra_args(false);
    command.add_option("--inputs", folder, "Folder with input_0.pb or NAME.npy and so on, or a .npz")
        ->type_name("DIR");
}

std::vector<std::string> InputOptions::all() const
{
    std::vector<std::string> list = files;
    if (!folder.empty())
        list.push_back(folder);
    return list;
}

NamedTensors readInputs(const InputOptions& options, const core::Graph& graph, const char* task)
{
    Given given(graph, task);
    for (const std::string& option : options.files)
        given.addOption(option);
    if (options.folder.ends_with(".npz"))
        given.addArchive(options.folder);
    else if (!options.folder.empty())
        given.addFolder(options.folder);
    return given.take();
}

core::DimBindings boundDims(const core::Graph& graph, const NamedTensors& given, std::int64_t batch,
    const std::map<std::string, std::int64_t>& dims, const char* task)
{
    Bindings bindings(batch, dims, graph.batchSymbol, task);
    std::int64_t leading = 1; // of a model with a fixed batch
    for (const core::ValueId id : graph.inputs) {
        const core::Value& value = graph.value(id);
        const auto tensor = given.find(value.name);
        if (tensor != given.end())
            bindings.bindAll(value, tensor->second.shape());
        if (id == graph.inputs.front() && value.shape && !value.shape->empty()
            && value.shape->front().fixed())
            leading = std::max<std::int64_t>(1, value.shape->front().value);
    }
    return bindings.result(batch > 0 ? batch : leading);
}

std::vector<std::string> useGiven(
    const core::Graph& graph, NamedTensors given, std::vector<core::Tensor>& inputs, const char* task)
{
    std::vector<std::string> madeUp;
    for (std::size_t index = 0; index < inputs.size(); ++index) {
        const std::string& name = graph.value(graph.inputs[index]).name;
        const auto tensor = given.find(name);
        if (tensor == given.end()) {
            madeUp.push_back(name);
            continue;
        }
        if (tensor->second.shape() != inputs[index].shape())
            throw core::Error("Cannot {}: input \"{}\" is {}, the model wants {}.", task, name,
                core::toString(tensor->second.shape()), core::toString(inputs[index].shape()));
        inputs[index] = std::move(tensor->second);
    }
    return madeUp;
}

std::vector<core::Tensor> inputsOfBatch(const core::Graph& graph, const core::Shapes& shapes,
    const NamedTensors& given, std::uint64_t seed, const char* task)
{
    std::vector<core::Tensor> inputs = core::synthesiseInputs(graph, shapes, seed);
    for (std::size_t index = 0; index < inputs.size(); ++index) {
        const core::Value& value = graph.value(graph.inputs[index]);
        const auto tensor = given.find(value.name);
        if (tensor != given.end())
            repeatItems(value, graph.batchSymbol, tensor->second, inputs[index], task);
    }
    return inputs;
}

} // namespace app
