// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/graph_reader.h"

#include "core/error.h"
#include "core/model/limits.h"
#include "core/model/node_checks.h"
#include "core/model/onnx_proto.h"
#include "core/model/tensor_proto.h"
#include "core/model/topological_order.h"
#include "core/model/wire.h"
#include "core/ops/op_table.h"

#include <algorithm>

namespace core {
namespace {

using protozero::pbf_reader;

bool isDefaultDomain(std::string_view domain)
{
    return domain.empty() || domain == "ai.onnx";
}

ElementType elementTypeFrom(int number)
{
    const auto type = static_cast<ElementType>(number);
    return elementSize(type) > 0 || type == ElementType::String ? type : ElementType::Undefined;
}

} // namespace

GraphReader::GraphReader(ReadContext& context)
    : GraphReader(context, {})
{
}

GraphReader::GraphReader(ReadContext& context, Around around)
    : m_context(context)
    , m_around(around)
{
    m_graph.storage.push_back(context.owners);
}

Graph GraphReader::read(std::string_view bytes)
{
    collect(bytes);
    readInitializers();
    readInputs();
    readNodes();
    readOutputs();
    readValueInfos();
    if (!m_around.reader)
        nameSymbols();
    if (!sortTopologically(m_graph))
        throw Error("Cannot read model: the nodes of {} form a cycle.", m_context.source);
    return std::move(m_graph);
}

void GraphReader::collect(std::string_view bytes)
{
    pbf_reader reader(bytes.data(), bytes.size());
    const auto take = [&](std::vector<std::string_view>& list, const char* what) {
        const std::size_t most = &list == &m_nodes ? limits::kNodes : limits::kValues;
        if (list.size() == most)
            throw Error("Cannot read model: {} has more than {} {}.", m_context.source, most, what);
        const auto view = reader.get_view();
        list.emplace_back(view.data(), view.size());
    };
    while (reader.next())
        switch (reader.tag()) {
        case onnx::graph::name: {
            const auto view = reader.get_view();
            m_graph.name = checkedText({ view.data(), view.size() });
            break;
        }
        case onnx::graph::node:
            take(m_nodes, "nodes");
            break;
        case onnx::graph::initializer:
            take(m_initializers, "initialisers");
            break;
        case onnx::graph::input:
            take(m_inputs, "inputs");
            break;
        case onnx::graph::output:
            take(m_outputs, "outputs");
            break;
        case onnx::graph::valueInfo:
            take(m_valueInfos, "value descriptions");
            break;
        case onnx::graph::sparseInitializer:
            throw Error(
                "Cannot read model: {} has sparse initialisers, which are not supported.", m_context.source);
        default:
            reader.skip();
        }
}

ValueId GraphReader::define(std::string_view name)
{
    const auto id = static_cast<ValueId>(m_graph.values.size());
    Value value { .name = checkedText(name) };
    if (!m_ids.emplace(name, id).second)
        throw Error("Cannot read model: value \"{}\" is defined twice.", value.name);
    m_graph.values.push_back(std::move(value));
    return id;
}

void GraphReader::setConstant(ValueId id, std::string_view tensorProto)
{
    Value& value = m_graph.values[static_cast<std::size_t>(id)];
    ParsedTensor tensor = parseTensorProto(bytesOf(tensorProto), m_context.external);
    if (elementSize(tensor.view.type) == 0)
        throw Error(
            "Cannot read model: tensor \"{}\" has an element type that is not supported.", value.name);
    if (tensor.owned)
        m_context.owners->push_back(std::move(tensor.owned));
    value.type = tensor.view.type;
    value.shape.emplace();
    for (const std::int64_t dim : tensor.view.shape)
        value.shape->push_back({ .value = dim });
    value.constant = std::move(tensor.view);
}

void GraphReader::readInitializers()
{
    for (const std::string_view bytes : m_initializers) {
        const std::string_view name = tensorName(bytes);
        if (name.empty())
            throw Error("Cannot read model: {} has an initialiser without a name.", m_context.source);
        setConstant(define(name), bytes);
    }
}

void GraphReader::setDeclared(Value& value, const DeclaredValue& declared, std::string_view role) const
{
    if (!declared.container.empty())
        throw Error("Cannot read model: {} \"{}\" is a {}; only tensors are supported.", role, value.name,
            declared.container);
    value.type = elementTypeFrom(declared.elementType);
    if (declared.elementType != 0 && value.type == ElementType::Undefined)
        throw Error("Cannot read model: {} \"{}\" has element type {}, which is not supported.", role,
            value.name, declared.elementType);
    value.shape = declared.shape;
}

void GraphReader::readInputs()
{
    for (const std::string_view bytes : m_inputs) {
        const DeclaredValue declared = readValueInfo(bytes);
        if (declared.name.empty())
            throw Error("Cannot read model: {} has an input without a name.", m_context.source);
        // Files of IR 3 and older list the initialisers among the inputs.
        const auto known = m_ids.find(declared.name);
        if (known != m_ids.end() && m_graph.value(known->second).constant)
            continue;
        const ValueId id = define(declared.name);
        Value& value = m_graph.values.back();
        setDeclared(value, declared, "input");
        if (value.type == ElementType::Undefined && !m_around.reader)
            throw Error("Cannot read model: input \"{}\" has no element type.", value.name);
        m_graph.inputs.push_back(id);
    }
}

Node GraphReader::startNode(const RawNode& raw, std::size_t index)
{
    Node node { .name = checkedText(raw.name),
        .type = checkedText(raw.type),
        .domain = isDefaultDomain(raw.domain) ? std::string() : checkedText(raw.domain) };
    if (node.name.empty())
        node.name = fmt::format("{}_{}", node.type, index);
    if (node.type.empty())
        throw Error("Cannot read model: node \"{}\" has no operator.", node.name);
    const OpsetImports& opsets = raw.call ? *raw.call->opsets : *m_context.opsets;
    const auto opset = opsets.find(node.domain);
    if (opset != opsets.end() && opset->second <= limits::kNewestVersion) // of other numbers nothing is known
        node.version = static_cast<int>(std::max<std::int64_t>(opset->second, 0));
    node.kind = opFromName(node.type, node.domain);
    const OpRow* row = opRow(node.kind);
    if (!row || node.version < row->since)
        node.kind = OpKind::Unknown;
    for (const std::string_view output : raw.outputs)
        node.outputs.push_back(output.empty() ? kNoValue : define(output));
    giveFirstOutput(node);
    return node;
}

/// The first output is what engines, costs and post-ops speak of: where a file leaves it out for a later one
/// (an LSTM that gives only its last state), it gets a value that nobody reads.
void GraphReader::giveFirstOutput(Node& node)
{
    const auto given = [](ValueId id) { return id != kNoValue; };
    if (std::none_of(node.outputs.begin(), node.outputs.end(), given) || given(node.outputs.front()))
        return;
    node.outputs.front() = static_cast<ValueId>(m_graph.values.size());
    m_graph.values.emplace_back(); // without a name: written again, it is left out again
}

bool GraphReader::readConstantNode(const RawNode& raw, const Node& node)
{
    if (node.kind != OpKind::Constant || node.outputs.size() != 1 || node.outputs[0] == kNoValue)
        return false;
    const ValueId id = node.outputs[0];
    if (const std::string_view tensor = valueTensor(raw); !tensor.empty()) {
        setConstant(id, tensor);
        return true;
    }
    const auto attributes = std::get<ConstantAttributes>(parseAttributes(node, raw));
    if (!attributes.value)
        return false;
    Value& value = m_graph.values[static_cast<std::size_t>(id)];
    value.type = attributes.value->type();
    value.shape.emplace();
    for (const std::int64_t dim : attributes.value->shape())
        value.shape->push_back({ .value = dim });
    value.constant = attributes.value->view();
    m_context.owners->push_back(attributes.value);
    return true;
}

void GraphReader::finishNode(const RawNode& raw, Node& node)
{
    for (const std::string_view input : raw.inputs) {
        const ValueId id = input.empty() ? kNoValue : find(input);
        if (!input.empty() && id == kNoValue)
            throw Error("Cannot read model: node \"{}\" ({}) reads \"{}\", which nothing produces.",
                node.name, node.type, checkedText(input));
        node.inputs.push_back(id);
    }
    checkArity(node);
    if (node.kind == OpKind::Unknown)
        return;
    node.attributes = parseAttributes(node, raw);
    if (std::holds_alternative<SubgraphAttributes>(node.attributes))
        readBodies(raw, node);
}

void GraphReader::readNodes()
{
    // Every output is defined before any input is looked up: files need not list their nodes in order.
    std::vector<RawNode> raws;
    for (std::size_t index = 0; index < m_nodes.size(); ++index) {
        RawNode listed = readNode(m_nodes[index]);
        if (m_around.node)
            listed.call = m_around.node->call;
        for (RawNode& raw : m_context.functions.expand(std::move(listed))) {
            Node node = startNode(raw, index);
            if (readConstantNode(raw, node))
                continue;
            m_graph.nodes.push_back(std::move(node));
            raws.push_back(std::move(raw));
        }
    }
    for (std::size_t index = 0; index < raws.size(); ++index)
        finishNode(raws[index], m_graph.nodes[index]);
}

void GraphReader::readOutputs()
{
    for (const std::string_view bytes : m_outputs) {
        const DeclaredValue declared = readValueInfo(bytes);
        const ValueId id = find(declared.name);
        if (id == kNoValue)
            throw Error(
                "Cannot read model: output \"{}\" is produced by no node.", checkedText(declared.name));
        Value& value = m_graph.values[static_cast<std::size_t>(id)];
        if (value.type == ElementType::Undefined)
            setDeclared(value, declared, "output");
        m_graph.outputs.push_back(id);
    }
    if (m_graph.outputs.empty())
        throw Error("Cannot read model: {} has no outputs.", m_context.source);
}

void GraphReader::readValueInfos()
{
    for (const std::string_view bytes : m_valueInfos) {
        const DeclaredValue declared = readValueInfo(bytes);
        const auto found = m_ids.find(declared.name);
        if (found == m_ids.end() || !declared.container.empty())
            continue; // says nothing that matters: a value of another graph, or of operators nobody runs
        Value& value = m_graph.values[static_cast<std::size_t>(found->second)];
        if (value.type != ElementType::Undefined)
            continue;
        value.type = elementTypeFrom(declared.elementType);
        value.shape = declared.shape;
    }
}

/// Gives every unknown dimension of an input a name that `--dim` can set; an unknown leading one is the
/// batch.
void GraphReader::nameSymbols()
{
    std::string leading = "batch";
    for (std::size_t index = 0; index < m_graph.inputs.size(); ++index) {
        Value& value = m_graph.values[static_cast<std::size_t>(m_graph.inputs[index])];
        if (!value.shape)
            continue;
        for (std::size_t axis = 0; axis < value.shape->size(); ++axis) {
            Dim& dim = (*value.shape)[axis];
            if (!dim.fixed() && dim.symbol.empty())
                dim.symbol = axis == 0 && !leading.empty() ? leading : fmt::format("{}.{}", value.name, axis);
        }
        if (index == 0) {
            leading = value.shape->empty() ? std::string() : value.shape->front().symbol;
            m_graph.batchSymbol = leading;
        }
    }
}

} // namespace core
