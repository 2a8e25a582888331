// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace core {

/// Element types of tensors, with ONNX TensorProto's numbers.
enum class ElementType {
    Undefined = 0,
    Float32 = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Bool = 9,
    Float16 = 10,
    Double = 11,
    UInt32 = 12,
    UInt64 = 13,
    BFloat16 = 16,
};

/// Bytes of one element; 0 for Undefined and String, which no engine computes with.
std::size_t elementSize(ElementType type);

/// "float32", "int64", ... as NumPy spells it; "bfloat16" and "string" likewise.
std::string_view elementName(ElementType type);

/// How an engine computes. `Model` means: in the types the file itself gives.
enum class Precision { Model, Float32, Tf32, Float16, BFloat16, Int8 };

/// "model", "fp32", "tf32", "fp16", "bf16", "int8".
std::string_view precisionName(Precision precision);

/// The reverse of precisionName(); throws Error for any other word.
Precision precisionFromName(std::string_view name);

} // namespace core
