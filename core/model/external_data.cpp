// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/external_data.h"

#include "core/error.h"
#include "core/model/contained_file.h"
#include "core/model/digest.h"
#include "core/model/limits.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>

namespace core {
namespace {

/// Decimal digits and nothing else; `fallback` when the key is missing.
std::uint64_t numberOf(const std::string& text, const char* key, std::uint64_t fallback)
{
    if (text.empty())
        return fallback;
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size())
        throw Error("its data has {} \"{}\", expected a number of bytes.", key, text);
    return number;
}

bool sameHex(const std::string& a, const std::string& b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
        [&](char left, char right) { return lower(left) == lower(right); });
}

} // namespace

ExternalData::ExternalData(std::filesystem::path modelFolder)
    : m_folder(std::move(modelFolder))
{
}

ExternalData::Opened& ExternalData::open(const std::string& location)
{
    try {
        const std::string path = containedPath(location);
        const auto known = m_files.find(path);
        if (known != m_files.end())
            return known->second;
        if (m_files.size() == limits::kExternalFiles)
            throw Error("is one of more than {} such files.", limits::kExternalFiles);
        const FileHandle file = openContained(m_folder, path);
        if (lseek(file.get(), 0, SEEK_END) == 0)
            throw Error("is empty.");
        return m_files.emplace(path, Opened { MappedFile::of(file, path), {} }).first->second;
    } catch (const Error& error) {
        throw Error("its data file \"{}\" {}", location, error.what());
    }
}

ExternalData::Slice ExternalData::find(const ExternalPlace& place, std::size_t bytes)
{
    const std::uint64_t offset = numberOf(place.offset, "offset", 0);
    const std::uint64_t length = numberOf(place.length, "length", bytes);
    if (length != bytes)
        throw Error("its data has a length of {} bytes, and its shape takes {}.", length, bytes);
    Opened& file = open(place.location);
    const std::span<const std::byte> all = file.map->bytes();
    if (offset > all.size() || length > all.size() - offset)
        throw Error("its data of {} bytes at offset {} reaches beyond the {} bytes of \"{}\".", length,
            offset, all.size(), place.location);
    if (!place.checksum.empty()) {
        if (file.sha1.empty())
            file.sha1 = hexDigest(Digest::Sha1, { all }, Pages::Release);
        if (!sameHex(file.sha1, place.checksum))
            throw Error(
                "its data file \"{}\" has SHA-1 {}, expected {}.", place.location, file.sha1, place.checksum);
    }
    return { all.subspan(static_cast<std::size_t>(offset), bytes), file.map };
}

std::vector<ExternalFile> ExternalData::files() const
{
    std::vector<ExternalFile> files;
    for (const auto& [location, opened] : m_files)
        files.push_back({ location, opened.map->bytes() });
    return files;
}

} // namespace core
