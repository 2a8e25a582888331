// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
    /// or larger than 64 KiB), else into `owned`. Strings, and types ElementType has no word for (float8,
    /// int4, complex), have a shape but no bytes.
    TensorView view;
    std::shared_ptr<const Tensor> owned; // set when the view points into it
};

/// Parses one ONNX TensorProto. The view lives as long as `bytes` (and `owned`) do.
/// Throws Error, one sentence, for bytes that are no TensorProto, a shape that does not match the stored
/// elements exactly, and data stored outside the file.
ParsedTensor parseTensorProto(std::span<const std::byte> bytes);

/// The tensor as a TensorProto with raw_data. Throws Error for a type without elements.
std::string toTensorProto(const TensorView& tensor, const std::string& name);

} // namespace core
