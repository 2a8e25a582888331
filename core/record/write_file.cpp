// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/record/run_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace core {

namespace {

namespace fs = std::filesystem;

/// A file descriptor, closed at the end of its life.
class File {
public:
    explicit File(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    ~File()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    int get() const { return m_descriptor; }
    bool close() { return ::close(std::exchange(m_descriptor, -1)) == 0; }

private:
    int m_descriptor;
};

[[noreturn]] void fail(const char* what, const fs::path& path, const std::string& why)
{
    throw Error("Cannot write {}: {}: {}.", what, path.string(), why);
}

fs::path folderOf(const fs::path& path)
{
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void checkTarget(const fs::path& path, const char* what)
{
    std::error_code error;
    if (!fs::is_directory(folderOf(path), error))
        fail(what, path, "no such folder");
    if (fs::is_directory(path, error))
        fail(what, path, "is a folder");
}

bool writeAll(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

/// The mode a plain open() would give a new file, which mkstemp() does not.
mode_t usualMode()
{
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/// A device or a pipe (/dev/stdout): nothing to rename onto.
bool isSpecial(const fs::path& path)
{
    std::error_code error;
    const auto status = fs::status(path, error);
    return fs::exists(status) && !fs::is_regular_file(status);
}

void writeThrough(const fs::path& path, std::string_view bytes, const char* what)
{
    File file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0 || !writeAll(file.get(), bytes))
        fail(what, path, reasonOf(errno));
}

} // namespace

std::string reasonOf(int error)
{
    std::string text = std::strerror(error);
    if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])))
        text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    return text;
}

void checkWritable(const fs::path& path, const char* what)
{
    checkTarget(path, what);
    std::error_code error;
    if (fs::exists(path, error) && ::access(path.c_str(), W_OK) != 0)
        fail(what, path, reasonOf(errno));
    if (isSpecial(path))
        return;
    // Rights alone do not tell: a folder of /proc or a full disk may look writable.
    std::string probe = path.string() + ".XXXXXX";
    const File file(::mkstemp(probe.data()));
    if (file.get() < 0)
        fail(what, path, reasonOf(errno));
    ::unlink(probe.c_str());
}

void writeFile(const fs::path& path, std::string_view bytes, const char* what)
{
    checkTarget(path, what);
    if (isSpecial(path))
        return writeThrough(path, bytes, what);
    std::string temporary = path.string() + ".XXXXXX";
    File file(::mkstemp(temporary.data()));
    if (file.get() < 0)
        fail(what, path, reasonOf(errno));
    const bool written = writeAll(file.get(), bytes) && ::fchmod(file.get(), usualMode()) == 0 && file.close()
        && ::rename(temporary.c_str(), path.c_str()) == 0;
    if (!written) {
        const int why = errno;
        ::unlink(temporary.c_str());
        fail(what, path, reasonOf(why));
    }
}

} // namespace core
