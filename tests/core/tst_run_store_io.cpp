// SPDX-License-Identifier: GPL-3.0-or-later
// The run library on a disk that fails: each write, sync, read and truncation that it makes in its life, one
// after the other, once.
#include "core/error.h"
#include "core/record/run_file.h"
#include "core/record/sqlite.h"
#include "core/record/stored_run.h"
#include "tests/support/long_run.h"
#include "tests/support/runs.h"

#include <sqlite3.h>

#include <QTemporaryDir>
#include <QTest>
#include <map>

using core::Run;
using core::RunStore;

namespace {

enum class Call { Write, Sync, Read, Truncate, Count };

/// SQLite's own way to the disk, with the call number `failing` of one kind reporting an error in its place.
struct Disk {
    static inline Call kind = Call::Count;
    static inline int failing = -1, calls = 0; // of that kind
    static inline bool failed = false;

    static void fail(Call which, int number)
    {
        kind = which;
        failing = number;
        calls = 0;
        failed = false;
    }
    static void heal() { fail(Call::Count, -1); }

    static bool fails(Call which)
    {
        const bool now = which == kind && calls++ == failing;
        failed = failed || now;
        return now;
    }

    /// The methods of SQLite's own files, by those that this disk gives them.
    static inline std::map<const sqlite3_io_methods*, std::unique_ptr<sqlite3_io_methods>> patched;
    static inline std::map<const sqlite3_io_methods*, const sqlite3_io_methods*> original;
    static inline sqlite3_vfs own;
    static inline decltype(sqlite3_vfs::xOpen) open = nullptr;

    static const sqlite3_io_methods& plain(sqlite3_file* file) { return *original.at(file->pMethods); }

    static int opened(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out)
    {
        const int code = open(vfs, name, file, flags, out);
        if (code != SQLITE_OK || !file->pMethods)
            return code;
        auto& methods = patched[file->pMethods];
        if (!methods) {
            methods = std::make_unique<sqlite3_io_methods>(*file->pMethods);
            original[methods.get()] = file->pMethods;
            methods->xWrite = [](sqlite3_file* f, const void* bytes, int count, sqlite3_int64 at) {
                return fails(Call::Write) ? SQLITE_IOERR_WRITE : plain(f).xWrite(f, bytes, count, at);
            };
            methods->xSync = [](sqlite3_file* f, int how) {
                return fails(Call::Sync) ? SQLITE_IOERR_FSYNC : plain(f).xSync(f, how);
            };
            methods->xRead = [](sqlite3_file* f, void* bytes, int count, sqlite3_int64 at) {
                return fails(Call::Read) ? SQLITE_IOERR_READ : plain(f).xRead(f, bytes, count, at);
            };
            methods->xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
                return fails(Call::Truncate) ? SQLITE_IOERR_TRUNCATE : plain(f).xTruncate(f, size);
            };
        }
        file->pMethods = methods.get();
        return code;
    }

    static void insert()
    {
        sqlite3_vfs* usual = sqlite3_vfs_find(nullptr);
        own = *usual;
        own.zName = "failing";
        open = own.xOpen;
        own.xOpen = opened;
        sqlite3_vfs_register(&own, 1);
    }
};

/// What a sweep does with the library; how many cells it was told are kept.
struct Life {
    std::string id;
    int acknowledged = 0;
    std::vector<std::string> sentences;
};

Life live(const std::string& path)
{
    constexpr int kCells = 6;
    Life life;
    try {
        RunStore store(path);
        Run run = support::longRun();
        core::StoredRun stored(
            store, run, [&](const std::string& sentence) { life.sentences.push_back(sentence); });
        stored(run.header);
        for (int cell = 0; cell < kCells; ++cell) {
            run.apply(core::SamplesTaken { cell, support::exampleSamples(50, std::chrono::milliseconds(1)) });
            support::finishCell(run, cell);
            stored(*run.cells[static_cast<std::size_t>(cell)].finished);
            if (stored.complete())
                life.acknowledged = cell + 1;
        }
        life.id = stored.id();
    } catch (const core::Error& error) {
        life.sentences.push_back(error.what());
    }
    return life;
}

} // namespace

class TstRunStoreIo : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Disk::insert(); }

    void everyCallFailsOnce_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("stride"); // odd, so that new and old libraries take turns
        QTest::newRow("write") << static_cast<int>(Call::Write) << 37;
        QTest::newRow("sync") << static_cast<int>(Call::Sync) << 3;
        QTest::newRow("read") << static_cast<int>(Call::Read) << 21;
        QTest::newRow("truncate") << static_cast<int>(Call::Truncate) << 1;
    }

    void everyCallFailsOnce()
    {
        QFETCH(int, kind);
        QFETCH(int, stride);
        constexpr int kMost = 2000;
        int provoked = 0, said = 0;
        // Each of them takes three minutes, most of it syncs: all of them when asked for.
        const int step = qEnvironmentVariableIsSet("BREAKEVEN_EVERY_CALL") ? 1 : stride;
        for (int number = 0; number < kMost; number += step) {
            const QTemporaryDir folder;
            const std::string path = folder.filePath("runs.sqlite").toStdString();
            if (number % 2 == 1)
                live(path); // a library that is there already
            Disk::fail(static_cast<Call>(kind), number / 2);
            const Life life = live(path);
            const bool failed = Disk::failed;
            Disk::heal();
            for (const std::string& sentence : life.sentences)
                QVERIFY2(sentence.starts_with("Cannot open run library: " + path + ": ")
                        || sentence.starts_with("Cannot keep run: " + path + ": "),
                    sentence.c_str());
            QVERIFY(life.sentences.size() <= 1);
            said += static_cast<int>(life.sentences.size());
            if (!failed && number % 2 == 1)
                break; // it has no further call of this kind
            provoked += failed;
            if (!life.id.empty() && life.acknowledged > 0) {
                const RunStore store(path);
                const Run run = store.read(life.id);
                for (int cell = 0; cell < life.acknowledged; ++cell)
                    QCOMPARE(run.cells[static_cast<std::size_t>(cell)].samples.size(),
                        static_cast<std::size_t>(51 + cell));
                QCOMPARE(store.list().damage, "");
            }
            // Healed, it takes runs again, and is whole.
            QVERIFY(live(path).sentences.empty());
            core::sqlite::Database database(path, core::sqlite::Access::Read, 0);
            auto rows = database.query("PRAGMA integrity_check");
            QVERIFY(rows.step());
            QCOMPARE(std::string(rows.text(0)), "ok");
        }
        qInfo("%d calls failed, %d sentences", provoked, said);
        if (static_cast<Call>(kind) != Call::Truncate) // which may come at times that nobody needs to hear of
            QVERIFY(provoked >= 2 && said >= 2);
    }
};

QTEST_GUILESS_MAIN(TstRunStoreIo)
#include "tst_run_store_io.moc"
