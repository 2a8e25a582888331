// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of the run library when disks are full and files are damaged.
#include "core/record/json_fields.h"
#include "core/record/run_file.h"
#include "core/record/sqlite.h"
#include "core/record/stored_run.h"
#include "tests/support/long_run.h"
#include "tests/support/sanitized.h"
#include "tests/support/sentence.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <random>

using core::Run;
using core::RunEntry;
using core::RunStore;
using support::finishCell;
using support::kLongRun;
using support::longRun;
using support::sentenceOf;

namespace {

/// What `action` says in a process of its own, with limits that this one could not take back.
std::string inChild(const std::function<std::string()>& action)
{
    int ends[2];
    if (::pipe(ends) != 0)
        return "no pipe";
    const pid_t child = ::fork();
    if (child == 0) {
        const std::string said = action();
        const auto written = ::write(ends[1], said.data(), said.size());
        ::_exit(written < 0);
    }
    ::close(ends[1]);
    std::string heard;
    char bytes[4096];
    for (ssize_t count = 0; (count = ::read(ends[0], bytes, sizeof bytes)) > 0;)
        heard.append(bytes, static_cast<std::size_t>(count));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? heard : "crashed";
}

} // namespace

class TstRunStoreFailures : public QObject {
    Q_OBJECT

private slots:
    void refusesFiles_data();
    void refusesFiles();
    void newerVersion();
    void foreignTables();
    void locked();
    void readOnly();
    void diskFull();
    void goesOnWithout();
    void bitFlips();
    void truncated();

private:
    std::string path(const char* name = "runs.sqlite") const
    {
        return (m_folder->path() + "/" + name).toStdString();
    }
    std::unique_ptr<QTemporaryDir> m_folder;
private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
};

void TstRunStoreFailures::refusesFiles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text")
        << QByteArray("this is no database, and long enough to have been one").repeated(100);
    QTest::newRow("zeroes") << QByteArray(100'000, '\0');
    QTest::newRow("header") << QByteArray("SQLite format 3\0", 16);
    QTest::newRow("header and ones") << QByteArray("SQLite format 3\0", 16) + QByteArray(8176, '\xff');
}

void TstRunStoreFailures::refusesFiles()
{
    QFETCH(QByteArray, bytes);
    QFile file(QString::fromStdString(path()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
    file.close();
    const std::string said = sentenceOf([&] { RunStore store(path()); });
    QVERIFY2(said.starts_with("Cannot open run library: " + path() + ": "), said.c_str());
    QVERIFY(QFile(file.fileName()).size() == bytes.size()); // it is somebody's
    QCOMPARE(sentenceOf([&] { RunStore store(m_folder->path().toStdString()); }),
        "Cannot open run library: " + m_folder->path().toStdString() + ": it is no plain file.");
    QCOMPARE(sentenceOf([&] { RunStore store(path("none"), RunStore::Access::Read); }),
        "Cannot open run library: " + path("none") + ": no such file.");
    QVERIFY(sentenceOf([&] {
        RunStore store("/proc/nowhere/runs.sqlite");
    }).ends_with(": no such file or directory."));
}

void TstRunStoreFailures::newerVersion()
{
    RunStore(path()).import(support::exampleRun());
    core::sqlite::Database(path(), core::sqlite::Access::Write, 0).run("PRAGMA user_version=2");
    QCOMPARE(sentenceOf([&] { RunStore store(path()); }),
        "Cannot open run library: " + path()
            + ": it has version 2, this program knows version 1; a newer Breakeven wrote it.");
}

void TstRunStoreFailures::foreignTables()
{
    core::sqlite::Database(path("other"), core::sqlite::Access::Write, 0).run("CREATE TABLE other (x)");
    QVERIFY(sentenceOf([&] {
        RunStore store(path("other"));
    }).ends_with("it is another program's file, or damaged."));
    RunStore(path()).import(support::exampleRun());
    core::sqlite::Database(path(), core::sqlite::Access::Write, 0)
        .run("CREATE TRIGGER t AFTER INSERT ON cells BEGIN DELETE FROM runs; END");
    QVERIFY(
        sentenceOf([&] { RunStore store(path()); }).ends_with("its tables are damaged, or not Breakeven's."));
}

void TstRunStoreFailures::locked()
{
    RunStore store(path());
    const std::string id = store.begin(support::exampleStart());
    core::sqlite::Database other(path(), core::sqlite::Access::Write, 0);
    {
        core::sqlite::Transaction held(other);
        QCOMPARE(sentenceOf([&] { store.rename(id, "x"); }),
            "Cannot rename run: " + path() + ": another program holds it locked.");
        QCOMPARE(store.list().runs.size(), std::size_t { 1 }); // who reads is not held up
    }
    store.rename(id, "x");
}

/// As a user who may not write: root may anywhere.
void TstRunStoreFailures::readOnly()
{
    const std::string json = core::toJson(support::exampleRun());
    RunStore(path()).import(support::exampleRun());
    QCOMPARE(::chmod(path().c_str(), 0444), 0);
    QCOMPARE(::chmod(m_folder->path().toUtf8(), 0555), 0);
    const auto asNobody = [](const std::function<void()>& action) {
        return inChild([&] {
            if (::getuid() == 0 && ::setuid(65534) != 0)
                return std::string("no other user");
            return sentenceOf(action);
        });
    };
    const std::string said = asNobody([&] {
        RunStore store(path());
        store.begin(support::exampleStart());
    });
    const std::string fresh = asNobody([&] { RunStore store(path("fresh")); });
    const std::string read = asNobody([&] {
        const RunStore store(path(), RunStore::Access::Read);
        throw core::Error(core::toJson(store.read(store.list().runs.at(0).id)) == json ? "same" : "other");
    });
    QCOMPARE(::chmod(m_folder->path().toUtf8(), 0700), 0);
    QVERIFY2(said.starts_with("Cannot ") && said.ends_with("."), said.c_str());
    QCOMPARE(fresh, "Cannot open run library: " + path("fresh") + ": permission denied.");
    QCOMPARE(read, "same");
}

/// No file of this process may grow beyond 2 MB: a full disk that needs no mounting. What was acknowledged
/// before stays, and the run goes on.
void TstRunStoreFailures::diskFull()
{
    const std::string said = inChild([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit { 2 << 20, 2 << 20 };
        ::setrlimit(RLIMIT_FSIZE, &limit);
        RunStore store(path());
        Run run = longRun();
        std::vector<std::string> sentences;
        core::StoredRun stored(
            store, run, [&](const std::string& sentence) { sentences.push_back(sentence); });
        stored(run.header);
        int kept = 0;
        for (int cell = 0; cell < 300; ++cell) {
            run.apply(
                core::SamplesTaken { cell, support::exampleSamples(5000, std::chrono::milliseconds(1)) });
            finishCell(run, cell);
            stored(*run.cells[static_cast<std::size_t>(cell)].finished);
            kept = stored.complete() ? cell + 1 : kept;
        }
        stored(core::RunFinished {});
        return fmt::format("{} {} {}", kept, sentences.size(), sentences.empty() ? "" : sentences[0]);
    });
    const QStringList words = QString::fromStdString(said).split(' ');
    const int kept = words[0].toInt();
    QVERIFY2(kept > 0 && kept < 300, said.c_str());
    QCOMPARE(words[1], "1");
    QVERIFY2(said.find(" Cannot keep run: " + path()) != std::string::npos, said.c_str());
    const RunStore store(path());
    const auto entry = store.list().runs.at(0);
    const Run run = store.read(entry.id);
    for (int cell = 0; cell < kept; ++cell)
        QVERIFY(run.cells[static_cast<std::size_t>(cell)].samples.size() > 5000);
}

/// A lock that outlasts the wait: one sentence, and the end of the run brings everything after all.
void TstRunStoreFailures::goesOnWithout()
{
    RunStore store(path());
    Run run;
    int sentences = 0;
    core::StoredRun stored(store, run, [&](const std::string&) { ++sentences; });
    auto other = std::make_unique<core::sqlite::Database>(path(), core::sqlite::Access::Write, 0);
    auto held = std::make_unique<core::sqlite::Transaction>(*other);
    for (const core::SweepEvent& event : support::exampleEvents()) {
        if (std::holds_alternative<core::RunFinished>(event))
            held.reset();
        run.apply(event);
        stored(event);
    }
    QCOMPARE(sentences, 1);
    QVERIFY(stored.complete());
    QCOMPARE(core::toJson(store.read(stored.id())), core::toJson(run));
}

/// Either all is right, or somebody says that it is not.
void TstRunStoreFailures::bitFlips()
{
    const std::string json = core::toJson(support::exampleRun());
    {
        RunStore store(path());
        for (int k = 0; k < 3; ++k)
            store.import(support::exampleRun());
    }
    QFile file(QString::fromStdString(path()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray whole = file.readAll();
    std::mt19937 random(11);
    int right = 0, said = 0;
    for (int flip = 0; flip < (support::kSanitized ? 200 : 1000); ++flip) {
        QByteArray bytes = whole;
        // A third of them where SQLite's own structures are.
        const auto place = flip % 3 ? random() % static_cast<unsigned>(bytes.size())
                                    : random() % 4 * 4096 + random() % 120;
        bytes[static_cast<qsizetype>(place)]
            = static_cast<char>(bytes[static_cast<qsizetype>(place)] ^ (1 << random() % 8));
        QDir(m_folder->path() + "/flipped").removeRecursively();
        QDir(m_folder->path()).mkdir("flipped");
        QFile out(m_folder->path() + "/flipped/runs.sqlite");
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(bytes);
        out.close();
        const std::string sentence = sentenceOf([&] {
            RunStore store(path("flipped/runs.sqlite"));
            const core::RunList list = store.list();
            if (!list.damage.empty())
                throw core::Error(list.damage);
            if (list.runs.size() != 3)
                throw core::Error("lost a run without a word");
            for (const RunEntry& entry : list.runs)
                if (core::toJson(store.read(entry.id)) != json)
                    throw core::Error("another run without a word");
            if (flip % 10 == 0)
                store.import(support::exampleRun());
        });
        QVERIFY2(sentence.empty() || sentence.starts_with("Cannot "), sentence.c_str());
        ++(sentence.empty() ? right : said);
    }
    QVERIFY2(said > 0 && right > 0, qPrintable(QString("%1 right, %2 said").arg(right).arg(said)));
}

void TstRunStoreFailures::truncated()
{
    const std::string json = core::toJson(support::exampleRun());
    {
        RunStore store(path());
        store.import(support::exampleRun());
    }
    const auto size = QFile(QString::fromStdString(path())).size();
    for (qint64 length = 1; length < size; length += 97 + size / 60) {
        QFile::remove(QString::fromStdString(path("cut")));
        QVERIFY(QFile::copy(QString::fromStdString(path()), QString::fromStdString(path("cut"))));
        QVERIFY(QFile::resize(QString::fromStdString(path("cut")), length));
        const std::string sentence = sentenceOf([&] {
            RunStore store(path("cut"));
            const core::RunList list = store.list();
            if (!list.damage.empty())
                throw core::Error(list.damage);
            for (const RunEntry& entry : list.runs)
                if (core::toJson(store.read(entry.id)) != json)
                    throw core::Error("another run without a word");
        });
        // Behind the last row there may be nothing that is missed.
        QVERIFY2(
            sentence.starts_with("Cannot ") || (sentence.empty() && length > size - 4096), sentence.c_str());
    }
}

QTEST_GUILESS_MAIN(TstRunStoreFailures)
#include "tst_run_store_failures.moc"
