// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/onnx_attributes.h"
#include "core/model/wire.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Versions of the operator sets that a file or a function imports, by domain; "" is the default one.
/// As the file has them, which may be numbers that no release has.
using OpsetImports = std::map<std::string, std::int64_t, std::less<>>;

/// What a function's nodes need to know of the call they stand for.
struct FunctionCall {
    std::map<std::string_view, std::string_view> names; // of values, the function's to the graph's
    std::map<std::string_view, std::string_view> attributes; // AttributeProtos of the call, by name
    std::shared_ptr<const OpsetImports> opsets;
};

/// A NodeProto as the file has it; views are into the parsed bytes.
struct RawNode {
    std::string_view name, type, domain, overload;
    std::vector<std::string_view> inputs, outputs;
    std::vector<std::string_view> attributes; // AttributeProtos
    std::shared_ptr<const FunctionCall> call; // of the function it comes from; null outside of functions
};

/// Throws protozero::exception for bytes that are no NodeProto.
RawNode readNode(std::string_view bytes);

/// The node's attributes. Graphs, types and sparse tensors have no place in OnnxAttributes and are skipped.
/// Throws protozero::exception or Error.
OnnxAttributes readAttributes(const RawNode& node, int version);

/// The TensorProto in a node's attribute `value`, not parsed; empty when there is none. For Constant nodes,
/// whose tensor stays a view into the file.
std::string_view valueTensor(const RawNode& node);

/// The GraphProto in attribute `name`; empty when there is none.
std::string_view graphAttribute(const RawNode& node, std::string_view name);

/// The name in an AttributeProto.
std::string_view attributeName(std::string_view bytes);

/// An attribute of `node` where it refers to one of the function's call: that one, or empty when the call has
/// none; otherwise itself.
std::string_view resolved(const RawNode& node, std::string_view bytes);

/// Reads one OperatorSetIdProto.
void readOpset(protozero::pbf_reader reader, OpsetImports& opsets);

std::span<const std::byte> bytesOf(std::string_view text);

} // namespace core
