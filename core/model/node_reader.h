// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/onnx_attributes.h"

#include <span>
#include <string_view>
#include <vector>

namespace core {

/// A NodeProto as the file has it; views are into the parsed bytes.
struct RawNode {
    std::string_view name, type, domain;
    std::vector<std::string_view> inputs, outputs;
    std::vector<std::string_view> attributes; // AttributeProtos
};

/// Throws protozero::exception for bytes that are no NodeProto.
RawNode readNode(std::string_view bytes);

/// The node's attributes. Graphs, types and sparse tensors have no place in OnnxAttributes and are skipped.
/// Throws protozero::exception or Error.
OnnxAttributes readAttributes(const RawNode& node, int version);

/// The TensorProto in a node's attribute `value`, not parsed; empty when there is none. For Constant nodes,
/// whose tensor stays a view into the file.
std::string_view valueTensor(const RawNode& node);

std::span<const std::byte> bytesOf(std::string_view text);

} // namespace core
