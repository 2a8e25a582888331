// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/runs.h"

#include <QTest>

using namespace std::chrono_literals;
using core::CellStatus;

class TstRun : public QObject {
    Q_OBJECT

private slots:
    void foldsARun();
    void startMakesWaitingCells();
    void statusOfAFinishedCell_data();
    void statusOfAFinishedCell();
    void failureKeepsSamples();
    void foreignCellsAreIgnored();
    void anotherStartBeginsAnew();
    void summaryFollowsTheSamples();
    void throughput();
    void statusNames();
};

void TstRun::foldsARun()
{
    const core::Run run = support::exampleRun();
    QCOMPARE(run.cells.size(), std::size_t { 4 });
    QVERIFY(run.cells[0].status == CellStatus::Ok);
    QCOMPARE(run.cells[0].samples.size(), std::size_t { 100 });
    QVERIFY(run.cells[1].status == CellStatus::Disturbed);
    QCOMPARE(run.cells[1].reason, "Others took 3.8 % of the time.");
    QVERIFY(run.cells[2].status == CellStatus::Refused);
    QVERIFY(run.cells[3].status == CellStatus::OutOfMemory);
    QCOMPARE(run.readings.size(), std::size_t { 2 });
    QVERIFY(run.finished.has_value());
    QCOMPARE(run.cells[1].summary.samples, std::size_t { 460 });
    QVERIFY(run.cells[1].summary.p99.has_value());
}

void TstRun::startMakesWaitingCells()
{
    core::Run run;
    run.apply(support::exampleStart());
    QCOMPARE(run.cells.size(), std::size_t { 4 });
    for (const core::Cell& cell : run.cells)
        QVERIFY(cell.status == CellStatus::Waiting);
    run.apply(core::CellStarted { 1, 1s });
    QVERIFY(run.cells[1].status == CellStatus::Running);
    run.apply(core::CellProgress { 1, core::CellPhase::Measuring, 3s });
    QVERIFY(run.cells[1].phase == core::CellPhase::Measuring);
}

void TstRun::statusOfAFinishedCell_data()
{
    QTest::addColumn<int>("stoppedBy");
    QTest::addColumn<double>("disturbed");
    QTest::addColumn<QString>("status");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, core::StoppedBy why, double disturbed, const char* status,
                         const char* reason) {
        QTest::newRow(name) << static_cast<int>(why) << disturbed << status << reason;
    };
    // 101 samples of 1.000 to 1.006 ms: ranks 41 and 61 of them are 1.002002 and 1.004004 ms, the
    // median 1.003003.
    row("converged", core::StoppedBy::Converged, 0, "ok", "");
    row("just not disturbed", core::StoppedBy::Converged, 2.0, "ok", "");
    row("disturbed", core::StoppedBy::Converged, 2.1, "disturbed", "Others took 2.1 % of the time.");
    row("time limit", core::StoppedBy::TimeLimit, 0, "unstable",
        "The median is known to within 0.1 %; the rule asks for 1 %.");
    row("time limit, disturbed", core::StoppedBy::TimeLimit, 9.5, "unstable",
        "The median is known to within 0.1 %; the rule asks for 1 %. Others took 9.5 % of the time.");
    row("few", core::StoppedBy::TooFewSamples, 0, "unstable",
        "Only 101 samples fit into 30 s; the rule asks for 64.");
    row("user", core::StoppedBy::User, 0, "cancelled", "Stopped by the user after 101 samples.");
}

void TstRun::statusOfAFinishedCell()
{
    QFETCH(int, stoppedBy);
    QFETCH(double, disturbed);
    core::Run run;
    run.apply(support::exampleStart());
    run.apply(core::SamplesTaken { 0, support::exampleSamples(101, 1ms) });
    core::CellFinished finished { .cell = 0, .stoppedBy = static_cast<core::StoppedBy>(stoppedBy) };
    finished.disturbedPercent = disturbed;
    run.apply(finished);
    QTEST(QString::fromUtf8(core::cellStatusName(run.cells[0].status).data()), "status");
    QTEST(QString::fromStdString(run.cells[0].reason), "reason");
}

void TstRun::failureKeepsSamples()
{
    core::Run run;
    run.apply(support::exampleStart());
    run.apply(core::SamplesTaken { 0, support::exampleSamples(10, 1ms) });
    run.apply(core::CellFailed { 0, 1s, core::CellFailure::Error, "Cannot run: the device is gone." });
    QVERIFY(run.cells[0].status == CellStatus::Failed);
    QCOMPARE(run.cells[0].reason, "Cannot run: the device is gone.");
    QCOMPARE(run.cells[0].summary.samples, std::size_t { 10 });
}

void TstRun::foreignCellsAreIgnored()
{
    core::Run run;
    run.apply(support::exampleStart());
    for (const int cell : { -1, 4, 1'000'000 }) {
        run.apply(core::CellStarted { cell, 1s });
        run.apply(core::CellProgress { cell, core::CellPhase::Measuring, 1s });
        run.apply(core::SamplesTaken { cell, support::exampleSamples(3, 1ms) });
        run.apply(core::CellFinished { .cell = cell });
        run.apply(core::CellFailed { cell, 1s, core::CellFailure::Error, "no" });
    }
    for (const core::Cell& cell : run.cells)
        QVERIFY(cell.status == CellStatus::Waiting && cell.samples.empty());
}

void TstRun::anotherStartBeginsAnew()
{
    core::Run run = support::exampleRun();
    run.apply(support::exampleStart());
    QVERIFY(!run.finished);
    QVERIFY(run.readings.empty());
    QVERIFY(run.cells[0].samples.empty());
}

void TstRun::summaryFollowsTheSamples()
{
    core::Run run;
    run.apply(support::exampleStart());
    for (int k = 0; k < 100; ++k) {
        run.apply(core::SamplesTaken { 0, support::exampleSamples(7, 1ms) });
        const core::Cell& cell = run.cells[0];
        QVERIFY(
            static_cast<double>(cell.summary.samples) >= 0.95 * static_cast<double>(cell.samples.size()) - 1);
    }
    run.apply(core::CellFinished { .cell = 0 });
    QCOMPARE(run.cells[0].summary.samples, std::size_t { 700 });
}

void TstRun::throughput()
{
    core::Cell cell { .key = { .batch = 8 } };
    QVERIFY(!cell.throughput());
    cell.summary.median = 4ms;
    QCOMPARE(*cell.throughput(), 2000.0);
}

void TstRun::statusNames()
{
    for (int status = 0; status <= static_cast<int>(CellStatus::Cancelled); ++status) {
        const auto name = core::cellStatusName(static_cast<CellStatus>(status));
        QVERIFY(core::cellStatusFromName(name) == static_cast<CellStatus>(status));
    }
    QVERIFY(core::cellStatusName(CellStatus::OutOfMemory) == "out-of-memory");
    QVERIFY(!core::cellStatusFromName("fine"));
}

QTEST_GUILESS_MAIN(TstRun)
#include "tst_run.moc"
