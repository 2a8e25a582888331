// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/element_type.h"

#include "core/error.h"

#include <array>
#include <utility>

namespace core {

std::size_t elementSize(ElementType type)
{
    switch (type) {
    case ElementType::Undefined:
    case ElementType::String:
        return 0;
    case ElementType::UInt8:
    case ElementType::Int8:
    case ElementType::Bool:
        return 1;
    case ElementType::UInt16:
    case ElementType::Int16:
    case ElementType::Float16:
    case ElementType::BFloat16:
        return 2;
    case ElementType::Float32:
    case ElementType::Int32:
    case ElementType::UInt32:
        return 4;
    case ElementType::Int64:
    case ElementType::Double:
    case ElementType::UInt64:
        return 8;
    }
    return 0;
}

std::string_view elementName(ElementType type)
{
    switch (type) {
    case ElementType::Undefined:
        return "undefined";
    case ElementType::Float32:
        return "float32";
    case ElementType::UInt8:
        return "uint8";
    case ElementType::Int8:
        return "int8";
    case ElementType::UInt16:
        return "uint16";
    case ElementType::Int16:
        return "int16";
    case ElementType::Int32:
        return "int32";
    case ElementType::Int64:
        return "int64";
    case ElementType::String:
        return "string";
    case ElementType::Bool:
        return "bool";
    case ElementType::Float16:
        return "float16";
    case ElementType::Double:
        return "float64";
    case ElementType::UInt32:
        return "uint32";
    case ElementType::UInt64:
        return "uint64";
    case ElementType::BFloat16:
        return "bfloat16";
    }
    return "undefined";
}

namespace {

constexpr std::array kPrecisions {
    std::pair { Precision::Model, std::string_view("model") },
    std::pair { Precision::Float32, std::string_view("fp32") },
    std::pair { Precision::Tf32, std::string_view("tf32") },
    std::pair { Precision::Float16, std::string_view("fp16") },
    std::pair { Precision::BFloat16, std::string_view("bf16") },
    std::pair { Precision::Int8, std::string_view("int8") },
};

} // namespace

std::string_view precisionName(Precision precision)
{
    for (const auto& [value, name] : kPrecisions)
        if (value == precision)
            return name;
    return "model";
}

Precision precisionFromName(std::string_view name)
{
    for (const auto& [value, known] : kPrecisions)
        if (known == name)
            return value;
    throw Error("Cannot use precision \"{}\": known are model, fp32, tf32, fp16, bf16 and int8.", name);
}

} // namespace core
