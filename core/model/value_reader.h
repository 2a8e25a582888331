// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/graph.h"

#include <string_view>

namespace core {

/// A ValueInfoProto as the file has it.
struct DeclaredValue {
    std::string_view name; // into the parsed bytes
    /// What it is, when it is no tensor: "sequence", "map", ...; empty for a tensor.
    std::string_view container;
    int elementType = 0; // TensorProto's number, which may be one that ElementType does not know
    std::optional<std::vector<Dim>> shape;
};

/// Throws protozero::exception for bytes that are no ValueInfoProto, and Error for more than 16 dimensions.
DeclaredValue readValueInfo(std::string_view bytes);

/// The name in a TensorProto; throws protozero::exception for bytes that are none.
std::string_view tensorName(std::string_view bytes);

/// A copy of a name or another text from the file. Throws Error when it is not UTF-8 or longer than any name.
std::string checkedText(std::string_view name);

} // namespace core
