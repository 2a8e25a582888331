// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/contained_file.h"
#include "tests/support/sentence.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <QTemporaryDir>
#include <QTest>
#include <cstddef>
#include <fstream>

using core::ContainedLookup;

Q_DECLARE_METATYPE(core::ContainedLookup)

namespace {

std::string contentsOf(const core::FileHandle& file)
{
    std::string bytes(64, '\0');
    const ssize_t count = read(file.get(), bytes.data(), bytes.size());
    bytes.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return bytes;
}

/// From here on system call `call` fails with `code` in this process when its argument 2 has all of `flags`.
bool forbid(long call, unsigned flags, int code)
{
    sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, flags),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, flags, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(code)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program { std::size(rules), rules };
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

constexpr int kNoFilters = 77;

/// The exit code of a child process that does `work` after a call was forbidden.
template <typename Work> int inSandbox(long call, unsigned flags, int code, Work work)
{
    const pid_t child = fork();
    if (child == 0)
        _exit(forbid(call, flags, code) ? work() : kNoFilters);
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

/// A file that a hostile model names is opened inside the model's folder or not at all, with openat2() and
/// without.
class TstContainedFile : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_root = std::filesystem::path(m_dir.path().toStdString());
        const auto folder = m_root / "model";
        std::filesystem::create_directories(folder / "sub/deep");
        for (const char* name : { "model/w.bin", "model/sub/deep/w.bin", "secret", "linked" })
            std::ofstream(m_root / name) << name;
        std::filesystem::create_symlink("../secret", folder / "link");
        std::filesystem::create_symlink("w.bin", folder / "inner-link");
        std::filesystem::create_symlink("..", folder / "out");
        std::filesystem::create_symlink("sub", folder / "inner-folder");
        std::filesystem::create_symlink("nowhere", folder / "dangling");
        std::filesystem::create_hard_link(m_root / "linked", folder / "hard");
        QCOMPARE(mkfifo((folder / "fifo").c_str(), 0600), 0);
        // A path of any length fits into an address when it is relative.
        const core::FileHandle plug(socket(AF_UNIX, SOCK_STREAM, 0));
        sockaddr_un address { .sun_family = AF_UNIX, .sun_path = "model/socket" };
        const auto before = std::filesystem::current_path();
        std::filesystem::current_path(m_root);
        QCOMPARE(bind(plug.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        std::filesystem::current_path(before);
    }

    void opens_data()
    {
        QTest::addColumn<ContainedLookup>("lookup");
        QTest::addColumn<QString>("location");
        QTest::addColumn<QString>("contents");
        for (const auto lookup : { ContainedLookup::Best, ContainedLookup::Walk }) {
            const char* way = lookup == ContainedLookup::Best ? "openat2" : "walk";
            QTest::addRow("%s, beside", way) << lookup << "w.bin"
                                             << "model/w.bin";
            QTest::addRow("%s, below", way) << lookup << "sub/deep/w.bin"
                                            << "model/sub/deep/w.bin";
            QTest::addRow("%s, dots", way) << lookup << "./sub/.//deep/./w.bin"
                                           << "model/sub/deep/w.bin";
        }
    }

    void opens()
    {
        QFETCH(ContainedLookup, lookup);
        QFETCH(QString, location);
        QFETCH(QString, contents);
        const auto file = core::openContained(m_root / "model", location.toStdString(), lookup);
        QCOMPARE(contentsOf(file), contents.toStdString());
    }

    void refuses_data()
    {
        QTest::addColumn<ContainedLookup>("lookup");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QByteArray>("location");
        QTest::addColumn<QString>("sentence");
        for (const auto lookup : { ContainedLookup::Best, ContainedLookup::Walk }) {
            const char* way = lookup == ContainedLookup::Best ? "openat2" : "walk";
            const auto row = [&](const char* name, const QByteArray& location, const char* sentence) {
                QTest::addRow("%s, %s", way, name) << lookup << "model" << location << sentence;
            };
            pathRows(row);
            linkRows(row);
            row("FIFO", "fifo", "is a FIFO, expected a plain file.");
            row("socket", "socket", "is a socket, expected a plain file.");
            row("folder", "sub", "is a folder, expected a plain file.");
            row("missing", "none.bin", "cannot be opened: no such file or directory.");
            row("file as a folder", "w.bin/x", "cannot be opened: not a directory.");
            QTest::addRow("%s, device", way)
                << lookup << "/dev" << QByteArray("null") << "is a device, expected a plain file.";
            QTest::addRow("%s, no folder", way)
                << lookup << "none" << QByteArray("w.bin") << "cannot be opened: no such file or directory.";
        }
    }

    void refuses()
    {
        QFETCH(ContainedLookup, lookup);
        QFETCH(QString, folder);
        QFETCH(QByteArray, location);
        QFETCH(QString, sentence);
        const auto open
            = [&] { core::openContained(m_root / folder.toStdString(), location.toStdString(), lookup); };
        QCOMPARE(QString::fromStdString(support::sentenceOf(open)), sentence);
    }

    void walksWhereTheCallIsMissing_data()
    {
        QTest::addColumn<int>("code");
        QTest::newRow("old kernel") << ENOSYS;
        QTest::newRow("sandbox") << EPERM;
    }

    void walksWhereTheCallIsMissing()
    {
        QFETCH(int, code);
        const int result = inSandbox(SYS_openat2, 0, code, [this] {
            const bool opened = contentsOf(core::openContained(m_root / "model", "sub/deep/w.bin"))
                                    .starts_with("model/sub");
            const bool refused
                = !support::sentenceOf([&] { core::openContained(m_root / "model", "out/secret"); }).empty();
            return opened && refused ? 0 : 1;
        });
        if (result == kNoFilters)
            QSKIP("This kernel has no seccomp filters.");
        QCOMPARE(result, 0);
    }

    /// The walk cannot stand in here: its openat() is forbidden.
    void asksTheKernelFirst()
    {
        if (syscall(SYS_openat2, -1, nullptr, nullptr, 0) < 0 && errno == ENOSYS)
            QSKIP("This kernel has no openat2.");
        const int result = inSandbox(SYS_openat, O_NOFOLLOW, EACCES, [this] {
            const bool opened = contentsOf(core::openContained(m_root / "model", "sub/deep/w.bin"))
                                    .starts_with("model/sub");
            const bool refused
                = !support::sentenceOf([&] { core::openContained(m_root / "model", "inner-link"); }).empty();
            return opened && refused ? 0 : 1;
        });
        if (result == kNoFilters)
            QSKIP("This kernel has no seccomp filters.");
        QCOMPARE(result, 0);
    }

    void onePathForOneFile() { QCOMPARE(core::containedPath("./a//b/./c.bin"), std::string("a/b/c.bin")); }

private:
    template <typename Row> static void pathRows(Row row)
    {
        row("empty", "", "has no name.");
        row("dots alone", "./.", "is a folder, expected a plain file.");
        row("absolute", "/etc/passwd", "has an absolute path, expected one inside the model's folder.");
        row("parent", "../secret", "has \"..\" in its path, expected a path inside the model's folder.");
        row("inner parent", "sub/../w.bin",
            "has \"..\" in its path, expected a path inside the model's folder.");
        row("last parent", "sub/..", "has \"..\" in its path, expected a path inside the model's folder.");
        row("zero byte", QByteArray("w.bin\0x", 7), "has a zero byte in its name.");
        row("long", QByteArray(5000, 'a'), "has a name of 5000 bytes, expected less than 4096.");
        row("long part", QByteArray(300, 'a'), "cannot be opened: file name too long.");
    }

    template <typename Row> static void linkRows(Row row)
    {
        row("link out", "link", "is a symbolic link, which may lead out of the model's folder.");
        row("link inside", "inner-link", "is a symbolic link, which may lead out of the model's folder.");
        row("dangling", "dangling", "is a symbolic link, which may lead out of the model's folder.");
        row("folder out", "out/secret",
            "lies behind the symbolic link \"out\", which may lead out of the model's folder.");
        row("folder inside", "inner-folder/deep/w.bin",
            "lies behind the symbolic link \"inner-folder\", which may lead out of the model's folder.");
        row("hard link", "hard", "has 2 hard links, so it may be a file from outside the model's folder.");
    }

    QTemporaryDir m_dir;
    std::filesystem::path m_root;
};

QTEST_GUILESS_MAIN(TstContainedFile)
#include "tst_contained_file.moc"
