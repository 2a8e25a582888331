// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/wire_tree.h"

namespace fuzz {
namespace {

constexpr int kDeepest = 24;

struct Child {
    Message parent;
    std::uint32_t field;
    Message kind;
};

constexpr Child kChildren[] = {
    { Message::Model, 7, Message::Graph },
    { Message::Model, 8, Message::Opset },
    { Message::Model, 25, Message::Function },
    { Message::Function, 7, Message::Node },
    { Message::Function, 9, Message::Opset },
    { Message::Function, 11, Message::Attribute },
    { Message::Function, 12, Message::ValueInfo },
    { Message::Graph, 1, Message::Node },
    { Message::Graph, 5, Message::Tensor },
    { Message::Graph, 11, Message::ValueInfo },
    { Message::Graph, 12, Message::ValueInfo },
    { Message::Graph, 13, Message::ValueInfo },
    { Message::Node, 5, Message::Attribute },
    { Message::Attribute, 5, Message::Tensor },
    { Message::Attribute, 6, Message::Graph },
    { Message::Attribute, 10, Message::Tensor },
    { Message::Attribute, 11, Message::Graph },
    { Message::Tensor, 13, Message::Entry },
    { Message::ValueInfo, 2, Message::Type },
    { Message::Type, 1, Message::TensorType },
    { Message::TensorType, 2, Message::Shape },
    { Message::Shape, 1, Message::Dim },
};

Message childOf(Message parent, std::uint32_t field)
{
    for (const Child& child : kChildren)
        if (child.parent == parent && child.field == field)
            return child.kind;
    return Message::None;
}

class Reader {
public:
    explicit Reader(std::string_view bytes)
        : m_bytes(bytes)
    {
    }

    bool atEnd() const { return m_at == m_bytes.size(); }

    std::optional<std::uint64_t> varint()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && m_at < m_bytes.size(); shift += 7) {
            const auto byte = static_cast<unsigned char>(m_bytes[m_at++]);
            value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if (byte < 0x80)
                return value;
        }
        return std::nullopt;
    }

    std::optional<std::string_view> take(std::uint64_t count)
    {
        if (count > m_bytes.size() - m_at)
            return std::nullopt;
        const std::string_view taken = m_bytes.substr(m_at, count);
        m_at += count;
        return taken;
    }

private:
    std::string_view m_bytes;
    std::size_t m_at = 0;
};

std::optional<std::uint64_t> fixed(Reader& reader, std::size_t size)
{
    const auto bytes = reader.take(size);
    if (!bytes)
        return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>((*bytes)[i])) << (8 * i);
    return value;
}

void appendFixed(std::string& bytes, std::uint64_t value, std::size_t size)
{
    for (std::size_t i = 0; i < size; ++i)
        bytes += static_cast<char>((value >> (8 * i)) & 0xffU);
}

std::optional<Field> readField(Reader& reader, Message parent, int depth)
{
    const auto tag = reader.varint();
    if (!tag || *tag >> 3U == 0 || *tag >> 32U != 0)
        return std::nullopt;
    Field field { .number = static_cast<std::uint32_t>(*tag >> 3U) };
    std::optional<std::uint64_t> value;
    switch (*tag & 7U) {
    case 0:
        value = reader.varint();
        break;
    case 1:
        field.wire = Wire::Fixed64;
        value = fixed(reader, 8);
        break;
    case 5:
        field.wire = Wire::Fixed32;
        value = fixed(reader, 4);
        break;
    case 2: {
        field.wire = Wire::Bytes;
        const auto length = reader.varint();
        const auto bytes = length ? reader.take(*length) : std::nullopt;
        if (!bytes)
            return std::nullopt;
        field.message = childOf(parent, field.number);
        if (field.message == Message::None) {
            field.bytes = *bytes;
        } else if (auto inner = parseMessage(*bytes, field.message, depth + 1)) {
            field.fields = std::move(*inner);
        } else {
            field.message = Message::None;
            field.bytes = *bytes;
        }
        return field;
    }
    default:
        return std::nullopt;
    }
    if (!value)
        return std::nullopt;
    field.value = *value;
    return field;
}

} // namespace

std::optional<std::vector<Field>> parseMessage(std::string_view bytes, Message kind, int depth)
{
    if (depth > kDeepest)
        return std::nullopt;
    std::vector<Field> fields;
    Reader reader(bytes);
    while (!reader.atEnd()) {
        auto field = readField(reader, kind, depth);
        if (!field)
            return std::nullopt;
        fields.push_back(std::move(*field));
    }
    return fields;
}

void appendVarint(std::string& bytes, std::uint64_t value)
{
    for (; value >= 0x80; value >>= 7U)
        bytes += static_cast<char>((value & 0x7fU) | 0x80U);
    bytes += static_cast<char>(value);
}

std::string serialise(const std::vector<Field>& fields)
{
    std::string bytes;
    for (const Field& field : fields) {
        appendVarint(
            bytes, (static_cast<std::uint64_t>(field.number) << 3U) | static_cast<unsigned>(field.wire));
        switch (field.wire) {
        case Wire::Varint:
            appendVarint(bytes, field.value);
            break;
        case Wire::Fixed64:
            appendFixed(bytes, field.value, 8);
            break;
        case Wire::Fixed32:
            appendFixed(bytes, field.value, 4);
            break;
        case Wire::Bytes: {
            const std::string contents
                = field.message == Message::None ? field.bytes : serialise(field.fields);
            appendVarint(bytes, contents.size());
            bytes += contents;
            break;
        }
        }
    }
    return bytes;
}

Field number(std::uint32_t field, std::uint64_t value)
{
    return { .number = field, .value = value };
}

Field text(std::uint32_t field, std::string bytes)
{
    return { .number = field, .wire = Wire::Bytes, .bytes = std::move(bytes) };
}

Field message(std::uint32_t field, Message kind, std::vector<Field> fields)
{
    return { .number = field, .wire = Wire::Bytes, .message = kind, .fields = std::move(fields) };
}

} // namespace fuzz
