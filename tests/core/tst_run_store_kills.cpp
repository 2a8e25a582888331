// SPDX-License-Identifier: GPL-3.0-or-later
// What the run library holds after programs that write to it were killed.
#include "core/error.h"
#include "core/record/sqlite.h"
#include "core/record/stored_run.h"
#include "tests/support/long_run.h"
#include "tests/support/sanitized.h"

#include <sys/wait.h>
#include <unistd.h>

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

namespace {

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

} // namespace

class TstRunStoreKills : public QObject {
    Q_OBJECT

private slots:
    void killed();

private:
    std::string path(const char* name = "runs.sqlite") const
    {
        return (m_folder->path() + "/" + name).toStdString();
    }
    std::unique_ptr<QTemporaryDir> m_folder;
private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
};

/// 200 kills at any instant, from before the file is there: what was acknowledged is there, all of it whole.
void TstRunStoreKills::killed()
{
    std::mt19937 random(7);
    Run expected = longRun();
    int finished = 0, acknowledged = 0;
    const int kills = support::kSanitized ? 20 : 200;
    unsigned longest = support::kSanitized ? 800'000 : 80'000; // microseconds: a store has to have opened
    // On a busy machine few get so far: then there are more, which live longer.
    for (int kill = 0; kill < kills || (acknowledged <= kills && kill < 5 * kills); ++kill) {
        if (kill > 0 && kill % kills == 0)
            longest *= 3;
        const std::string file = path(qPrintable(QString("%1.sqlite").arg(kill / 20)));
        const Killed killed = killedAfter(file, random() % longest);
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

QTEST_GUILESS_MAIN(TstRunStoreKills)
#include "tst_run_store_kills.moc"
