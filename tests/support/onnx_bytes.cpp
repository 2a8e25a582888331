// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/onnx_bytes.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <span>

namespace support {
namespace {

std::string varint(std::uint64_t value)
{
    std::string bytes;
    while (value >= 0x80) {
        bytes += static_cast<char>((value & 0x7fU) | 0x80U);
        value >>= 7U;
    }
    return bytes + static_cast<char>(value);
}

std::string repeated(std::uint32_t field, const std::vector<std::string>& messages)
{
    std::string bytes;
    for (const std::string& message : messages)
        bytes += bytesField(field, message);
    return bytes;
}

std::string attribute(const std::string& name, int type, const std::string& value)
{
    return bytesField(5, bytesField(1, name) + value + varintField(20, static_cast<std::uint64_t>(type)));
}

} // namespace

std::string varintField(std::uint32_t field, std::uint64_t value)
{
    return varint(field << 3U) + varint(value);
}

std::string bytesField(std::uint32_t field, const std::string& bytes)
{
    return varint((field << 3U) | 2U) + varint(bytes.size()) + bytes;
}

std::string nodeProto(const std::string& type, const std::vector<std::string>& inputs,
    const std::vector<std::string>& outputs, const std::string& name)
{
    return repeated(1, inputs) + repeated(2, outputs) + bytesField(3, name) + bytesField(4, type);
}

std::string integerAttribute(const std::string& name, std::int64_t value)
{
    return attribute(name, 2, varintField(3, static_cast<std::uint64_t>(value)));
}

std::string integersAttribute(const std::string& name, const std::vector<std::int64_t>& values)
{
    std::string fields;
    for (const std::int64_t value : values)
        fields += varintField(8, static_cast<std::uint64_t>(value));
    return attribute(name, 7, fields);
}

std::string textAttribute(const std::string& name, const std::string& value)
{
    return attribute(name, 3, bytesField(4, value));
}

std::string tensorAttribute(const std::string& name, const std::string& tensor)
{
    return attribute(name, 4, bytesField(5, tensor));
}

std::string valueInfo(const std::string& name, int elementType, const std::vector<std::string>& dims)
{
    std::string shape;
    for (const std::string& dim : dims) {
        const bool number
            = !dim.empty() && (dim[0] == '-' || std::isdigit(static_cast<unsigned char>(dim[0])));
        std::string field;
        if (number)
            field = varintField(1, static_cast<std::uint64_t>(std::stoll(dim)));
        else if (!dim.empty())
            field = bytesField(2, dim);
        shape += bytesField(1, field);
    }
    const std::string tensor = varintField(1, static_cast<std::uint64_t>(elementType)) + bytesField(2, shape);
    return bytesField(1, name) + bytesField(2, bytesField(1, tensor));
}

std::string tensorProto(
    const std::string& name, int elementType, const std::vector<std::int64_t>& dims, const std::string& raw)
{
    std::string bytes;
    for (const std::int64_t dim : dims)
        bytes += varintField(1, static_cast<std::uint64_t>(dim));
    return bytes + varintField(2, static_cast<std::uint64_t>(elementType)) + bytesField(8, name)
        + bytesField(9, raw);
}

std::string externalTensor(const std::string& name, int elementType, const std::vector<std::int64_t>& dims,
    const std::vector<std::pair<std::string, std::string>>& place)
{
    std::string bytes;
    for (const std::int64_t dim : dims)
        bytes += varintField(1, static_cast<std::uint64_t>(dim));
    bytes += varintField(2, static_cast<std::uint64_t>(elementType)) + bytesField(8, name);
    for (const auto& [key, value] : place)
        bytes += bytesField(13, bytesField(1, key) + bytesField(2, value));
    return bytes + varintField(14, 1);
}

std::string rawFloats(const std::vector<float>& values)
{
    return { reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float) };
}

std::string OnnxFile::graph() const
{
    return repeated(1, nodes) + bytesField(2, "graph") + repeated(5, initializers) + repeated(11, inputs)
        + repeated(12, outputs) + repeated(13, valueInfos) + moreGraph;
}

std::string OnnxFile::bytes() const
{
    std::string imports = bytesField(8, bytesField(1, "") + varintField(2, opset));
    for (const auto& [domain, version] : otherOpsets)
        imports += bytesField(8, bytesField(1, domain) + varintField(2, version));
    return varintField(1, irVersion) + imports + bytesField(2, "tests") + bytesField(7, graph());
}

OnnxFile reluFile()
{
    OnnxFile file;
    file.nodes = { nodeProto("Relu", { "x" }, { "y" }) };
    file.inputs = { valueInfo("x", 1, { "batch", "4" }) };
    file.outputs = { valueInfo("y", 1, { "batch", "4" }) };
    return file;
}

core::Model parse(const std::string& bytes)
{
    const auto owner = std::make_shared<const std::string>(bytes);
    return core::parseOnnx(std::as_bytes(std::span(*owner)), owner, "test.onnx");
}

} // namespace support
