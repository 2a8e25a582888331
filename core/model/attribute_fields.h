// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string_view>
#include <tuple>

/// Attributes that are described once: a struct with a static fields() lists its members with their ONNX
/// names, and from that list they are both read and written. A member's initialiser is ONNX's default.
namespace core {

template <typename Struct, typename Value> struct AttributeField {
    const char* name;
    Value Struct::*member;
    bool required;
};

/// An attribute that files may leave out; it is written when it differs from its default.
template <typename Struct, typename Value>
constexpr AttributeField<Struct, Value> field(const char* name, Value Struct::*member)
{
    return { name, member, false };
}

/// An attribute without a default: a file that leaves it out is refused.
template <typename Struct, typename Value>
constexpr AttributeField<Struct, Value> requiredField(const char* name, Value Struct::*member)
{
    return { name, member, true };
}

/// Calls visit(field) for each field of T.
template <typename T, typename Visit> void forEachField(Visit&& visit)
{
    std::apply([&](const auto&... fields) { (visit(fields), ...); }, T::fields());
}

template <typename T>
concept HasFields = requires
{
    T::fields();
};

/// Specialised for each enumeration among the attributes: `words`, how files spell its enumerators, in order.
template <typename Enum> struct EnumWords;

} // namespace core
