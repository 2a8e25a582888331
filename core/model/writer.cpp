// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/writer.h"

#include "core/error.h"
#include "core/model/file_handle.h"
#include "core/model/onnx_pieces.h"

#include <fcntl.h>

#include <cstdio>

namespace core {
namespace {

/// A file that is complete or not there: written under another name beside `path`, renamed by commit().
class PendingFile {
public:
    explicit PendingFile(const std::filesystem::path& path)
        : m_path(path)
        , m_pending(path.string() + ".part" + std::to_string(getpid()))
        , m_file(open(m_pending.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666))
    {
        if (!m_file.valid())
            fail();
    }

    ~PendingFile()
    {
        if (!m_committed)
            unlink(m_pending.c_str());
    }

    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;

    void write(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const ssize_t written = ::write(m_file.get(), bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR)
                continue;
            if (written < 0)
                fail();
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    void commit()
    {
        if (!m_file.close())
            fail();
        if (rename(m_pending.c_str(), m_path.c_str()) != 0)
            fail();
        m_committed = true;
    }

private:
    [[noreturn]] void fail() const
    {
        throw Error("Cannot write model: {}: {}.", m_path.string(), systemReason());
    }

    std::filesystem::path m_path;
    std::string m_pending;
    FileHandle m_file;
    bool m_committed = false;
};

} // namespace

std::string toOnnx(const Graph& graph, int opset)
{
    const OnnxPieces file(graph, opset);
    std::string bytes;
    bytes.reserve(file.bytes());
    for (const std::string_view piece : file.pieces())
        bytes += piece;
    return bytes;
}

void writeOnnx(const Graph& graph, const std::filesystem::path& path, int opset)
{
    const OnnxPieces pieces(graph, opset);
    PendingFile file(path);
    for (const std::string_view piece : pieces.pieces())
        file.write(piece);
    file.commit();
}

} // namespace core
