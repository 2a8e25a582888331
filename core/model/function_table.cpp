// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/function_table.h"

#include "core/error.h"
#include "core/model/limits.h"
#include "core/model/onnx_proto.h"
#include "core/model/value_reader.h"
#include "core/model/wire.h"

namespace core {
namespace {

using protozero::pbf_reader;

/// A name of the function's own, or the caller's for its inputs and outputs.
std::string_view renamed(const FunctionCall& call, std::string_view name)
{
    const auto found = call.names.find(name);
    return found == call.names.end() ? name : found->second;
}

} // namespace

void FunctionTable::add(std::string_view bytes)
{
    Function function { .bytes = bytes.size() };
    std::string_view name, domain, overload;
    OpsetImports opsets;
    pbf_reader reader(bytes.data(), bytes.size());
    while (reader.next())
        switch (reader.tag()) {
        case onnx::function::name:
            name = viewOf(reader);
            break;
        case onnx::function::domain:
            domain = viewOf(reader);
            break;
        case onnx::function::overload:
            overload = viewOf(reader);
            break;
        case onnx::function::input:
            function.inputs.push_back(viewOf(reader));
            break;
        case onnx::function::output:
            function.outputs.push_back(viewOf(reader));
            break;
        case onnx::function::node:
            function.nodes.push_back(viewOf(reader));
            break;
        case onnx::function::attributeDefault:
            function.defaults.push_back(viewOf(reader));
            break;
        case onnx::function::opsetImport:
            readOpset(reader.get_message(), opsets);
            break;
        default:
            reader.skip();
        }
    function.opsets = std::make_shared<const OpsetImports>(std::move(opsets));
    if (!m_functions.emplace(Key { domain, name, overload }, std::move(function)).second)
        throw Error("Cannot read model: {} defines function \"{}\" twice.", m_source, checkedText(name));
}

std::vector<RawNode> FunctionTable::expand(RawNode raw)
{
    std::vector<RawNode> nodes;
    expandInto(std::move(raw), 0, nodes);
    return nodes;
}

void FunctionTable::expandInto(RawNode raw, int depth, std::vector<RawNode>& nodes)
{
    const auto found = m_functions.find({ raw.domain, raw.type, raw.overload });
    if (found == m_functions.end()) {
        nodes.push_back(std::move(raw));
        return;
    }
    if (depth == limits::kFunctionDepth)
        throw Error("Cannot read model: function \"{}\" calls functions more than {} deep.",
            checkedText(raw.type), limits::kFunctionDepth);
    const Function& function = found->second;
    charge(function.bytes + limits::kExpansionPerNode * function.nodes.size());
    const std::string path(raw.name.empty() ? raw.type : raw.name);
    // Two calls may have one name, or none; their values must not.
    const std::string inner = fmt::format("{}:{}/", path, m_calls++);
    const std::shared_ptr<FunctionCall> call = this->call(function, raw, inner);
    std::vector<RawNode> body;
    for (const std::string_view bytes : function.nodes) {
        body.push_back(readNode(bytes));
        for (const std::string_view output : body.back().outputs)
            if (!output.empty() && !call->names.contains(output))
                call->names[output] = keep(inner + std::string(output));
    }
    for (std::size_t i = 0; i < body.size(); ++i) {
        RawNode& node = body[i];
        for (std::string_view& name : node.inputs)
            name = renamed(*call, name);
        for (std::string_view& name : node.outputs)
            name = renamed(*call, name);
        node.name = keep(
            fmt::format("{}/{}", path, node.name.empty() ? fmt::format("{}", i) : std::string(node.name)));
        node.call = call;
        expandInto(std::move(node), depth + 1, nodes);
    }
}

std::shared_ptr<FunctionCall> FunctionTable::call(
    const Function& function, const RawNode& raw, const std::string& prefix)
{
    auto made = std::make_shared<FunctionCall>();
    made->opsets = function.opsets;
    // An argument that is left out has the empty name, which stands for no value wherever it is read.
    for (std::size_t i = 0; i < function.inputs.size(); ++i)
        made->names[function.inputs[i]] = i < raw.inputs.size() ? raw.inputs[i] : std::string_view();
    for (std::size_t i = 0; i < function.outputs.size(); ++i) {
        const bool given = i < raw.outputs.size() && !raw.outputs[i].empty();
        made->names[function.outputs[i]]
            = given ? raw.outputs[i] : keep(prefix + std::string(function.outputs[i]));
    }
    for (const std::string_view bytes : function.defaults)
        made->attributes[attributeName(bytes)] = bytes;
    for (const std::string_view bytes : raw.attributes)
        if (const std::string_view given = resolved(raw, bytes); !given.empty())
            made->attributes[attributeName(bytes)] = given;
    return made;
}

void FunctionTable::charge(std::size_t bytes)
{
    if (bytes > m_left)
        throw Error("Cannot read model: {} becomes too large once its functions and inner graphs are written "
                    "out.",
            m_source);
    m_left -= bytes;
}

std::string_view FunctionTable::keep(std::string text)
{
    charge(text.size());
    return m_texts.emplace_back(std::move(text));
}

} // namespace core
