// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/given_inputs.h"

#include "core/engine/inputs.h"
#include "core/error.h"
#include "core/record/tensor_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace core {

namespace {

namespace fs = std::filesystem;

const Value& inputNamed(const Graph& graph, const std::string& name, const char* task)
{
    std::vector<std::string> names;
    for (const ValueId id : graph.inputs) {
        if (graph.value(id).name == name)
            return graph.value(id);
        names.push_back(graph.value(id).name);
    }
    throw Error("Cannot {}: the model has no input \"{}\"; it has {}.", task, name, fmt::join(names, ", "));
}

/// The tensors that were given so far.
class Given {
public:
    Given(const Graph& graph, const char* task)
        : m_graph(graph)
        , m_task(task)
    {
    }
    void add(const std::string& name, Tensor tensor);
    void addSource(const std::string& source);
    void addFolder(const fs::path& folder);
    void addArchive(const fs::path& file);
    NamedTensors take() { return std::move(m_tensors); }

private:
    const Graph& m_graph;
    const char* m_task;
    NamedTensors m_tensors;
};

void Given::add(const std::string& name, Tensor tensor)
{
    const Value& value = inputNamed(m_graph, name, m_task);
    if (tensor.type() != value.type)
        throw Error("Cannot {}: input \"{}\" is {}, the model wants {}.", m_task, name,
            elementName(tensor.type()), elementName(value.type));
    if (!m_tensors.emplace(name, std::move(tensor)).second)
        throw Error("Cannot {}: input \"{}\" is given twice.", m_task, name);
}

void Given::addSource(const std::string& source)
{
    const auto at = source.find('=');
    if (source.ends_with(".npz") && at == source.npos)
        return addArchive(source);
    if (at != source.npos && at > 0 && !fs::exists(source))
        return add(source.substr(0, at), readTensor(source.substr(at + 1)));
    addFolder(source);
}

void Given::addArchive(const fs::path& file)
{
    for (auto& [name, tensor] : readNpz(file))
        add(name, std::move(tensor));
}

void Given::addFolder(const fs::path& folder)
{
    if (!fs::is_directory(folder))
        throw Error("Cannot {}: {} is not a folder of inputs.", m_task, folder.string());
    const std::size_t before = m_tensors.size();
    for (std::size_t index = 0; index < m_graph.inputs.size(); ++index) {
        const std::string& name = m_graph.value(m_graph.inputs[index]).name;
        const std::string file = fileNameOf(name);
        const fs::path places[] = { folder / fmt::format("input_{}.pb", index), folder / (file + ".npy"),
            folder / (file + ".pb") };
        const auto* found = std::find_if(
            std::begin(places), std::end(places), [](const fs::path& place) { return fs::exists(place); });
        if (found != std::end(places))
            add(name, readTensor(*found));
    }
    if (m_tensors.size() == before)
        throw Error(
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

    void bind(const std::string& input, const Dim& dim, std::int64_t size)
    {
        if (dim.fixed() && dim.value != size)
            throw Error(
                "Cannot {}: input \"{}\" has {} where the model wants {}.", m_task, input, size, dim.value);
        if (dim.fixed() || dim.symbol.empty())
            return;
        const auto [known, added] = m_values.emplace(dim.symbol, size);
        if (!added && known->second != size)
            throw Error("Cannot {}: input \"{}\" has {} where \"{}\" is {}.", m_task, input, size, dim.symbol,
                known->second);
    }

    void bindAll(const Value& value, const Shape& shape)
    {
        if (!value.shape)
            return;
        if (value.shape->size() != shape.size())
            throw Error("Cannot {}: input \"{}\" has {} dimensions, the model wants {}.", m_task, value.name,
                shape.size(), value.shape->size());
        for (std::size_t axis = 0; axis < shape.size(); ++axis)
            bind(value.name, (*value.shape)[axis], shape[axis]);
    }

    DimBindings result(std::int64_t otherwise) const
    {
        DimBindings dims { otherwise, m_values };
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
void repeatItems(
    const Value& value, const std::string& batchSymbol, const Tensor& from, Tensor& to, const char* task)
{
    const bool batched = !batchSymbol.empty() && value.shape && !value.shape->empty()
        && value.shape->front().symbol == batchSymbol;
    Shape wanted = to.shape();
    if (batched && !from.shape().empty() && !wanted.empty())
        wanted.front() = from.shape().front();
    if (from.shape() != wanted || (from.count() == 0 && to.count() > 0))
        throw Error("Cannot {}: input \"{}\" is {}, the model wants {}.", task, value.name,
            toString(from.shape()), toString(to.shape()));
    const auto source = from.bytes();
    const auto target = to.bytes();
    for (std::size_t at = 0; at < target.size(); at += source.size()) {
        const std::size_t count = std::min(source.size(), target.size() - at);
        std::copy_n(source.begin(), count, target.begin() + static_cast<std::ptrdiff_t>(at));
    }
}

} // namespace

NamedTensors readInputs(std::span<const std::string> sources, const Graph& graph, const char* task)
{
    Given given(graph, task);
    for (const std::string& source : sources)
        given.addSource(source);
    return given.take();
}

DimBindings boundDims(const Graph& graph, const NamedTensors& given, std::int64_t batch,
    const std::map<std::string, std::int64_t>& dims, const char* task)
{
    Bindings bindings(batch, dims, graph.batchSymbol, task);
    std::int64_t leading = 1; // of a model with a fixed batch
    for (const ValueId id : graph.inputs) {
        const Value& value = graph.value(id);
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
    const Graph& graph, NamedTensors given, std::vector<Tensor>& inputs, const char* task)
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
            throw Error("Cannot {}: input \"{}\" is {}, the model wants {}.", task, name,
                toString(tensor->second.shape()), toString(inputs[index].shape()));
        inputs[index] = std::move(tensor->second);
    }
    return madeUp;
}

InputMaker givenInputs(NamedTensors given, std::uint64_t seed)
{
    // Shared because a function is copied and tensors are not.
    const auto tensors = std::make_shared<const NamedTensors>(std::move(given));
    return [tensors, seed](const Graph& graph, const Shapes& shapes) {
        std::vector<Tensor> inputs = synthesiseInputs(graph, shapes, seed);
        for (std::size_t index = 0; index < inputs.size(); ++index) {
            const Value& value = graph.value(graph.inputs[index]);
            if (const auto tensor = tensors->find(value.name); tensor != tensors->end())
                repeatItems(value, graph.batchSymbol, tensor->second, inputs[index], "measure");
        }
        return inputs;
    };
}

} // namespace core
