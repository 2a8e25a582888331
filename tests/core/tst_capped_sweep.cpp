// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/child/child_sweep.h"
#include "core/record/event_json.h"
#include "tests/support/child_sweeps.h"
#include "tests/support/sentence.h"

#include <QTemporaryDir>
#include <QTest>

using namespace std::chrono_literals;
using core::CellStatus;
using core::InstructionSet;
using support::eventsOfAChild;
using support::FakeEngine;
using support::linesOf;
using support::twoCells;
using support::within;

namespace {

/// `machine` with children that `sweep` stands in for.
core::Machine childrenBy(core::Machine machine, const core::ChildSweep& sweep)
{
    machine.child = [sweep] { return sweep; };
    return machine;
}

} // namespace

class TstCappedSweep : public QObject {
    Q_OBJECT

    /// A machine whose children are shells that run `script`; "$0" is a file with `lines`.
    core::Machine machine(const std::string& script, const std::string& lines) const
    {
        const std::string path = m_folder.filePath("lines").toStdString();
        QFile file(QString::fromStdString(path));
        if (!file.open(QIODevice::WriteOnly) || file.write(lines.data(), qint64(lines.size())) < 0)
            qFatal("cannot write the lines of a child");
        file.close();
        core::Machine machine = support::machine();
        return childrenBy(std::move(machine),
            [=](const core::ChildNeeds&, const core::SweepSpec& spec, std::stop_token stop,
                const core::EventSink& take) {
                core::sweepInChild(
                    { .arguments = { "/bin/sh", "-c", script, path }, .environment = {}, .grace = 1s }, spec,
                    std::move(stop), take);
            });
    }

    QTemporaryDir m_folder;

private slots:
    void eventsBecomeThisRuns()
    {
        FakeEngine cpu;
        const auto result = support::sweep(
            twoCells(), { &cpu }, machine("cat \"$0\"", linesOf(eventsOfAChild(InstructionSet::Avx2))));
        const core::Cell& capped = result.run.cells[0];
        QVERIFY2(capped.status == CellStatus::Ok, capped.reason.c_str());
        QVERIFY(capped.samples.size() >= 30);
        QCOMPARE(capped.summary.median->count(), result.run.cells[1].summary.median->count());
        QCOMPARE(capped.finished->library, "scripted times, AVX2");
        QCOMPARE(result.run.cells[1].finished->library, "scripted times");
        QCOMPARE(cpu.compiled().size(), std::size_t { 1 }); // the other one ran elsewhere
        int starts = 0;
        for (const core::SweepEvent& event : result.events)
            starts += std::holds_alternative<core::RunStarted>(event)
                || std::holds_alternative<core::RunFinished>(event);
        QCOMPARE(starts, 2); // this run's own
    }

    void timesAreThisRuns()
    {
        FakeEngine cpu;
        core::SweepSpec spec = twoCells();
        std::swap(spec.engines[0].tunings[0], spec.engines[0].tunings[1]);
        const auto result = support::sweep(
            spec, { &cpu }, machine("cat \"$0\"", linesOf(eventsOfAChild(InstructionSet::Avx2))));
        const core::TimedSample& last = result.run.cells[0].samples.back();
        QVERIFY(result.run.cells[1].samples.front().at >= last.at + last.latency);
        const core::TimedSample& end = result.run.cells[1].samples.back();
        QVERIFY(result.run.cells[1].finished->at >= end.at + end.latency);
        QCOMPARE(result.run.cells[1].finished->cell, 1);
    }

    void specOfTheChild()
    {
        FakeEngine cpu;
        core::SweepSpec spec = twoCells();
        spec.batches = { 1, 2 };
        spec.requests = { 1, 3 };
        spec.seed = 9;
        std::vector<core::SweepSpec> asked;
        const core::Machine fake = childrenBy(support::machine(),
            [&](const core::ChildNeeds& needs, const core::SweepSpec& part, std::stop_token,
                const core::EventSink&) {
                QVERIFY(needs.isa == InstructionSet::Avx2);
                QCOMPARE(needs.silence.count(), 0);
                asked.push_back(part);
            });
        support::sweep(spec, { &cpu }, fake);
        QCOMPARE(asked.size(), std::size_t { 4 });
        QVERIFY(core::cells(asked[3])
            == (std::vector<core::CellKey> {
                { "cpu", core::Precision::Model, 1, 2, 3, within(InstructionSet::Avx2) } }));
        QCOMPARE(asked[3].seed, 9U);
        QCOMPARE(
            core::specToJson(core::specFromJson(core::specToJson(asked[3]))), core::specToJson(asked[3]));
    }

    void failures_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("reason");
        const QString head = "Cannot measure in a child process: ";
        QTest::newRow("exit") << "echo 'Cannot go on: out of luck.' >&2; exit 3"
                              << head
                + "it ended with exit status 3; its last words: \"Cannot go on: out of luck.\".";
        QTest::newRow("signal") << "kill -SEGV $$"
                                << head + "it was ended by signal 11 (Segmentation fault).";
        QTest::newRow("after its result") << "cat \"$0\"; exit 1" << head + "it ended with exit status 1.";
        QTest::newRow("nothing") << "true" << head + "it ended without a result.";
        QTest::newRow("no end") << "head -n 5 \"$0\"" << head + "it ended without a result.";
        QTest::newRow("garbage") << "echo hello"
                                 << "Cannot read event: it is not JSON, or it is cut off.";
        QTest::newRow("cut off") << "head -c 100 \"$0\""
                                 << "Cannot read event: it is not JSON, or it is cut off.";
        QTest::newRow("no start")
            << "tail -n 3 \"$0\""
            << "Cannot take an event of a child process: it is not of the cell that was asked for.";
        QTest::newRow("another cell")
            << "head -n 1 \"$0\"; echo '{\"event\":\"cell-started\",\"cell\":1,\"at_ns\":0}'"
            << "Cannot take an event of a child process: it is not of the cell that was asked for.";
    }

    void failures()
    {
        QFETCH(QString, script);
        QFETCH(QString, reason);
        FakeEngine cpu;
        const core::Run run = support::sweep(twoCells(), { &cpu },
            machine(script.toStdString(), linesOf(eventsOfAChild(InstructionSet::Avx2))))
                                  .run;
        QVERIFY(run.cells[0].status == CellStatus::Failed);
        QCOMPARE(QString::fromStdString(run.cells[0].reason), reason);
        QVERIFY(!run.cells[0].finished);
        QVERIFY2(run.cells[1].status == CellStatus::Ok, "the sweep goes on");
    }

    void samplesBeforeAFailureStay()
    {
        FakeEngine cpu;
        const core::Run run = support::sweep(twoCells(), { &cpu },
            machine("grep -v finished \"$0\"; kill -KILL $$", linesOf(eventsOfAChild(InstructionSet::Avx2))))
                                  .run;
        QVERIFY(run.cells[0].status == CellStatus::Failed);
        QCOMPARE(
            run.cells[0].reason, "Cannot measure in a child process: it was ended by signal 9 (Killed).");
        QVERIFY(run.cells[0].samples.size() >= 30);
        QVERIFY(run.cells[0].summary.median);
    }

    void anotherRunsEvents()
    {
        FakeEngine cpu;
        const core::Run run = support::sweep(
            twoCells(), { &cpu }, machine("cat \"$0\"", linesOf(eventsOfAChild(InstructionSet::Avx2, 4))))
                                  .run;
        QCOMPARE(run.cells[0].reason,
            "Cannot take an event of a child process: it is not of the cell that was asked for.");
    }

    void aLimitThatDoesNotHold()
    {
        FakeEngine cpu;
        const core::Run run = support::sweep(
            twoCells(), { &cpu }, machine("cat \"$0\"", linesOf(eventsOfAChild(InstructionSet::Vnni))))
                                  .run;
        QCOMPARE(run.cells[0].reason,
            "Cannot measure in a child process: its kernels do not stay within avx2, but use scripted times, "
            "AVX2.");
        QVERIFY(run.cells[0].status == CellStatus::Failed);
    }

    void aFailureOfTheCellIsPassedOn()
    {
        core::DeviceInfo info = FakeEngine::cpu();
        info.limit = InstructionSet::Avx2;
        FakeEngine poor({ .outOfMemory = { { 2, "Cannot compile batch 2: out of memory." } } }, info), cpu;
        core::SweepSpec spec = twoCells();
        spec.engines[0].tunings = { within(InstructionSet::Avx2) };
        const std::string lines = linesOf(support::sweep(spec, { &poor }).events);
        const core::Run run = support::sweep(twoCells(), { &cpu }, machine("cat \"$0\"", lines)).run;
        QVERIFY(run.cells[0].status == CellStatus::OutOfMemory);
        QCOMPARE(run.cells[0].reason, "Cannot compile batch 2: out of memory.");
    }

    void stopReachesTheChild()
    {
        FakeEngine cpu;
        std::stop_source stop;
        const core::Machine on = machine(
            "grep -v finished \"$0\"; exec sleep 60", linesOf(eventsOfAChild(InstructionSet::Avx2)));
        core::Run run;
        core::runSweep(
            twoCells(), support::tinyModel(), std::vector<core::Engine*> { &cpu }, stop.get_token(),
            [&](const core::SweepEvent& event) {
                run.apply(event);
                if (std::holds_alternative<core::SamplesTaken>(event))
                    stop.request_stop();
            },
            on);
        QVERIFY(run.cells[0].status == CellStatus::Cancelled);
        QCOMPARE(run.cells[0].reason,
            "Cannot measure in a child process: it was ended by signal 15 (Terminated).");
        QVERIFY(!run.cells[0].samples.empty());
        QVERIFY(run.cells[1].status == CellStatus::Cancelled);
        QVERIFY(run.finished && run.finished->stoppedByUser);
    }

    void aDeafChildIsKilled()
    {
        std::stop_source stop;
        const char* deaf = "trap '' TERM; echo '{\"event\":\"cell-started\",\"cell\":0,\"at_ns\":0}'; "
                           "while :; do sleep 0.01; done";
        QCOMPARE(support::sentenceOf([&] {
            core::sweepInChild({ .arguments = { "/bin/sh", "-c", deaf }, .environment = {}, .grace = 500ms },
                twoCells(), stop.get_token(), [&](const core::SweepEvent&) { stop.request_stop(); });
        }),
            "Cannot measure in a child process: it did not end within 0.5 s and was killed.");
    }

    void noProgram()
    {
        FakeEngine cpu;
        const core::Machine on = childrenBy(support::machine(),
            [](const core::ChildNeeds&, const core::SweepSpec& spec, std::stop_token stop,
                const core::EventSink& take) {
                core::sweepInChild({ .arguments = { "/nowhere/breakeven-cli", "worker" }, .environment = {} },
                    spec, std::move(stop), take);
            });
        const core::Run run = support::sweep(twoCells(), { &cpu }, on).run;
        QCOMPARE(run.cells[0].reason,
            "Cannot start a child process: /nowhere/breakeven-cli: no such file or directory.");
        QVERIFY(run.cells[1].status == CellStatus::Ok);
    }

    /// Cells of a device whose errors stay with a process have one of their own, and stay here where there is
    /// none.
    void devicesWithPatience()
    {
        core::DeviceInfo info = FakeEngine::cpu();
        info.patience = 7s;
        FakeEngine cpu({}, info);
        core::SweepSpec spec = support::spec();
        spec.batches = { 2 };
        std::vector<core::ChildNeeds> asked;
        core::Machine fake = childrenBy(support::machine(),
            [&](const core::ChildNeeds& needs, const core::SweepSpec&, std::stop_token,
                const core::EventSink&) {
                asked.push_back(needs);
                throw core::Error("Cannot measure in a child process: this is a test.");
            });
        const core::Run run = support::sweep(spec, { &cpu }, fake).run;
        QCOMPARE(asked.size(), std::size_t { 1 });
        QVERIFY(asked[0].isa == InstructionSet::All && asked[0].silence == 7s);
        QCOMPARE(run.cells[0].reason, "Cannot measure in a child process: this is a test.");
        fake.child = {};
        QVERIFY(support::sweep(spec, { &cpu }, fake).run.cells[0].status == CellStatus::Ok);
    }

    void aChildThatSaysNothing()
    {
        const QString sentence = QString::fromStdString(support::sentenceOf([] {
            core::sweepInChild({ .arguments = { "/bin/sh", "-c", "echo loading >&2; sleep 30" },
                                   .environment = {},
                                   .grace = 1s,
                                   .silence = 300ms },
                support::spec(), {}, [](const core::SweepEvent&) {});
        }));
        QCOMPARE(sentence,
            QString("Cannot measure in a child process: it said nothing for 0.3 s and was killed; its last "
                    "words: \"loading\"."));
    }

    void noChildrenAtAll()
    {
        FakeEngine cpu;
        const core::Run run = support::sweep(twoCells(), { &cpu }).run;
        QVERIFY(run.cells[0].status == CellStatus::Failed);
        QCOMPARE(
            run.cells[0].reason, "Cannot limit kernels to avx2: this program starts no child processes.");
    }

    void moreThanTheMachineHas()
    {
        FakeEngine cpu;
        core::SweepSpec spec = twoCells();
        spec.engines[0].tunings = { within(InstructionSet::Amx) };
        const core::Run run = support::sweep(spec, { &cpu }).run;
        QVERIFY(run.cells[0].status == CellStatus::Refused);
        QCOMPARE(
            run.cells[0].reason, "Cannot limit kernels to amx: Fake CPU, 4 cores has no more than avx2.");
    }

    void theLimitOfThisProcessNeedsNoOther()
    {
        core::DeviceInfo info = FakeEngine::cpu();
        info.limit = InstructionSet::Avx2;
        FakeEngine cpu({}, info);
        const core::Run run = support::sweep(twoCells(), { &cpu }).run;
        QVERIFY(run.cells[0].status == CellStatus::Ok);
        QVERIFY(cpu.compiled()[0].tuning == within(InstructionSet::Avx2));
    }
};

QTEST_GUILESS_MAIN(TstCappedSweep)
#include "tst_capped_sweep.moc"
