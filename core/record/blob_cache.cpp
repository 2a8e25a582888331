// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/blob_cache.h"

#include "core/error.h"
#include "core/model/file_handle.h"
#include "core/ops/for_range.h"

#include <fcntl.h>
#include <sys/stat.h>
#define XXH_INLINE_ALL // the library is small, and its header all of it
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <optional>

namespace core {

namespace {

namespace fs = std::filesystem;

constexpr char kMagic[8] = { 'B', 'r', 'k', 'e', 'v', 'n', 'B', '1' }; // the digit rises with the format
constexpr std::size_t kChunk = 1 << 20; // checked while it is still in a level 2 cache
constexpr std::size_t kPage = 4096;
constexpr const char *kPrefix = "blob-", *kWhat = "Cannot keep packed weights";

/// How a file begins. Checksums of the chunks follow, then zeros to the next page, then the chunks.
struct Header {
    char magic[8];
    std::uint64_t bytes; // of the blob
    std::uint64_t sums; // checksum of the checksums
    char key[64], note[160]; // ended by zeros
    std::uint64_t own; // checksum of all before it
};

std::size_t chunksOf(std::size_t bytes)
{
    return bytes / kChunk + (bytes % kChunk != 0);
}

std::size_t payloadAt(std::size_t bytes)
{
    const std::size_t end = sizeof(Header) + chunksOf(bytes) * sizeof(std::uint64_t);
    return (end + kPage - 1) / kPage * kPage;
}

std::span<const std::byte> chunk(std::span<const std::byte> blob, std::size_t index)
{
    return blob.subspan(index * kChunk, std::min(kChunk, blob.size() - index * kChunk));
}

std::uint64_t sumOf(const void* data, std::size_t bytes)
{
    return XXH3_64bits(data, bytes);
}

bool readAt(const FileHandle& file, void* to, std::size_t bytes, std::size_t at)
{
    auto* target = static_cast<char*>(to);
    while (bytes > 0) {
        const ssize_t count = ::pread(file.get(), target, bytes, static_cast<off_t>(at));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        target += count;
        at += static_cast<std::size_t>(count);
        bytes -= static_cast<std::size_t>(count);
    }
    return true;
}

bool writeAll(const FileHandle& file, const void* from, std::size_t bytes)
{
    const auto* source = static_cast<const char*>(from);
    while (bytes > 0) {
        const ssize_t count = ::write(file.get(), source, bytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        source += count;
        bytes -= static_cast<std::size_t>(count);
    }
    return true;
}

/// A plain file of ours; anything else is as good as none. Never blocks.
FileHandle opened(const fs::path& path)
{
    FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat facts { };
    if (file.valid() && (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)))
        file.close();
    return file;
}

std::optional<Header> headerOf(const FileHandle& file)
{
    Header header {};
    struct stat facts { };
    if (!readAt(file, &header, sizeof header, 0) || ::fstat(file.get(), &facts) != 0
        || std::memcmp(header.magic, kMagic, sizeof kMagic) != 0
        || header.own != sumOf(&header, offsetof(Header, own)))
        return {};
    // The file's own size bounds the blob's before anything is computed with it.
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    if (header.bytes > size || payloadAt(header.bytes) + header.bytes != size)
        return {};
    header.key[sizeof header.key - 1] = header.note[sizeof header.note - 1] = '\0';
    return header;
}

bool readBlob(const FileHandle& file, const std::string& key, std::span<std::byte> to)
{
    const auto header = headerOf(file);
    if (!header || header->key != key || header->bytes != to.size())
        return false;
    std::vector<std::uint64_t> sums(chunksOf(to.size()));
    const std::size_t sumBytes = sums.size() * sizeof(std::uint64_t);
    if (!readAt(file, sums.data(), sumBytes, sizeof(Header)) || sumOf(sums.data(), sumBytes) != header->sums)
        return false;
    std::atomic<bool> good = true;
    const std::size_t begin = payloadAt(to.size());
    ops::forEach(static_cast<std::int64_t>(sums.size()), kChunk, [&](std::int64_t index) {
        const auto at = static_cast<std::size_t>(index);
        const auto part = chunk(to, at);
        if (!readAt(file, to.data() + at * kChunk, part.size(), begin + at * kChunk)
            || sumOf(part.data(), part.size()) != sums[at])
            good = false;
    });
    return good;
}

void copyText(std::span<char> to, const std::string& text)
{
    std::memcpy(to.data(), text.data(), std::min(text.size(), to.size() - 1));
}

bool writeBlob(
    const FileHandle& file, const std::string& key, const std::string& note, std::span<const std::byte> blob)
{
    std::vector<std::uint64_t> sums(chunksOf(blob.size()));
    ops::forEach(static_cast<std::int64_t>(sums.size()), kChunk, [&](std::int64_t index) {
        const auto part = chunk(blob, static_cast<std::size_t>(index));
        sums[static_cast<std::size_t>(index)] = sumOf(part.data(), part.size());
    });
    std::vector<std::byte> front(payloadAt(blob.size()));
    Header header {};
    std::memcpy(header.magic, kMagic, sizeof kMagic);
    header.bytes = blob.size();
    header.sums = sumOf(sums.data(), sums.size() * sizeof(std::uint64_t));
    copyText(header.key, key);
    copyText(header.note, note);
    header.own = sumOf(&header, offsetof(Header, own));
    std::memcpy(front.data(), &header, sizeof header);
    if (!sums.empty())
        std::memcpy(front.data() + sizeof header, sums.data(), sums.size() * sizeof(std::uint64_t));
    return writeAll(file, front.data(), front.size()) && writeAll(file, blob.data(), blob.size());
}

/// Files of this cache: entries, and what writers that died left.
std::vector<fs::path> filesIn(const fs::path& folder)
{
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (at->path().filename().string().starts_with(kPrefix) && at->is_regular_file(error)
            && !at->is_symlink(error))
            found.push_back(at->path());
    return found;
}

} // namespace

BlobCache::BlobCache(fs::path folder, std::size_t limit)
    : m_folder(std::move(folder))
    , m_limit(limit)
{
}

fs::path BlobCache::pathOf(const std::string& key) const
{
    return m_folder / (kPrefix + key);
}

BlobCache::Found BlobCache::read(const std::string& key, std::span<std::byte> to) const
{
    if (m_folder.empty())
        return Found::Nothing;
    const FileHandle file = opened(pathOf(key));
    if (!file.valid())
        return Found::Nothing;
    if (!readBlob(file, key, to)) {
        ::unlink(pathOf(key).c_str());
        return Found::Damaged;
    }
    ::futimens(file.get(), nullptr); // used now; where that is forbidden it only goes sooner
    return Found::Blob;
}

void BlobCache::write(const std::string& key, const std::string& note, std::span<const std::byte> blob) const
{
    if (m_folder.empty())
        throw Error("{}: neither XDG_CACHE_HOME nor HOME names a folder.", kWhat);
    const std::size_t bytes = payloadAt(blob.size()) + blob.size();
    if (bytes > m_limit)
        throw Error("{}: {} bytes are more than the cache may hold, {}.", kWhat, bytes, m_limit);
    std::error_code error;
    fs::create_directories(m_folder, error);
    makeRoom(bytes);
    std::string temporary = pathOf(key).string() + ".XXXXXX";
    FileHandle file(::mkstemp(temporary.data())); // its mode is 0600: weights may be secret
    if (!file.valid())
        throw Error("{}: {}: {}.", kWhat, m_folder.string(), systemReason());
    // Not flushed to the disk: what a loss of power leaves of it has wrong checksums.
    if (!writeBlob(file, key, note, blob) || !file.close()
        || ::rename(temporary.c_str(), pathOf(key).c_str()) != 0) {
        const std::string why = systemReason();
        ::unlink(temporary.c_str());
        throw Error("{}: {}: {}.", kWhat, m_folder.string(), why);
    }
}

void BlobCache::makeRoom(std::size_t bytes) const
{
    struct File {
        fs::path path;
        std::size_t bytes;
        fs::file_time_type used;
    };
    std::vector<File> files;
    std::size_t sum = bytes;
    for (const fs::path& path : filesIn(m_folder)) {
        std::error_code error;
        const auto size = static_cast<std::size_t>(fs::file_size(path, error));
        const auto used = error ? fs::file_time_type::min() : fs::last_write_time(path, error);
        if (error) // another process was faster
            continue;
        files.push_back({ path, size, used });
        sum += size;
    }
    std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.used < b.used; });
    for (const File& file : files) {
        if (sum <= m_limit)
            return;
        ::unlink(file.path.c_str());
        sum -= file.bytes;
    }
}

std::vector<BlobCache::Entry> BlobCache::entries() const
{
    std::vector<Entry> found;
    for (const fs::path& path : filesIn(m_folder)) {
        const FileHandle file = opened(path);
        const auto header = file.valid() ? headerOf(file) : std::nullopt;
        std::error_code error;
        const auto used = fs::last_write_time(path, error);
        if (header && !error && path == pathOf(header->key))
            found.push_back({ header->key, header->note, payloadAt(header->bytes) + header->bytes, used });
    }
    std::sort(found.begin(), found.end(), [](const Entry& a, const Entry& b) { return a.used > b.used; });
    return found;
}

std::size_t BlobCache::clear() const
{
    std::size_t freed = 0;
    for (const fs::path& path : filesIn(m_folder)) {
        std::error_code error;
        const auto bytes = static_cast<std::size_t>(fs::file_size(path, error));
        if (fs::remove(path, error))
            freed += bytes;
    }
    return freed;
}

std::size_t blobCacheLimit()
{
    const char* text = std::getenv("BREAKEVEN_CACHE_LIMIT");
    if (!text)
        return kBlobCacheLimit;
    std::size_t limit = 0;
    const char* end = text + std::strlen(text);
    if (const auto [stop, error] = std::from_chars(text, end, limit); error != std::errc() || stop != end)
        throw Error(
            "Cannot limit the cache: BREAKEVEN_CACHE_LIMIT is \"{}\", expected a number of bytes.", text);
    return limit;
}

} // namespace core
