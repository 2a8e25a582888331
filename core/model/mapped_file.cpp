// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/mapped_file.h"

#include "core/error.h"
#include "core/model/file_handle.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace core {
namespace {

const std::byte* map(const FileHandle& file, std::size_t size, const std::string& what)
{
    void* address = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
    if (address == MAP_FAILED)
        throw Error("Cannot read model: {}: {}.", what, systemReason());
    return static_cast<const std::byte*>(address);
}

void writeAll(const FileHandle& file, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = write(file.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            throw OutOfMemory("Cannot make model: no memory for its file: {}.", systemReason());
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

} // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path)
{
    const std::string name = path.string();
    return of(FileHandle(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), name);
}

std::shared_ptr<const MappedFile> MappedFile::of(const FileHandle& file, const std::string& name)
{
    struct stat facts { };
    if (!file.valid() || fstat(file.get(), &facts) != 0)
        throw Error("Cannot read model: {}: {}.", name, systemReason());
    if (S_ISDIR(facts.st_mode))
        throw Error("Cannot read model: {} is a directory.", name);
    if (!S_ISREG(facts.st_mode))
        throw Error("Cannot read model: {} is not a regular file.", name);
    if (facts.st_size == 0)
        throw Error("Cannot read model: {} is empty.", name);
    const auto size = static_cast<std::size_t>(facts.st_size);
    return std::shared_ptr<const MappedFile>(new MappedFile(map(file, size, name), size));
}

std::shared_ptr<const MappedFile> MappedFile::inMemory(const std::vector<std::string_view>& pieces)
{
    const FileHandle file(memfd_create("breakeven-model", MFD_CLOEXEC));
    if (!file.valid())
        throw Error("Cannot make model: {}.", systemReason());
    std::size_t size = 0;
    for (const std::string_view piece : pieces) {
        writeAll(file, piece);
        size += piece.size();
    }
    return std::shared_ptr<const MappedFile>(new MappedFile(map(file, size, "the model in memory"), size));
}

MappedFile::~MappedFile()
{
    munmap(const_cast<std::byte*>(m_data), m_size);
}

} // namespace core
