// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/external_data.h"
#include "core/model/tensor.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace core {

/// A TensorProto: its name and its elements.
struct ParsedTensor {
    std::string name;
    /// Into the parsed bytes where they hold the elements as they are (raw_data that is aligned for the type
    /// or larger than 64 KiB) or into a mapped file beside the model, else into `owned`. Strings, and types
    /// ElementType has no word for (float8, int4, complex), have a shape but no bytes.
    TensorView view;
    std::shared_ptr<const void> owned; // what the view points into, when that is not the parsed bytes
};

/// Parses one ONNX TensorProto. The view lives as long as `bytes` (and `owned`) do. Elements that lie in
/// another file are found by `external`; null: there is no folder to look in, and such a tensor is refused.
/// Throws Error, one sentence, for bytes that are no TensorProto, a shape that does not match the stored
/// elements exactly, and data outside that is refused (see ExternalData::find()).
ParsedTensor parseTensorProto(std::span<const std::byte> bytes, ExternalData* external = nullptr);

/// The tensor as a TensorProto with raw_data. Throws Error for a type without elements.
std::string toTensorProto(const TensorView& tensor, const std::string& name);

} // namespace core
