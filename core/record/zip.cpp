// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/zip.h"

#include "core/error.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

namespace core {
namespace {

/// Sizes and signatures of APPNOTE.TXT, the description of the format.
constexpr std::size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22;
constexpr std::uint32_t kLocalSignature = 0x04034b50, kCentralSignature = 0x02014b50,
                        kEndSignature = 0x06054b50;
constexpr std::uint32_t kZip64 = 0xFFFFFFFF; // "the number is elsewhere"
constexpr std::uint16_t kStored = 0, kDeflated = 8;
/// Deflate turns no byte into more than this many.
constexpr std::uint64_t kMostInflation = 1032;

class Archive {
public:
    explicit Archive(std::span<const std::byte> bytes)
        : m_bytes(bytes)
    {
    }

    std::size_t size() const { return m_bytes.size(); }

    std::uint32_t number(std::size_t at, std::size_t width) const
    {
        const auto field = part(at, width);
        std::uint32_t value = 0;
        std::memcpy(&value, field.data(), width);
        return value;
    }

    std::span<const std::byte> part(std::size_t at, std::size_t length) const
    {
        if (at > m_bytes.size() || length > m_bytes.size() - at)
            throw Error("it is truncated.");
        return m_bytes.subspan(at, length);
    }

private:
    std::span<const std::byte> m_bytes;
};

struct Entry {
    std::string name;
    std::uint32_t method, flags, crc, packedSize, size, localOffset;
    std::size_t next; // where the next central header begins
};

/// The end record is the last thing in the file, but for a comment of up to 65535 bytes.
std::size_t findEnd(const Archive& archive)
{
    if (archive.size() >= kEndSize)
        for (std::size_t back = kEndSize; back <= std::min<std::size_t>(archive.size(), kEndSize + 0xFFFF);
             ++back)
            if (archive.number(archive.size() - back, 4) == kEndSignature)
                return archive.size() - back;
    throw Error("it is not a zip archive, or truncated.");
}

Entry entryAt(const Archive& archive, std::size_t at)
{
    if (archive.number(at, 4) != kCentralSignature)
        throw Error("its directory is damaged.");
    const std::size_t nameLength = archive.number(at + 28, 2);
    const auto name = archive.part(at + kCentralSize, nameLength);
    return { .name = std::string(reinterpret_cast<const char*>(name.data()), name.size()),
        .method = archive.number(at + 10, 2),
        .flags = archive.number(at + 8, 2),
        .crc = archive.number(at + 16, 4),
        .packedSize = archive.number(at + 20, 4),
        .size = archive.number(at + 24, 4),
        .localOffset = archive.number(at + 42, 4),
        .next = at + kCentralSize + nameLength + archive.number(at + 30, 2) + archive.number(at + 32, 2) };
}

void inflateInto(std::span<const std::byte> packed, std::vector<std::byte>& data, const std::string& name)
{
    z_stream stream {};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        throw OutOfMemory("there is no memory to unpack its member \"{}\".", name);
    // zlib reads through a pointer to non-const that it does not write to.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(data.data());
    stream.avail_out = static_cast<uInt>(data.size());
    const int result = inflate(&stream, Z_FINISH);
    const bool whole = result == Z_STREAM_END && stream.avail_out == 0;
    inflateEnd(&stream);
    if (!whole)
        throw Error("its member \"{}\" is damaged.", name);
}

std::vector<std::byte> unpack(const Archive& archive, const Entry& entry)
{
    if (entry.flags & 1)
        throw Error("its member \"{}\" is encrypted, which is not supported.", entry.name);
    if (entry.packedSize == kZip64 || entry.size == kZip64 || entry.localOffset == kZip64)
        throw Error("its member \"{}\" uses zip64, which is not supported.", entry.name);
    if (entry.method != kStored && entry.method != kDeflated)
        throw Error(
            "its member \"{}\" is packed by method {}, which is not supported.", entry.name, entry.method);
    if (archive.number(entry.localOffset, 4) != kLocalSignature)
        throw Error("its member \"{}\" is not where the directory says.", entry.name);
    // Sizes come from the directory: NumPy fills those of the local header with zip64's marks.
    const std::size_t begin = entry.localOffset + kLocalSize + archive.number(entry.localOffset + 26, 2)
        + archive.number(entry.localOffset + 28, 2);
    const auto packed = archive.part(begin, entry.packedSize);
    const bool possible = entry.method == kStored ? entry.size == entry.packedSize
                                                  : entry.size <= entry.packedSize * kMostInflation;
    if (!possible)
        throw Error("its member \"{}\" cannot have {} bytes.", entry.name, entry.size);
    std::vector<std::byte> data(entry.size);
    if (entry.method == kStored)
        std::copy(packed.begin(), packed.end(), data.begin());
    else
        inflateInto(packed, data, entry.name);
    if (crc32(0, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size())) != entry.crc)
        throw Error("its member \"{}\" is damaged.", entry.name);
    return data;
}

} // namespace

std::map<std::string, std::vector<std::byte>> parseZip(std::span<const std::byte> bytes)
{
    const Archive archive(bytes);
    const std::size_t end = findEnd(archive);
    const std::uint32_t count = archive.number(end + 10, 2);
    if (count == 0xFFFF)
        throw Error("it uses zip64, which is not supported.");
    std::map<std::string, std::vector<std::byte>> members;
    std::size_t at = archive.number(end + 16, 4);
    if (at == kZip64)
        throw Error("it uses zip64, which is not supported.");
    // Members may not share packed bytes, or a small file could unpack to any size.
    std::uint64_t packedTotal = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const Entry entry = entryAt(archive, at);
        packedTotal += entry.packedSize;
        if (packedTotal > bytes.size() && entry.packedSize != kZip64)
            throw Error("its members overlap.");
        if (!members.emplace(entry.name, unpack(archive, entry)).second)
            throw Error("it has two members \"{}\".", entry.name);
        at = entry.next;
    }
    return members;
}

namespace {

void put(std::string& to, std::uint64_t value, std::size_t width)
{
    to.append(reinterpret_cast<const char*>(&value), width);
}

/// What local and central header have in common: version 2.0, no flags, stored, 1980-01-01, sizes and name.
std::string commonFields(const std::string& name, const std::string& data)
{
    std::string fields;
    put(fields, 20, 2);
    put(fields, 0, 2);
    put(fields, kStored, 2);
    put(fields, 0, 2);
    put(fields, 0x21, 2);
    put(fields, crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size()), 4);
    put(fields, data.size(), 4);
    put(fields, data.size(), 4);
    put(fields, name.size(), 2);
    put(fields, 0, 2); // no extra fields
    return fields;
}

} // namespace

std::string toZip(const std::map<std::string, std::string>& members)
{
    std::string archive, directory;
    for (const auto& [name, data] : members) {
        const std::string fields = commonFields(name, data);
        put(directory, kCentralSignature, 4);
        put(directory, 20, 2);
        directory += fields;
        put(directory, 0, 6); // no comment, first disk, no attributes of text
        put(directory, 0, 4); // nor of the file
        put(directory, archive.size(), 4);
        directory += name;
        put(archive, kLocalSignature, 4);
        archive += fields + name + data;
        if (archive.size() >= kZip64 || members.size() >= 0xFFFF)
            throw Error("it would be larger than 4 GiB.");
    }
    const std::size_t begin = archive.size();
    archive += directory;
    put(archive, kEndSignature, 4);
    put(archive, 0, 4);
    put(archive, members.size(), 2);
    put(archive, members.size(), 2);
    put(archive, directory.size(), 4);
    put(archive, begin, 4);
    put(archive, 0, 2);
    return archive;
}

} // namespace core
