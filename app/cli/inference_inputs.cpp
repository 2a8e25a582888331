// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/inference_inputs.h"

#include "app/cli/context.h"
#include "core/error.h"
#include "core/record/tensor_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>

namespace app {

namespace {

const core::Value& inputNamed(const core::Graph& graph, const std::string& name)
{
    std::vector<std::string> names;
    for (const core::ValueId id : graph.inputs) {
        if (graph.value(id).name == name)
            return graph.value(id);
        names.push_back(graph.value(id).name);
    }
    throw core::Error(
        "Cannot run inference: the model has no input \"{}\"; it has {}.", name, fmt::join(names, ", "));
}

void add(NamedTensors& tensors, const core::Graph& graph, const std::string& name, core::Tensor tensor)
{
    const core::Value& value = inputNamed(graph, name);
    if (tensor.type() != value.type)
        throw core::Error("Cannot run inference: input \"{}\" is {}, the model wants {}.", name,
            core::elementName(tensor.type()), core::elementName(value.type));
    if (!tensors.emplace(name, std::move(tensor)).second)
        throw core::Error("Cannot run inference: input \"{}\" is given twice.", name);
}

/// What is known of the symbols so far; a value that contradicts it is an error.
class Bindings {
public:
    Bindings(std::int64_t batch, const std::map<std::string, std::int64_t>& dims, std::string batchSymbol)
        : m_values(dims)
        , m_batchSymbol(std::move(batchSymbol))
    {
        if (batch > 0 && !m_batchSymbol.empty())
            m_values[m_batchSymbol] = batch;
    }

    void bind(const std::string& input, const core::Dim& dim, std::int64_t size)
    {
        if (dim.fixed() && dim.value != size)
            throw core::Error("Cannot run inference: input \"{}\" has {} where the model wants {}.", input,
                size, dim.value);
        if (dim.fixed() || dim.symbol.empty())
            return;
        const auto [known, added] = m_values.emplace(dim.symbol, size);
        if (!added && known->second != size)
            throw core::Error("Cannot run inference: input \"{}\" has {} where \"{}\" is {}.", input, size,
                dim.symbol, known->second);
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
};

void bindAll(Bindings& bindings, const core::Value& value, const core::Shape& shape)
{
    if (!value.shape)
        return;
    if (value.shape->size() != shape.size())
        throw core::Error("Cannot run inference: input \"{}\" has {} dimensions, the model wants {}.",
            value.name, shape.size(), value.shape->size());
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        bindings.bind(value.name, (*value.shape)[axis], shape[axis]);
}

} // namespace

NamedTensors readInputs(const std::vector<std::string>& options, const core::Graph& graph)
{
    NamedTensors tensors;
    for (const std::string& option : options) {
        const auto at = option.find('=');
        if (at != option.npos && at > 0) {
            add(tensors, graph, option.substr(0, at), core::readTensor(option.substr(at + 1)));
            continue;
        }
        if (!option.ends_with(".npz"))
            throw UsageError(
                fmt::format("Cannot read --input: \"{}\" is neither NAME=FILE nor a .npz file.", option));
        for (auto& [name, tensor] : core::readNpz(option))
            add(tensors, graph, name, std::move(tensor));
    }
    return tensors;
}

core::DimBindings boundDims(const core::Graph& graph, const NamedTensors& given, std::int64_t batch,
    const std::map<std::string, std::int64_t>& dims)
{
    Bindings bindings(batch, dims, graph.batchSymbol);
    std::int64_t leading = 1; // of a model with a fixed batch
    for (const core::ValueId id : graph.inputs) {
        const core::Value& value = graph.value(id);
        const auto tensor = given.find(value.name);
        if (tensor != given.end())
            bindAll(bindings, value, tensor->second.shape());
        if (id == graph.inputs.front() && value.shape && !value.shape->empty()
            && value.shape->front().fixed())
            leading = std::max<std::int64_t>(1, value.shape->front().value);
    }
    return bindings.result(batch > 0 ? batch : leading);
}

void useGiven(const core::Graph& graph, NamedTensors given, std::vector<core::Tensor>& inputs)
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
            throw core::Error("Cannot run inference: input \"{}\" is {}, the model wants {}.", name,
                core::toString(tensor->second.shape()), core::toString(inputs[index].shape()));
        inputs[index] = std::move(tensor->second);
    }
    if (!madeUp.empty())
        std::fprintf(stderr, "%s\n", fmt::format("Made up: {}.", fmt::join(madeUp, ", ")).c_str());
}

} // namespace app
