// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/attributes.h"
#include "core/model/onnx_proto.h"
#include "core/model/tensor_proto.h"
#include "core/model/wire.h"

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace core {

/// Writes AttributeProtos into one NodeProto. The setters without "If" always write; those with it leave out
/// values that mean "not given", since not every opset knows every attribute.
class AttributeList {
public:
    explicit AttributeList(protozero::pbf_writer& node)
        : m_node(node)
    {
    }

    void integer(const char* name, std::int64_t value)
    {
        protozero::pbf_writer message = open(name, onnx::attribute::Type::Integer);
        message.add_int64(onnx::attribute::integer, value);
    }

    void real(const char* name, float value)
    {
        protozero::pbf_writer message = open(name, onnx::attribute::Type::Real);
        message.add_float(onnx::attribute::real, value);
    }

    void text(const char* name, const std::string& value)
    {
        protozero::pbf_writer message = open(name, onnx::attribute::Type::Text);
        message.add_bytes(onnx::attribute::text, value);
    }

    void integers(const char* name, const std::vector<std::int64_t>& values)
    {
        protozero::pbf_writer message = open(name, onnx::attribute::Type::Integers);
        for (const std::int64_t value : values)
            message.add_int64(onnx::attribute::integers, value);
    }

    void reals(const char* name, const std::vector<float>& values)
    {
        protozero::pbf_writer message = open(name, onnx::attribute::Type::Reals);
        for (const float value : values)
            message.add_float(onnx::attribute::reals, value);
    }

    void tensor(const char* name, const Tensor& value)
    {
        protozero::pbf_writer message = open(name, onnx::attribute::Type::Tensor);
        message.add_message(onnx::attribute::tensor, toTensorProto(value.view(), ""));
    }

    void integersIfAny(const char* name, const std::vector<std::int64_t>& values)
    {
        if (!values.empty())
            integers(name, values);
    }

    void flagIfSet(const char* name, bool set)
    {
        if (set)
            integer(name, 1);
    }

    /// write() takes whatever type a described field has.
    void write(const char* name, bool value) { integer(name, value ? 1 : 0); }
    void write(const char* name, std::int64_t value) { integer(name, value); }
    void write(const char* name, float value) { real(name, value); }
    void write(const char* name, const std::string& value) { text(name, value); }
    void write(const char* name, const std::vector<std::int64_t>& values) { integers(name, values); }
    void write(const char* name, const std::vector<float>& values) { reals(name, values); }
    void write(const char* name, ElementType type) { integer(name, static_cast<std::int64_t>(type)); }

    template <typename Enum>
    requires std::is_enum_v<Enum>
    void write(const char* name, Enum value)
    {
        text(name, std::string(EnumWords<Enum>::words[static_cast<std::size_t>(value)]));
    }

    template <typename T> void write(const char* name, const std::optional<T>& value)
    {
        if (value)
            write(name, *value);
    }

private:
    protozero::pbf_writer open(const char* name, onnx::attribute::Type type)
    {
        protozero::pbf_writer message(m_node, onnx::node::attribute);
        message.add_string(onnx::attribute::name, name);
        message.add_enum(onnx::attribute::type, static_cast<int>(type));
        return message;
    }

    protozero::pbf_writer& m_node;
};

} // namespace core
