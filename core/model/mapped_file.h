// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

class FileHandle;

/// Read-only bytes that the kernel pages in when they are touched, and may drop again: a file on disk, or one
/// that exists in memory only. May be shared by threads.
class MappedFile {
public:
    /// Throws Error: `Cannot read model: /x/y.onnx: no such file or directory.`, empty, a directory.
    static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);

    /// Maps an open file, which need not stay open. `name` is for sentences; throws as open() does.
    static std::shared_ptr<const MappedFile> of(const FileHandle& file, const std::string& name);

    /// A nameless file with these contents. It is a shared mapping like the other kind, so that whoever is
    /// done with a range may give its pages back (MADV_DONTNEED) without losing them.
    static std::shared_ptr<const MappedFile> inMemory(const std::vector<std::string_view>& pieces);

    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const std::byte> bytes() const { return { m_data, m_size }; }

private:
    MappedFile(const std::byte* data, std::size_t size)
        : m_data(data)
        , m_size(size)
    {
    }

    const std::byte* m_data;
    std::size_t m_size;
};

} // namespace core
