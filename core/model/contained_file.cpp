// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/contained_file.h"

#include "core/error.h"
#include "core/model/limits.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <string_view>
#include <vector>

namespace core {
namespace {

/// O_NONBLOCK: opening a FIFO must not wait for a writer, nor a terminal become ours.
constexpr int kReadFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
constexpr int kFolderFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::vector<std::string> partsOf(const std::string& location)
{
    if (location.empty())
        throw Error("has no name.");
    if (location.size() >= limits::kPathBytes)
        throw Error("has a name of {} bytes, expected less than {}.", location.size(), limits::kPathBytes);
    if (location.find('\0') != std::string::npos)
        throw Error("has a zero byte in its name.");
    if (location.front() == '/')
        throw Error("has an absolute path, expected one inside the model's folder.");
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= location.size();) {
        const std::size_t end = std::min(location.find('/', begin), location.size());
        std::string part = location.substr(begin, end - begin);
        if (part == "..")
            throw Error("has \"..\" in its path, expected a path inside the model's folder.");
        if (!part.empty() && part != ".")
            parts.push_back(std::move(part));
        begin = end + 1;
    }
    if (parts.empty())
        throw Error("is a folder, expected a plain file.");
    return parts;
}

/// What stands where a plain file was expected; empty for a plain file.
std::string_view otherKind(mode_t mode)
{
    switch (mode & static_cast<mode_t>(S_IFMT)) {
    case S_IFREG:
        return {};
    case S_IFDIR:
        return "folder";
    case S_IFIFO:
        return "FIFO";
    case S_IFSOCK:
        return "socket";
    case S_IFCHR:
    case S_IFBLK:
        return "device";
    default:
        return "special file";
    }
}

/// Throws for a part of the path that could not be opened.
[[noreturn]] void failAt(const FileHandle& folder, const std::string& part, bool last)
{
    const int code = errno;
    struct stat facts { };
    const bool there = fstatat(folder.get(), part.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0;
    if (there && S_ISLNK(facts.st_mode) && last)
        throw Error("is a symbolic link, which may lead out of the model's folder.");
    if (there && S_ISLNK(facts.st_mode))
        throw Error("lies behind the symbolic link \"{}\", which may lead out of the model's folder.", part);
    if (const std::string_view kind = otherKind(facts.st_mode); there && last && !kind.empty())
        throw Error("is a {}, expected a plain file.", kind);
    throw Error("cannot be opened: {}.", systemReason(code));
}

/// Component by component: none of them may be a link, so none can lead out of the folder.
FileHandle walk(FileHandle folder, const std::vector<std::string>& parts)
{
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        FileHandle next(openat(folder.get(), parts[i].c_str(), kFolderFlags));
        if (!next.valid())
            failAt(folder, parts[i], false);
        folder = std::move(next);
    }
    FileHandle file(openat(folder.get(), parts.back().c_str(), kReadFlags));
    if (!file.valid())
        failAt(folder, parts.back(), true);
    return file;
}

/// Not valid when the kernel refuses the path, or has no such call.
FileHandle openBeneath(const FileHandle& folder, const std::string& path)
{
    open_how how {};
    how.flags = static_cast<decltype(how.flags)>(kReadFlags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return FileHandle(static_cast<int>(syscall(SYS_openat2, folder.get(), path.c_str(), &how, sizeof how)));
}

void requirePlain(const FileHandle& file)
{
    struct stat facts { };
    if (fstat(file.get(), &facts) != 0)
        throw Error("cannot be opened: {}.", systemReason());
    if (const std::string_view kind = otherKind(facts.st_mode); !kind.empty())
        throw Error("is a {}, expected a plain file.", kind);
    if (facts.st_nlink > 1)
        throw Error("has {} hard links, so it may be a file from outside the model's folder.",
            static_cast<unsigned long>(facts.st_nlink));
}

std::string joined(const std::vector<std::string>& parts)
{
    std::string path;
    for (const std::string& part : parts)
        path += path.empty() ? part : "/" + part;
    return path;
}

} // namespace

std::string containedPath(const std::string& location)
{
    return joined(partsOf(location));
}

FileHandle openContained(
    const std::filesystem::path& folder, const std::string& location, ContainedLookup lookup)
{
    const std::vector<std::string> parts = partsOf(location);
    // The folder itself is the user's own word: it may be a link.
    FileHandle root(open(folder.empty() ? "." : folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.valid())
        throw Error("cannot be opened: {}.", systemReason());
    FileHandle file(-1);
    if (lookup == ContainedLookup::Best)
        file = openBeneath(root, joined(parts));
    // The walk keeps the same rules, and knows which part broke them.
    if (!file.valid())
        file = walk(std::move(root), parts);
    requirePlain(file);
    return file;
}

} // namespace core
