// SPDX-License-Identifier: GPL-3.0-or-later
// The run library, and what becomes of it when programs are killed, disks are full and files are damaged.
#include "core/record/json_fields.h"
#include "core/record/run_file.h"
#include "core/record/sqlite.h"
#include "core/record/stored_run.h"
#include "tests/support/runs.h"
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
using support::sentenceOf;

namespace {

/// One cell more of a long run, its samples told by its index.
constexpr int kLongRun = 2000;

Run longRun()
{
    core::RunStarted start = support::exampleStart();
    start.cells.assign(kLongRun, start.cells.front());
    Run run;
    run.apply(start);
    return run;
}

void finishCell(Run& run, int index)
{
    run.apply(core::SamplesTaken { index,
        support::exampleSamples(
            static_cast<std::size_t>(index % 50 + 1), std::chrono::milliseconds(index + 1)) });
    core::CellFinished finished { .cell = index };
    finished.peakResidentBytes = finished.powerMeanWatts = finished.energyPerInferenceJoules
        = finished.outputMaxAbsDiff = finished.othersPercent = core::Figure::missing("not read");
    run.apply(finished);
}

std::string fieldsOf(const core::Cell& cell)
{
    return fmt::format("{} {} {}", core::cellStatusName(cell.status), cell.samples.size(),
        cell.samples.empty() ? 0 : cell.samples.back().latency.count());
}

/// Adds cells to a run until it is killed; a line to `acknowledge` for each that is kept.
[[noreturn]] void keepCells(const std::string& path, int acknowledge)
{
    try {
        RunStore store(path);
        Run run = longRun();
        const std::string id = store.begin(run.header);
        const auto say
            = [&](const std::string& line) { return ::write(acknowledge, line.data(), line.size()); };
        say(id + "\n");
        for (int cell = 0; cell < kLongRun; ++cell) {
            finishCell(run, cell);
            store.keep(id, run, std::vector { cell }, 0);
            say("x");
        }
    } catch (const core::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
    ::_exit(1);
}

struct Killed {
    std::string id;
    int acknowledged = 0;
};

/// Starts one that keeps cells and kills it so many microseconds later.
Killed killedAfter(const std::string& path, unsigned microseconds)
{
    int ends[2];
    if (::pipe(ends) != 0)
        return {};
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        keepCells(path, ends[1]);
    }
    ::close(ends[1]);
    ::usleep(microseconds);
    ::kill(child, SIGKILL);
    std::string heard;
    char bytes[4096];
    for (ssize_t count = 0; (count = ::read(ends[0], bytes, sizeof bytes)) > 0;)
        heard.append(bytes, static_cast<std::size_t>(count));
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    const auto end = heard.find('\n');
    if (end == heard.npos)
        return {};
    return { heard.substr(0, end), static_cast<int>(heard.size() - end - 1) };
}

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

class TstRunStore : public QObject {
    Q_OBJECT

private slots:
    void roundTripIsIdentical();
    void keptAsItHappens();
    void cutOffRun();
    void manyReadings();
    void filters();
    void namesAndTags();
    void deletedAndBack();
    void prefixes();
    void stamps();
    void killed();
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

void TstRunStore::roundTripIsIdentical()
{
    const Run run = support::exampleRun();
    RunStore store(path());
    const std::string id = store.import(run);
    QCOMPARE(core::toJson(store.read(id)), core::toJson(run));
    QCOMPARE(core::toJson(RunStore(path(), RunStore::Access::Read).read(id)), core::toJson(run));
}

void TstRunStore::keptAsItHappens()
{
    RunStore store(path());
    Run run;
    core::StoredRun stored(store, run, [](const std::string& sentence) { QFAIL(sentence.c_str()); });
    int ended = 0;
    for (const core::SweepEvent& event : support::exampleEvents()) {
        run.apply(event);
        stored(event);
        ended += std::holds_alternative<core::CellFinished>(event)
            || std::holds_alternative<core::CellFailed>(event);
        QCOMPARE(store.list().runs.at(0).kept, ended);
    }
    QVERIFY(stored.complete());
    QCOMPARE(core::toJson(store.read(stored.id())), core::toJson(support::exampleRun()));
    QCOMPARE(store.list().runs[0].finishedAt, "2026-03-01T12:00:07+01:00");
}

void TstRunStore::cutOffRun()
{
    RunStore store(path());
    Run run = longRun();
    const std::string id = store.begin(run.header);
    finishCell(run, 3);
    store.keep(id, run, std::vector { 3 }, 0);
    QCOMPARE(core::toJson(store.read(id)), core::toJson(run));
    QVERIFY(store.list().runs[0].finishedAt.empty());
}

void TstRunStore::manyReadings()
{
    Run run = support::exampleRun();
    run.readings.resize(120'000, run.readings[1]);
    RunStore store(path());
    QCOMPARE(core::toJson(store.read(store.import(run))), core::toJson(run));
}

void TstRunStore::filters()
{
    RunStore store(path());
    Run run = support::exampleRun();
    const std::string first = store.import(run);
    run.header.model.name = "resnet50";
    run.header.model.sha256 = std::string(64, 'b');
    run.header.environment.host = "server";
    run.header.startedAt = "2026-04-01T00:00:00Z";
    const std::string second = store.import(run);
    store.tag(second, "Nightly");
    const auto found = [&](const core::RunFilter& filter) {
        std::string ids;
        for (const RunEntry& entry : store.list(filter).runs)
            ids += entry.id == first ? "1" : "2";
        return ids;
    };
    QCOMPARE(found({}), "21"); // newest first
    QCOMPARE(found({ .model = "ResNet" }), "2");
    QCOMPARE(found({ .model = "aaaa" }), "1");
    QCOMPARE(found({ .model = "tiny-cnn" }), "21"); // the source
    QCOMPARE(found({ .machine = "STATION" }), "1");
    QCOMPARE(found({ .machine = "example cpu" }), "21");
    QCOMPARE(found({ .tag = "nightly" }), "2");
    QCOMPARE(found({ .tag = "night" }), "");
    QCOMPARE(found({ .from = core::timeOfStamp("2026-03-01T12:00:00+01:00") }), "21");
    QCOMPARE(found({ .from = core::timeOfStamp("2026-03-01T11:00:01Z") }), "2");
    QCOMPARE(found({ .to = core::timeOfStamp("2026-04-01T00:00:00Z") }), "1");
    store.remove(first);
    QCOMPARE(found({}), "2");
    QCOMPARE(found({ .deleted = true }), "1");
}

void TstRunStore::namesAndTags()
{
    RunStore store(path());
    const std::string id = store.import(support::exampleRun());
    store.rename(id, "vor dem Umbau ä");
    store.tag(id, "b");
    store.tag(id, "a");
    store.tag(id, "b");
    const RunEntry entry = store.find(id);
    QCOMPARE(entry.name, "vor dem Umbau ä");
    QCOMPARE(entry.tags, (std::vector<std::string> { "a", "b" }));
    store.untag(id, "a");
    QCOMPARE(store.find(id).tags, (std::vector<std::string> { "b" }));
    const std::string place = path();
    QCOMPARE(sentenceOf([&] { store.untag(id, "c"); }),
        "Cannot untag run: " + place + ": the run has no tag \"c\".");
    QCOMPARE(sentenceOf([&] { store.rename(id, ""); }),
        "Cannot rename run: " + place + ": a name has 1 to 200 bytes.");
    QCOMPARE(sentenceOf([&] { store.tag(id, "a\nb"); }),
        "Cannot tag run: " + place + ": a tag is plain text in one line.");
    QCOMPARE(
        sentenceOf([&] { store.rename("0", "x"); }), "Cannot rename run: " + place + ": there is no run 0.");
}

void TstRunStore::deletedAndBack()
{
    RunStore store(path());
    const Run run = support::exampleRun();
    const std::string kept = store.import(run), removed = store.import(run);
    store.remove(removed);
    store.restore(removed);
    QCOMPARE(core::toJson(store.read(removed)), core::toJson(run));
    store.remove(removed);
    QCOMPARE(store.purge(), 1);
    QCOMPARE(store.purge(), 0);
    QVERIFY(!sentenceOf([&] { store.read(removed); }).empty());
    QCOMPARE(core::toJson(store.read(kept)), core::toJson(run));
    QCOMPARE(core::toJson(store.read(store.import(run))), core::toJson(run));
    QCOMPARE(store.list().damage, "");
}

void TstRunStore::prefixes()
{
    RunStore store(path());
    const std::string id = store.import(support::exampleRun());
    QCOMPARE(store.find(id.substr(0, 4)).id, id);
    QCOMPARE(store.find(id).shortId, id.substr(0, 8));
    QCOMPARE(
        sentenceOf([&] { store.find("zz"); }), "Cannot find run: " + path() + ": no id begins with \"zz\".");
    QVERIFY(!sentenceOf([&] { store.find(""); }).empty());
    for (int k = 0; k < 16; ++k) // seventeen ids have sixteen first letters at most
        store.import(support::exampleRun());
    int several = 0;
    for (const char* digit :
        { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f" })
        several += sentenceOf([&] { store.find(digit); }).find("more than one id") != std::string::npos;
    QVERIFY(several > 0);
    QCOMPARE(core::shortIds({ "aaaaaaaaaa1", "aaaaaaaaaa2", "b" }),
        (std::vector<std::string> { "aaaaaaaaaa1", "aaaaaaaaaa2", "b" }));
}

void TstRunStore::stamps()
{
    QVERIFY(core::timeOfStamp("1970-01-01T01:00:10+01:00")->time_since_epoch() == std::chrono::seconds(10));
    QVERIFY(core::timeOfStamp("1969-12-31T23:00:10-01:00")->time_since_epoch() == std::chrono::seconds(10));
    for (const char* bad : { "", "2026", "2026-02-30T00:00:00Z", "2026-03-01T00:00:00",
             "2026-03-01T00:00:00+1", "2026-03-01T00:00:00Zx", "-026-03-01T00:00:00Z" })
        QVERIFY2(!core::timeOfStamp(bad), bad);
}

/// 200 kills at any instant, from before the file is there: what was acknowledged is there, all of it whole.
void TstRunStore::killed()
{
    std::mt19937 random(7);
    Run expected = longRun();
    int finished = 0, acknowledged = 0;
    const int kills = support::kSanitized ? 20 : 200;
    for (int kill = 0; kill < kills; ++kill) {
        const std::string file = path(qPrintable(QString("%1.sqlite").arg(kill / 20)));
        const Killed killed = killedAfter(file, random() % 80'000);
        if (killed.id.empty())
            continue;
        const RunStore store(file);
        const Run run = store.read(killed.id);
        acknowledged += killed.acknowledged;
        for (; finished < killed.acknowledged; ++finished)
            finishCell(expected, finished);
        for (int cell = 0; cell < killed.acknowledged; ++cell)
            QCOMPARE(fieldsOf(run.cells[static_cast<std::size_t>(cell)]),
                fieldsOf(expected.cells[static_cast<std::size_t>(cell)]));
        QCOMPARE(store.list().damage, "");
        core::sqlite::Database database(file, core::sqlite::Access::Read, 0);
        auto rows = database.query("PRAGMA integrity_check");
        QVERIFY(rows.step());
        QCOMPARE(std::string(rows.text(0)), "ok");
    }
    QVERIFY2(acknowledged > kills, qPrintable(QString::number(acknowledged)));
}

void TstRunStore::refusesFiles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text")
        << QByteArray("this is no database, and long enough to have been one").repeated(100);
    QTest::newRow("zeroes") << QByteArray(100'000, '\0');
    QTest::newRow("header") << QByteArray("SQLite format 3\0", 16);
    QTest::newRow("header and ones") << QByteArray("SQLite format 3\0", 16) + QByteArray(8176, '\xff');
}

void TstRunStore::refusesFiles()
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

void TstRunStore::newerVersion()
{
    RunStore(path()).import(support::exampleRun());
    core::sqlite::Database(path(), core::sqlite::Access::Write, 0).run("PRAGMA user_version=2");
    QCOMPARE(sentenceOf([&] { RunStore store(path()); }),
        "Cannot open run library: " + path()
            + ": it has version 2, this program knows version 1; a newer Breakeven wrote it.");
}

void TstRunStore::foreignTables()
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

void TstRunStore::locked()
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
void TstRunStore::readOnly()
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
void TstRunStore::diskFull()
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
void TstRunStore::goesOnWithout()
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
void TstRunStore::bitFlips()
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

void TstRunStore::truncated()
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

QTEST_GUILESS_MAIN(TstRunStore)
#include "tst_run_store.moc"
