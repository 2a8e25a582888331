// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

/// Large results on disk that are dear to compute and cheap to read: one file a key, written once and never
/// changed in place, so that a reader is safe from writers and writers are from each other. Whatever is in
/// the folder is checked before it is believed.
namespace core {

/// What the folder may hold altogether where nobody says otherwise.
inline constexpr std::size_t kBlobCacheLimit = std::size_t { 4 } << 30;

class BlobCache {
public:
    struct Entry {
        std::string key;
        std::string note; // for people: what it is
        std::size_t bytes = 0; // of the file
        std::chrono::file_clock::time_point used {}; // last read or written
    };
    enum class Found { Nothing, Blob, Damaged };

    /// Nothing is made or looked at before it is asked for. An empty folder holds nothing and keeps nothing.
    explicit BlobCache(std::filesystem::path folder, std::size_t limit = kBlobCacheLimit);

    /// Reads the blob of `key` into `to`, every chunk against its checksum, in parallel on forRange(). Blob:
    /// `to` holds it. Damaged: it was another size, cut off or changed; the file is gone now, `to` undefined.
    Found read(const std::string& key, std::span<std::byte> to) const;

    /// Writes it and removes the files that were not used for longest until all fit. Throws Error with one
    /// sentence when it cannot; the folder is then as it was.
    void write(const std::string& key, const std::string& note, std::span<const std::byte> blob) const;

    /// What is there, used last first; files of other kinds or versions are not listed.
    std::vector<Entry> entries() const;
    /// Removes all entries and what writers that died left behind; returns the bytes that were freed.
    std::size_t clear() const;

    const std::filesystem::path& folder() const { return m_folder; }
    std::size_t limit() const { return m_limit; }

private:
    std::filesystem::path pathOf(const std::string& key) const;
    void makeRoom(std::size_t bytes) const;

    std::filesystem::path m_folder;
    std::size_t m_limit;
};

/// BREAKEVEN_CACHE_LIMIT in bytes, kBlobCacheLimit where it is unset; throws Error where it is no number.
std::size_t blobCacheLimit();

} // namespace core
