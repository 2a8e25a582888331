// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// ONNX files put together field by field, right or wrong: an encoder of its own, so that the reader is not
/// tested against the writer alone.
namespace support {

std::string varintField(std::uint32_t field, std::uint64_t value);
std::string bytesField(std::uint32_t field, const std::string& bytes);

/// A NodeProto's contents.
std::string nodeProto(const std::string& type, const std::vector<std::string>& inputs,
    const std::vector<std::string>& outputs, const std::string& name = "node");
/// An attribute field of a NodeProto, to be appended to nodeProto().
std::string integerAttribute(const std::string& name, std::int64_t value);
std::string integersAttribute(const std::string& name, const std::vector<std::int64_t>& values);
std::string textAttribute(const std::string& name, const std::string& value);
std::string tensorAttribute(const std::string& name, const std::string& tensor);

/// A ValueInfoProto's contents. A dimension is a number, a name, or empty for unknown.
std::string valueInfo(const std::string& name, int elementType, const std::vector<std::string>& dims);
/// A TensorProto's contents.
std::string tensorProto(
    const std::string& name, int elementType, const std::vector<std::int64_t>& dims, const std::string& raw);
/// The same for elements in another file: external_data with these keys and values.
std::string externalTensor(const std::string& name, int elementType, const std::vector<std::int64_t>& dims,
    const std::vector<std::pair<std::string, std::string>>& place);
std::string rawFloats(const std::vector<float>& values);

/// A ModelProto in parts; every list holds contents of messages.
struct OnnxFile {
    std::uint64_t irVersion = 8;
    std::uint64_t opset = 17;
    std::vector<std::pair<std::string, std::uint64_t>> otherOpsets; // domain, version
    std::vector<std::string> nodes, initializers, inputs, outputs, valueInfos;
    std::string moreGraph; // further fields of the graph, encoded

    std::string graph() const;
    std::string bytes() const;
};

/// input x [batch, 4] float32 -> Relu -> output y.
OnnxFile reluFile();

/// The model in these bytes, under the name "test.onnx".
core::Model parse(const std::string& bytes);

} // namespace support
