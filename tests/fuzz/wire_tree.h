// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A protobuf message taken apart into a tree of fields, to be changed and put together again. Whatever does
/// not fit stays as it is: every parsed message serialises to an equivalent one.
namespace fuzz {

/// The messages of onnx.proto that are worth opening; None: numbers, texts and elements.
enum class Message {
    None,
    Model,
    Opset,
    Graph,
    Node,
    Attribute,
    Tensor,
    Entry,
    ValueInfo,
    Type,
    TensorType,
    Shape,
    Dim,
    Function
};

/// The wire types there are; groups are no more.
enum class Wire : std::uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

struct Field {
    std::uint32_t number = 0;
    Wire wire = Wire::Varint;
    std::uint64_t value = 0; // Varint, Fixed64, Fixed32
    std::string bytes; // Bytes, when it is no message
    Message message = Message::None; // of the field itself
    std::vector<Field> fields; // of a message
};

/// The fields of a message of this kind; nullopt for bytes that are none.
std::optional<std::vector<Field>> parseMessage(std::string_view bytes, Message kind, int depth = 0);

std::string serialise(const std::vector<Field>& fields);

void appendVarint(std::string& bytes, std::uint64_t value);

/// Fields made by hand.
Field number(std::uint32_t field, std::uint64_t value);
Field text(std::uint32_t field, std::string bytes);
Field message(std::uint32_t field, Message kind, std::vector<Field> fields);

} // namespace fuzz
