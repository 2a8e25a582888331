// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/model/attributes.h"
#include "core/model/onnx_attributes.h"

#include <algorithm>
#include <string>
#include <type_traits>

/// Reads attributes that are described by a list of their fields.
namespace core::ops {

/// The type of TensorProto's number `code`; Undefined for one Breakeven has no type for.
ElementType elementTypeFromCode(std::int64_t code);

inline void readField(const OnnxAttributes& from, const char* name, bool& value)
{
    value = from.integer(name, value) != 0;
}

inline void readField(const OnnxAttributes& from, const char* name, std::int64_t& value)
{
    value = from.integer(name, value);
}

inline void readField(const OnnxAttributes& from, const char* name, float& value)
{
    value = from.real(name, value);
}

inline void readField(const OnnxAttributes& from, const char* name, std::string& value)
{
    value = from.text(name, value);
}

inline void readField(const OnnxAttributes& from, const char* name, std::vector<std::int64_t>& values)
{
    if (from.has(name))
        values = from.integers(name);
}

inline void readField(const OnnxAttributes& from, const char* name, std::vector<float>& values)
{
    if (from.has(name))
        values = from.reals(name);
}

inline void readField(const OnnxAttributes& from, const char* name, ElementType& type)
{
    type = elementTypeFromCode(from.integer(name, static_cast<std::int64_t>(type)));
}

template <typename Enum>
requires std::is_enum_v<Enum>
void readField(const OnnxAttributes& from, const char* name, Enum& value)
{
    constexpr auto words = EnumWords<Enum>::words;
    const std::string word = from.text(name, std::string(words[static_cast<std::size_t>(value)]));
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) {
        std::string expected;
        for (std::size_t i = 0; i < words.size(); ++i)
            expected += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + std::string(words[i]);
        throw Error("has {} \"{}\", expected {}.", name, word, expected);
    }
    value = static_cast<Enum>(found - words.begin());
}

template <typename T> void readField(const OnnxAttributes& from, const char* name, std::optional<T>& value)
{
    if (from.has(name))
        readField(from, name, value.emplace());
}

/// The attributes as a T; throws Error, a predicate, for one that is missing, of another type, or of a word
/// that its enumeration does not have.
template <typename T> T readFields(const OnnxAttributes& from)
{
    T result;
    forEachField<T>([&](const auto& field) {
        if (field.required && !from.has(field.name))
            throw Error("has no \"{}\".", field.name);
        readField(from, field.name, result.*field.member);
    });
    return result;
}

/// For rows whose attributes need no other checks.
template <typename T> Attributes parseFields(const OnnxAttributes& from)
{
    return readFields<T>(from);
}

} // namespace core::ops
