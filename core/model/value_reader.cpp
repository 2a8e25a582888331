// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/value_reader.h"

#include "core/error.h"
#include "core/model/limits.h"
#include "core/model/onnx_proto.h"
#include "core/model/utf8.h"
#include "core/model/wire.h"

namespace core {
namespace {

using protozero::pbf_reader;

/// Some exporters write a question mark for a dimension they know nothing of; two of them are not the same.
std::string symbolOf(std::string_view symbol)
{
    return symbol == "?" ? std::string() : checkedText(symbol);
}

Dim readDim(pbf_reader reader)
{
    Dim dim;
    while (reader.next())
        switch (reader.tag()) {
        case onnx::shape::value:
            // Some exporters write -1 for "any": the same as no number.
            dim = { .value = std::max<std::int64_t>(reader.get_int64(), -1), .symbol = {} };
            break;
        case onnx::shape::symbol:
            dim = { .value = -1, .symbol = symbolOf(viewOf(reader)) };
            break;
        default:
            reader.skip();
        }
    return dim;
}

std::vector<Dim> readShape(pbf_reader reader)
{
    std::vector<Dim> shape;
    while (reader.next()) {
        if (reader.tag() != onnx::shape::dim) {
            reader.skip();
            continue;
        }
        if (shape.size() == limits::kDeclaredRank)
            throw Error("Cannot read model: a value has more than {} dimensions.", limits::kDeclaredRank);
        shape.push_back(readDim(reader.get_message()));
    }
    return shape;
}

void readTensorType(pbf_reader reader, DeclaredValue& value)
{
    while (reader.next())
        switch (reader.tag()) {
        case onnx::type::elementType:
            value.elementType = reader.get_int32();
            break;
        case onnx::type::shape:
            value.shape = readShape(reader.get_message());
            break;
        default:
            reader.skip();
        }
}

void readType(pbf_reader reader, DeclaredValue& value)
{
    while (reader.next())
        switch (reader.tag()) {
        case onnx::type::tensor:
            readTensorType(reader.get_message(), value);
            break;
        case onnx::type::sequence:
            value.container = "sequence";
            reader.skip();
            break;
        case onnx::type::map:
            value.container = "map";
            reader.skip();
            break;
        case onnx::type::optional:
            value.container = "optional value";
            reader.skip();
            break;
        case onnx::type::sparseTensor:
            value.container = "sparse tensor";
            reader.skip();
            break;
        case onnx::type::opaque:
            value.container = "opaque value";
            reader.skip();
            break;
        default:
            reader.skip();
        }
}

} // namespace

DeclaredValue readValueInfo(std::string_view bytes)
{
    DeclaredValue value;
    pbf_reader reader(bytes.data(), bytes.size());
    while (reader.next())
        switch (reader.tag()) {
        case onnx::valueInfo::name:
            value.name = viewOf(reader);
            break;
        case onnx::valueInfo::type:
            readType(reader.get_message(), value);
            break;
        default:
            reader.skip();
        }
    return value;
}

std::string_view tensorName(std::string_view bytes)
{
    std::string_view name;
    pbf_reader reader(bytes.data(), bytes.size());
    while (reader.next(onnx::tensor::name))
        name = viewOf(reader);
    return name;
}

std::string checkedText(std::string_view name)
{
    if (name.size() > limits::kTextBytes)
        throw Error("Cannot read model: it has a text of {} bytes, expected at most {}.", name.size(),
            limits::kTextBytes);
    if (!isUtf8(name))
        throw Error("Cannot read model: it has a text that is not UTF-8.");
    return std::string(name);
}

} // namespace core
