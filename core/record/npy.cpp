// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/npy.h"

#include "core/error.h"
#include "core/ops/run_node.h"
#include "core/ops/strided_copy.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

namespace core {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

struct TypeCode {
    std::string_view code; // without the byte order
    ElementType type;
};

constexpr std::array kTypes { TypeCode { "f4", ElementType::Float32 }, TypeCode { "f8", ElementType::Double },
    TypeCode { "f2", ElementType::Float16 }, TypeCode { "i1", ElementType::Int8 },
    TypeCode { "i2", ElementType::Int16 }, TypeCode { "i4", ElementType::Int32 },
    TypeCode { "i8", ElementType::Int64 }, TypeCode { "u1", ElementType::UInt8 },
    TypeCode { "u2", ElementType::UInt16 }, TypeCode { "u4", ElementType::UInt32 },
    TypeCode { "u8", ElementType::UInt64 }, TypeCode { "b1", ElementType::Bool } };

struct Header {
    std::optional<ElementType> type;
    std::optional<bool> fortran;
    std::optional<Shape> shape;
};

/// Reads the header, a Python dictionary like {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), },
/// and nothing that NumPy would not write there.
class HeaderReader {
public:
    explicit HeaderReader(std::string_view text)
        : m_text(text)
    {
    }

    Header read()
    {
        Header header;
        expect('{');
        while (!take('}')) {
            const std::string_view key = string();
            expect(':');
            if (key == "descr")
                header.type = typeOf(string());
            else if (key == "fortran_order")
                header.fortran = boolean();
            else if (key == "shape")
                header.shape = tuple();
            else
                throw Error("its header has an unknown entry \"{}\".", key.substr(0, 40));
            if (!take(',') && peek() != '}')
                fail();
        }
        if (peek() != '\0')
            fail();
        return header;
    }

private:
    [[noreturn]] static void fail() { throw Error("its header is not one of NumPy's."); }

    char peek()
    {
        const std::size_t next = m_text.find_first_not_of(" \n", m_at);
        m_at = std::min(next, m_text.size());
        return m_at < m_text.size() ? m_text[m_at] : '\0';
    }

    bool take(char letter)
    {
        if (peek() != letter)
            return false;
        ++m_at;
        return true;
    }

    void expect(char letter)
    {
        if (!take(letter))
            fail();
    }

    std::string_view string()
    {
        const char quote = peek();
        if (quote != '\'' && quote != '"')
            fail();
        const std::size_t end = m_text.find(quote, ++m_at);
        if (end == std::string_view::npos)
            fail();
        const std::string_view result = m_text.substr(m_at, end - m_at);
        m_at = end + 1;
        return result;
    }

    bool boolean()
    {
        peek();
        for (const auto& [word, value] : { std::pair { std::string_view("True"), true }, { "False", false } })
            if (m_text.substr(m_at, word.size()) == word) {
                m_at += word.size();
                return value;
            }
        fail();
    }

    Shape tuple()
    {
        Shape shape;
        expect('(');
        while (!take(')')) {
            peek();
            std::int64_t dim = 0;
            const char *begin = m_text.data() + m_at, *end = m_text.data() + m_text.size();
            const auto [after, error] = std::from_chars(begin, end, dim);
            if (error != std::errc {} || dim < 0)
                fail();
            m_at += static_cast<std::size_t>(after - begin);
            shape.push_back(dim);
            if (!take(',') && peek() != ')')
                fail();
        }
        return shape;
    }

    static ElementType typeOf(std::string_view descr)
    {
        if (descr.starts_with('>') && !descr.ends_with('1'))
            throw Error("its elements are big endian, which is not supported.");
        const std::string_view code = descr.substr(std::min<std::size_t>(1, descr.size()));
        for (const TypeCode& known : kTypes)
            if (code == known.code)
                return known.type;
        throw Error("its element type \"{}\" is not supported.", descr.substr(0, 40));
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

struct Parts {
    std::string_view header, data;
};

Parts split(std::span<const std::byte> bytes)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!text.starts_with(kMagic))
        throw Error("it is not a NumPy file.");
    if (text.size() < kMagic.size() + 2)
        throw Error("it is truncated.");
    const int version = text[kMagic.size()];
    if (version < 1 || version > 3)
        throw Error("its format version {} is not supported.", version);
    const std::size_t begin = kMagic.size() + 2, width = version == 1 ? 2 : 4;
    if (text.size() < begin + width)
        throw Error("it is truncated.");
    std::size_t length = 0;
    for (std::size_t i = 0; i < width; ++i)
        length |= std::size_t { static_cast<unsigned char>(text[begin + i]) } << 8 * i;
    if (length > text.size() - begin - width)
        throw Error("it is truncated.");
    return { text.substr(begin + width, length), text.substr(begin + width + length) };
}

} // namespace

Tensor parseNpy(std::span<const std::byte> bytes)
{
    const auto [text, data] = split(bytes);
    const Header header = HeaderReader(text).read();
    if (!header.type || !header.fortran || !header.shape)
        throw Error("its header has no \"{}\".",
            !header.type        ? "descr"
                : !header.shape ? "shape"
                                : "fortran_order");
    if (const auto problem = shapeProblem(*header.shape))
        throw Error("it {}", *problem);
    const auto count = static_cast<std::size_t>(elementCount(*header.shape));
    if (data.size() != count * elementSize(*header.type))
        throw Error("it holds {} bytes of data, but shape {} of {} takes {}.", data.size(),
            toString(*header.shape), elementName(*header.type), count * elementSize(*header.type));
    const Shape stored
        = *header.fortran ? Shape(header.shape->rbegin(), header.shape->rend()) : *header.shape;
    Tensor tensor(*header.type, stored);
    std::copy(data.begin(), data.end(), reinterpret_cast<char*>(tensor.bytes().data()));
    if (!*header.fortran)
        return tensor;
    Tensor turned(*header.type, *header.shape);
    ops::Strides strides = ops::denseStrides(stored);
    std::reverse(strides.begin(), strides.end());
    ops::stridedCopy(tensor.view(), 0, strides, turned);
    return turned;
}

std::string toNpy(const TensorView& tensor)
{
    const auto known = std::find_if(
        kTypes.begin(), kTypes.end(), [&](const TypeCode& code) { return code.type == tensor.type; });
    if (known == kTypes.end())
        throw Error("NumPy has no type {}.", elementName(tensor.type));
    std::string header = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}{}), }}",
        elementSize(tensor.type) == 1 ? '|' : '<', known->code, fmt::join(tensor.shape, ", "),
        tensor.shape.size() == 1 ? "," : "");
    // The data begins at a multiple of 64 bytes, and the header ends with a line feed.
    const std::size_t before = kMagic.size() + 4;
    header.append(63 - (before + header.size()) % 64, ' ').push_back('\n');
    std::string file(kMagic);
    file
        += { '\x01', '\x00', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8) };
    file += header;
    return file.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
}

} // namespace core
