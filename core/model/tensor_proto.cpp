// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor_proto.h"

#include "core/error.h"
#include "core/model/limits.h"
#include "core/model/utf8.h"
#include "core/model/wire.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

namespace core {
namespace {

/// Field numbers of onnx.proto's TensorProto.
namespace field {
enum : protozero::pbf_tag_type {
    dims = 1,
    dataType = 2,
    floatData = 4,
    int32Data = 5,
    int64Data = 7,
    name = 8,
    rawData = 9,
    doubleData = 10,
    uint64Data = 11,
    externalData = 13,
    dataLocation = 14,
};
}
namespace entry { // StringStringEntryProto
enum : protozero::pbf_tag_type { key = 1, value = 2 };
}
constexpr int kExternal = 1; // TensorProto.DataLocation

/// Small tensors that lie unaligned in the file are copied; larger ones stay views all the same: copying them
/// would double the memory a model takes, and the kernels that read weights take any address.
constexpr std::size_t kMostCopied = 64 * 1024;

/// The message's fields, before anything is believed about them.
struct Fields {
    std::string name;
    std::vector<std::int64_t> dims;
    int dataType = 0;
    bool external = false;
    ExternalPlace place;
    std::optional<std::string_view> raw;
    std::vector<float> floats;
    std::vector<double> doubles;
    std::vector<std::int32_t> int32s;
    std::vector<std::int64_t> int64s;
    std::vector<std::uint64_t> uint64s;
};

/// A repeated number: packed into one field, or one field each.
template <typename T, typename Packed, typename Single>
void append(protozero::pbf_reader& reader, std::vector<T>& to, Packed packed, Single single)
{
    if (reader.wire_type() != protozero::pbf_wire_type::length_delimited) {
        to.push_back((reader.*single)());
        return;
    }
    for (const T element : (reader.*packed)())
        to.push_back(element);
}

std::string text(protozero::pbf_reader& reader)
{
    std::string words = reader.get_string();
    if (words.size() > limits::kTextBytes)
        throw Error("Cannot read tensor \"\": it has a text of {} bytes, expected at most {}.", words.size(),
            limits::kTextBytes);
    if (!isUtf8(words))
        throw Error("Cannot read tensor \"\": it has a text that is not UTF-8.");
    return words;
}

/// Keys this does not know say nothing about where the elements lie.
void readPlace(protozero::pbf_reader reader, ExternalPlace& place)
{
    std::string key, value;
    while (reader.next())
        switch (reader.tag()) {
        case entry::key:
            key = text(reader);
            break;
        case entry::value:
            value = text(reader);
            break;
        default:
            reader.skip();
        }
    if (key == "location")
        place.location = std::move(value);
    else if (key == "offset")
        place.offset = std::move(value);
    else if (key == "length")
        place.length = std::move(value);
    else if (key == "checksum")
        place.checksum = std::move(value);
}

void readField(protozero::pbf_reader& reader, Fields& fields)
{
    using Reader = protozero::pbf_reader;
    switch (reader.tag()) {
    case field::dims:
        append(reader, fields.dims, &Reader::get_packed_int64, &Reader::get_int64);
        break;
    case field::dataType:
        fields.dataType = reader.get_int32();
        break;
    case field::floatData:
        append(reader, fields.floats, &Reader::get_packed_float, &Reader::get_float);
        break;
    case field::int32Data:
        append(reader, fields.int32s, &Reader::get_packed_int32, &Reader::get_int32);
        break;
    case field::int64Data:
        append(reader, fields.int64s, &Reader::get_packed_int64, &Reader::get_int64);
        break;
    case field::name:
        fields.name = text(reader);
        break;
    case field::rawData: {
        const auto view = reader.get_view();
        fields.raw = std::string_view(view.data(), view.size());
        break;
    }
    case field::doubleData:
        append(reader, fields.doubles, &Reader::get_packed_double, &Reader::get_double);
        break;
    case field::uint64Data:
        append(reader, fields.uint64s, &Reader::get_packed_uint64, &Reader::get_uint64);
        break;
    case field::externalData:
        readPlace(reader.get_message(), fields.place);
        break;
    case field::dataLocation:
        fields.external = reader.get_enum() == kExternal;
        break;
    default:
        reader.skip();
    }
}

Fields readFields(std::span<const std::byte> bytes)
{
    Fields fields;
    try {
        protozero::pbf_reader reader(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        while (reader.next())
            readField(reader, fields);
    } catch (const protozero::exception&) {
        throw Error("Cannot read tensor \"{}\": its bytes are not a valid ONNX tensor.", fields.name);
    }
    return fields;
}

ElementType typeOf(int dataType)
{
    const auto type = static_cast<ElementType>(dataType);
    switch (type) {
    case ElementType::Undefined:
    case ElementType::Float32:
    case ElementType::UInt8:
    case ElementType::Int8:
    case ElementType::UInt16:
    case ElementType::Int16:
    case ElementType::Int32:
    case ElementType::Int64:
    case ElementType::String:
    case ElementType::Bool:
    case ElementType::Float16:
    case ElementType::Double:
    case ElementType::UInt32:
    case ElementType::UInt64:
    case ElementType::BFloat16:
        return type;
    }
    return ElementType::Undefined; // float8, int4, complex
}

/// `stored` is in elements for a typed field and in bytes, so several per element, for raw data.
void requireStored(const Fields& fields, ElementType type, std::size_t stored, std::size_t unitsPerElement)
{
    const auto count = static_cast<std::uint64_t>(elementCount(fields.dims));
    if (stored % unitsPerElement == 0 && stored / unitsPerElement == count)
        return;
    throw Error("Cannot read tensor \"{}\": shape {} of {} does not match the {} {} stored.", fields.name,
        toString(fields.dims), elementName(type), stored, fields.raw ? "bytes" : "elements");
}

/// Narrows each stored number to the element's own width; the low bytes are the element (little endian).
template <typename Stored>
std::shared_ptr<const Tensor> pack(const Fields& fields, ElementType type, const std::vector<Stored>& stored)
{
    requireStored(fields, type, stored.size(), 1);
    auto tensor = std::make_shared<Tensor>(type, fields.dims);
    const std::size_t size = elementSize(type);
    std::byte* to = tensor->bytes().data();
    for (const Stored& element : stored) {
        std::memcpy(to, &element, size);
        to += size;
    }
    return tensor;
}

/// The elements from the typed field that onnx.proto assigns to `type`.
std::shared_ptr<const Tensor> packTyped(const Fields& fields, ElementType type)
{
    switch (type) {
    case ElementType::Float32:
        return pack(fields, type, fields.floats);
    case ElementType::Double:
        return pack(fields, type, fields.doubles);
    case ElementType::Int64:
        return pack(fields, type, fields.int64s);
    case ElementType::UInt32:
    case ElementType::UInt64:
        return pack(fields, type, fields.uint64s);
    case ElementType::UInt8:
    case ElementType::Int8:
    case ElementType::UInt16:
    case ElementType::Int16:
    case ElementType::Int32:
    case ElementType::Bool:
    case ElementType::Float16:
    case ElementType::BFloat16:
        return pack(fields, type, fields.int32s);
    case ElementType::Undefined:
    case ElementType::String:
        break;
    }
    return nullptr;
}

/// Elements as the processor takes them, at `bytes` in a file: a view, or a copy when that is small and not
/// aligned.
ParsedTensor placed(const Fields& fields, ElementType type, std::span<const std::byte> bytes,
    std::shared_ptr<const void> owner)
{
    ParsedTensor parsed { fields.name, { type, fields.dims, bytes }, std::move(owner) };
    const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % elementSize(type) == 0;
    if (aligned || bytes.size() > kMostCopied)
        return parsed;
    const auto copy = std::make_shared<const Tensor>(Tensor::copyOf(parsed.view));
    parsed.view = copy->view();
    parsed.owned = copy;
    return parsed;
}

ParsedTensor outside(const Fields& fields, ElementType type, ExternalData* external)
{
    if (!external)
        throw Error("Cannot read tensor \"{}\": it stores its data in another file, which only weights of a "
                    "model on disk may.",
            fields.name);
    std::size_t bytes = 0;
    if (__builtin_mul_overflow(
            static_cast<std::size_t>(elementCount(fields.dims)), elementSize(type), &bytes))
        throw Error("Cannot read tensor \"{}\": shape {} of {} is too large.", fields.name,
            toString(fields.dims), elementName(type));
    try {
        ExternalData::Slice slice = external->find(fields.place, bytes);
        return placed(fields, type, slice.bytes, std::move(slice.owner));
    } catch (const Error& error) {
        throw Error("Cannot read tensor \"{}\": {}", fields.name, error.what());
    }
}

} // namespace

ParsedTensor parseTensorProto(std::span<const std::byte> bytes, ExternalData* external)
{
    const Fields fields = readFields(bytes);
    if (fields.dims.size() > limits::kDeclaredRank)
        throw Error("Cannot read tensor \"{}\": it has {} dimensions, expected at most {}.", fields.name,
            fields.dims.size(), limits::kDeclaredRank);
    if (std::any_of(fields.dims.begin(), fields.dims.end(), [](std::int64_t dim) { return dim < 0; }))
        throw Error("Cannot read tensor \"{}\": shape {} has a negative dimension.", fields.name,
            toString(fields.dims));

    const ElementType type = typeOf(fields.dataType);
    const std::size_t size = elementSize(type);
    if (size == 0)
        return { fields.name, { type, fields.dims, {} }, nullptr };
    if (fields.external)
        return outside(fields, type, external);
    if (!fields.raw) {
        const auto packed = packTyped(fields, type);
        return { fields.name, packed->view(), packed };
    }
    requireStored(fields, type, fields.raw->size(), size);
    return placed(fields, type, std::as_bytes(std::span(fields.raw->data(), fields.raw->size())), nullptr);
}

std::string toTensorProto(const TensorView& tensor, const std::string& name)
{
    if (elementSize(tensor.type) == 0)
        throw Error(
            "Cannot store tensor \"{}\": {} has no elements of fixed size.", name, elementName(tensor.type));
    std::string bytes;
    protozero::pbf_writer writer(bytes);
    for (const std::int64_t dim : tensor.shape)
        writer.add_int64(field::dims, dim);
    writer.add_int32(field::dataType, static_cast<int>(tensor.type));
    writer.add_string(field::name, name);
    writer.add_bytes(field::rawData, reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
    return bytes;
}

} // namespace core
