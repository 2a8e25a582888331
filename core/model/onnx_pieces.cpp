// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/onnx_pieces.h"

#include "core/error.h"
#include "core/model/attribute_writer.h"
#include "core/model/onnx_proto.h"
#include "core/model/wire.h"

#include <algorithm>

namespace core {
namespace {

using protozero::pbf_writer;

/// Weights start at multiples of this in the file, so that a map of the file can be computed with as it is.
constexpr std::size_t kAlignment = 64;

/// What protobuf can address: its lengths are signed 32-bit numbers in most readers.
constexpr std::size_t kMostBytes = 0x7fffffff;

constexpr int kIrVersion = 8;

/// Bytes that a length takes in the wire format: 7 bits each.
std::size_t lengthBytes(std::size_t length)
{
    std::size_t bytes = 1;
    while (length >>= 7)
        ++bytes;
    return bytes;
}

/// Tag and length of a length-delimited field whose contents are written by somebody else.
std::string fieldHead(std::uint32_t field, std::size_t length)
{
    std::string head;
    protozero::add_varint_to_buffer(&head, (field << 3U) | 2U);
    protozero::add_varint_to_buffer(&head, length);
    return head;
}

/// Put together from the inside: a pbf_writer leaves empty messages out, and a dimension of which nothing is
/// known is one, as is the shape of a scalar.
std::string shapeFields(const std::vector<Dim>& shape)
{
    std::string bytes;
    pbf_writer writer(bytes);
    for (const Dim& each : shape) {
        std::string fields;
        pbf_writer dim(fields);
        if (each.fixed())
            dim.add_int64(onnx::shape::value, each.value);
        else if (!each.symbol.empty())
            dim.add_string(onnx::shape::symbol, each.symbol);
        writer.add_message(onnx::shape::dim, fields);
    }
    return bytes;
}

void writeValueInfo(pbf_writer& graph, std::uint32_t field, const Value& value)
{
    pbf_writer info(graph, field);
    info.add_string(onnx::valueInfo::name, value.name);
    pbf_writer type(info, onnx::valueInfo::type);
    pbf_writer tensor(type, onnx::type::tensor);
    tensor.add_int32(onnx::type::elementType, static_cast<int>(value.type));
    if (value.shape)
        tensor.add_message(onnx::type::shape, shapeFields(*value.shape));
}

std::string nameOf(const Graph& graph, ValueId id)
{
    return id == kNoValue ? std::string() : graph.value(id).name;
}

std::string nodeFields(const Graph& graph, int opset)
{
    std::string bytes;
    pbf_writer writer(bytes);
    for (const Node& node : graph.nodes) {
        requireWritable(node, opset);
        pbf_writer message(writer, onnx::graph::node);
        for (const ValueId input : node.inputs)
            message.add_string(onnx::node::input, nameOf(graph, input));
        for (const ValueId output : node.outputs)
            message.add_string(onnx::node::output, nameOf(graph, output));
        message.add_string(onnx::node::name, node.name);
        message.add_string(onnx::node::opType, std::string(opName(node.kind)));
        writeAttributes(message, node, opset);
    }
    writer.add_string(onnx::graph::name, graph.name);
    return bytes;
}

/// Inputs, outputs, and what else is declared about the values between them.
std::string valueFields(const Graph& graph)
{
    std::string bytes;
    pbf_writer writer(bytes);
    std::vector<bool> written(graph.values.size());
    for (const ValueId id : graph.inputs) {
        writeValueInfo(writer, onnx::graph::input, graph.value(id));
        written[static_cast<std::size_t>(id)] = true;
    }
    for (const ValueId id : graph.outputs) {
        writeValueInfo(writer, onnx::graph::output, graph.value(id));
        written[static_cast<std::size_t>(id)] = true;
    }
    for (const Node& node : graph.nodes)
        for (const ValueId id : node.outputs) {
            if (id == kNoValue || written[static_cast<std::size_t>(id)])
                continue;
            if (graph.value(id).type != ElementType::Undefined)
                writeValueInfo(writer, onnx::graph::valueInfo, graph.value(id));
        }
    return bytes;
}

std::string headFields(int opset)
{
    std::string bytes;
    pbf_writer writer(bytes);
    writer.add_int64(onnx::model::irVersion, kIrVersion);
    writer.add_string(onnx::model::producerName, "breakeven");
    writer.add_string(onnx::model::producerVersion, BREAKEVEN_VERSION);
    pbf_writer opsetId(writer, onnx::model::opsetImport);
    opsetId.add_string(onnx::opsetId::domain, "");
    opsetId.add_int64(onnx::opsetId::version, opset);
    return bytes;
}

/// The constants that nodes read or that are outputs themselves, in the order of their ids.
std::vector<ValueId> constantsToWrite(const Graph& graph)
{
    std::vector<ValueId> ids;
    const auto take = [&](ValueId id) {
        if (id != kNoValue && graph.value(id).constant)
            ids.push_back(id);
    };
    for (const Node& node : graph.nodes)
        std::for_each(node.inputs.begin(), node.inputs.end(), take);
    std::for_each(graph.outputs.begin(), graph.outputs.end(), take);
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

/// The bytes of a TensorProto field that starts at `at` in the file, up to its elements. A documentation text
/// of blanks moves the elements to an aligned place.
std::string tensorHead(const Value& value, std::size_t at)
{
    const TensorView& tensor = *value.constant;
    std::string fields;
    pbf_writer writer(fields);
    for (const std::int64_t dim : tensor.shape)
        writer.add_int64(onnx::tensor::dims, dim);
    writer.add_int32(onnx::tensor::dataType, static_cast<int>(tensor.type));
    writer.add_string(onnx::tensor::name, value.name);
    const std::string rawHead = fieldHead(onnx::tensor::rawData, tensor.bytes.size());

    std::string padding;
    for (std::size_t blanks = 0;; ++blanks) {
        const std::size_t length = fields.size() + padding.size() + rawHead.size() + tensor.bytes.size();
        std::string head = fieldHead(onnx::graph::initializer, length) + fields + padding + rawHead;
        if ((at + head.size()) % kAlignment == 0 || blanks > kAlignment)
            return head;
        padding = fieldHead(onnx::tensor::docString, blanks) + std::string(blanks, ' ');
    }
}

} // namespace

OnnxPieces::OnnxPieces(const Graph& graph, int opset)
{
    const std::string head = headFields(opset);
    const std::string nodes = nodeFields(graph, opset);
    const std::string rest = valueFields(graph);
    const std::vector<ValueId> constants = constantsToWrite(graph);

    // The padding depends on how many bytes the graph's length takes, which depends on the padding: two
    // rounds agree but for a length next to a power of 128, and then the weights are merely not aligned.
    std::size_t graphBytes = 0;
    std::vector<std::string> tensorHeads;
    for (int round = 0; round < 3; ++round) {
        const std::size_t guess = graphBytes;
        std::size_t at = head.size() + fieldHead(onnx::model::graph, guess).size() + nodes.size();
        graphBytes = nodes.size() + rest.size();
        tensorHeads.clear();
        for (const ValueId id : constants) {
            tensorHeads.push_back(tensorHead(graph.value(id), at));
            const std::size_t bytes = tensorHeads.back().size() + graph.value(id).constant->bytes.size();
            at += bytes;
            graphBytes += bytes;
        }
        if (lengthBytes(graphBytes) == lengthBytes(guess))
            break;
    }

    add(head + fieldHead(onnx::model::graph, graphBytes) + nodes);
    for (std::size_t i = 0; i < constants.size(); ++i) {
        add(std::move(tensorHeads[i]));
        const auto weights = graph.value(constants[i]).constant->bytes;
        add(std::string_view(reinterpret_cast<const char*>(weights.data()), weights.size()));
    }
    add(rest);
    if (m_bytes > kMostBytes)
        throw Error("Cannot write model: it takes {:.1f} GiB, and one ONNX file holds at most 2 GiB.",
            static_cast<double>(m_bytes) / (1024.0 * 1024.0 * 1024.0));
}

void OnnxPieces::add(std::string bytes)
{
    m_texts.push_back(std::move(bytes));
    add(std::string_view(m_texts.back()));
}

void OnnxPieces::add(std::string_view bytes)
{
    m_pieces.push_back(bytes);
    m_bytes += bytes.size();
}

} // namespace core
