// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/node_reader.h"

#include "core/error.h"
#include "core/model/limits.h"
#include "core/model/onnx_proto.h"
#include "core/model/tensor_proto.h"
#include "core/model/value_reader.h"
#include "core/model/wire.h"

#include <array>

namespace core {
namespace {

using onnx::attribute::Type;
using protozero::pbf_reader;

/// An AttributeProto's fields; which of them counts is said by its type.
struct RawAttribute {
    std::string_view name;
    Type type = Type::Undefined;
    Type seen = Type::Undefined; // of the field that was there: files older than IR 2 give no type
    std::int64_t integer = 0;
    float real = 0;
    std::string_view text, tensor, graph;
    std::string_view reference; // of an attribute of the function around it
    std::vector<std::int64_t> integers;
    std::vector<float> reals;
    std::vector<std::string> texts;
};

template <typename T> void push(std::vector<T>& to, T item, std::size_t most, const char* what)
{
    if (to.size() == most)
        throw Error("Cannot read model: a node has more than {} {}.", most, what);
    to.push_back(std::move(item));
}

/// A repeated number: packed into one field, or one field each.
template <typename T, typename Range> void append(std::vector<T>& to, const Range& range)
{
    for (const T element : range)
        push(to, element, limits::kListLength, "numbers in an attribute");
}

void readField(pbf_reader& reader, RawAttribute& raw)
{
    const bool packed = reader.wire_type() == protozero::pbf_wire_type::length_delimited;
    switch (reader.tag()) {
    case onnx::attribute::name:
        raw.name = viewOf(reader);
        return;
    case onnx::attribute::type:
        raw.type = static_cast<Type>(reader.get_enum());
        return;
    case onnx::attribute::real:
        raw.real = reader.get_float();
        raw.seen = Type::Real;
        return;
    case onnx::attribute::integer:
        raw.integer = reader.get_int64();
        raw.seen = Type::Integer;
        return;
    case onnx::attribute::text:
        raw.text = viewOf(reader);
        raw.seen = Type::Text;
        return;
    case onnx::attribute::tensor:
        raw.tensor = viewOf(reader);
        raw.seen = Type::Tensor;
        return;
    case onnx::attribute::graph:
        raw.graph = viewOf(reader);
        raw.seen = Type::Graph;
        return;
    case onnx::attribute::reference:
        raw.reference = viewOf(reader);
        return;
    case onnx::attribute::reals:
        if (packed)
            append(raw.reals, reader.get_packed_float());
        else
            append(raw.reals, std::array { reader.get_float() });
        raw.seen = Type::Reals;
        return;
    case onnx::attribute::integers:
        if (packed)
            append(raw.integers, reader.get_packed_int64());
        else
            append(raw.integers, std::array { reader.get_int64() });
        raw.seen = Type::Integers;
        return;
    case onnx::attribute::texts:
        push(raw.texts, std::string(viewOf(reader)), limits::kListLength, "texts in an attribute");
        raw.seen = Type::Texts;
        return;
    default:
        reader.skip();
    }
}

RawAttribute readAttribute(std::string_view bytes)
{
    RawAttribute raw;
    pbf_reader reader(bytes.data(), bytes.size());
    while (reader.next())
        readField(reader, raw);
    if (raw.type == Type::Undefined)
        raw.type = raw.seen;
    return raw;
}

void store(OnnxAttributes& attributes, RawAttribute raw)
{
    std::string name = checkedText(raw.name);
    switch (raw.type) {
    case Type::Real:
        return attributes.set(std::move(name), raw.real);
    case Type::Integer:
        return attributes.set(std::move(name), raw.integer);
    case Type::Text:
        return attributes.set(std::move(name), checkedText(raw.text));
    case Type::Reals:
        return attributes.set(std::move(name), std::move(raw.reals));
    case Type::Integers:
        return attributes.set(std::move(name), std::move(raw.integers));
    case Type::Texts:
        return attributes.set(std::move(name), std::move(raw.texts));
    case Type::Tensor:
        return attributes.set(std::move(name),
            std::make_shared<const Tensor>(Tensor::copyOf(parseTensorProto(bytesOf(raw.tensor)).view)));
    case Type::Graph: // graphAttribute()
    case Type::Undefined:
        return;
    }
}

} // namespace

std::span<const std::byte> bytesOf(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

RawNode readNode(std::string_view bytes)
{
    RawNode node;
    pbf_reader reader(bytes.data(), bytes.size());
    while (reader.next())
        switch (reader.tag()) {
        case onnx::node::input:
            push(node.inputs, viewOf(reader), limits::kPorts, "inputs");
            break;
        case onnx::node::output:
            push(node.outputs, viewOf(reader), limits::kPorts, "outputs");
            break;
        case onnx::node::name:
            node.name = viewOf(reader);
            break;
        case onnx::node::opType:
            node.type = viewOf(reader);
            break;
        case onnx::node::domain:
            node.domain = viewOf(reader);
            break;
        case onnx::node::overload:
            node.overload = viewOf(reader);
            break;
        case onnx::node::attribute:
            push(node.attributes, viewOf(reader), limits::kAttributes, "attributes");
            break;
        default:
            reader.skip();
        }
    return node;
}

OnnxAttributes readAttributes(const RawNode& node, int version)
{
    OnnxAttributes attributes(version);
    for (const std::string_view bytes : node.attributes) {
        const std::string_view given = resolved(node, bytes);
        if (given.empty())
            continue;
        RawAttribute raw = readAttribute(given);
        raw.name = attributeName(bytes);
        store(attributes, std::move(raw));
    }
    return attributes;
}

std::string_view valueTensor(const RawNode& node)
{
    for (const std::string_view bytes : node.attributes)
        if (attributeName(bytes) == "value")
            if (const std::string_view given = resolved(node, bytes); !given.empty())
                if (const RawAttribute raw = readAttribute(given); raw.type == Type::Tensor)
                    return raw.tensor;
    return {};
}

std::string_view graphAttribute(const RawNode& node, std::string_view name)
{
    for (const std::string_view bytes : node.attributes)
        if (attributeName(bytes) == name)
            if (const std::string_view given = resolved(node, bytes); !given.empty())
                return readAttribute(given).graph;
    return {};
}

std::string_view attributeName(std::string_view bytes)
{
    std::string_view name;
    pbf_reader reader(bytes.data(), bytes.size());
    while (reader.next(onnx::attribute::name))
        name = viewOf(reader);
    return name;
}

std::string_view resolved(const RawNode& node, std::string_view bytes)
{
    if (!node.call)
        return bytes;
    std::string_view reference;
    pbf_reader reader(bytes.data(), bytes.size());
    while (reader.next(onnx::attribute::reference))
        reference = viewOf(reader);
    if (reference.empty())
        return bytes;
    const auto found = node.call->attributes.find(reference);
    return found == node.call->attributes.end() ? std::string_view() : found->second;
}

void readOpset(pbf_reader reader, OpsetImports& opsets)
{
    std::string_view domain;
    std::int64_t version = 0;
    while (reader.next())
        switch (reader.tag()) {
        case onnx::opsetId::domain:
            domain = viewOf(reader);
            break;
        case onnx::opsetId::version:
            version = reader.get_int64();
            break;
        default:
            reader.skip();
        }
    opsets.insert_or_assign(domain == "ai.onnx" ? std::string() : checkedText(domain), version);
}

} // namespace core
