// SPDX-License-Identifier: GPL-3.0-or-later
// Cells that run in a process of their own, from end to end.
#include "core/measure/sweep_spec.h"
#include "core/record/event_json.h"
#include "core/record/run.h"
#include "tests/support/cli.h"
#include "tests/support/cli_files.h"

#include <QTest>

using core::CellStatus;

namespace {

core::Run runOf(const QString& lines)
{
    core::Run run;
    for (const QString& line : lines.split('\n', Qt::SkipEmptyParts))
        run.apply(core::eventFromJson(line.toStdString()));
    return run;
}

core::SweepSpec longSweep()
{
    core::SweepSpec spec { .model = "zoo:mlp", .engines = { { "cpu" } } };
    spec.rule.minTime = spec.rule.maxTime = std::chrono::seconds(200);
    return spec;
}

} // namespace

class TstCliTuning : public QObject {
    Q_OBJECT

private slots:
    void cappedCellRunsInAChild()
    {
        const auto result = support::cli({ "sweep", "zoo:tiny-cnn", "--batch", "2", "--threads", "1",
            "--tuning", "full,nofusion,plain,baseline,baseline+nofusion", "--seconds", "0.05", "--check",
            "--events" });
        QVERIFY2(result.status == 0, qPrintable(result.err));
        const core::Run run = runOf(result.out);
        QCOMPARE(run.cells.size(), std::size_t { 5 });
        for (const core::Cell& cell : run.cells) {
            QVERIFY2(cell.finished, cell.reason.c_str());
            QVERIFY(!cell.samples.empty());
            const core::Figure& difference = cell.finished->outputMaxAbsDiff;
            QVERIFY2(difference.value, difference.unknown.c_str());
            QVERIFY(*difference.value < 1e-4);
        }
        QCOMPARE(run.cells[0].finished->library, run.header.devices[0].library);
        for (const std::size_t capped : { 3, 4 }) {
            const std::string& library = run.cells[capped].finished->library;
            QVERIFY2(library.ends_with(", SSE4.1"), library.c_str());
            QVERIFY(run.cells[capped].finished->compile.count() > 0);
        }
        QVERIFY(run.cells[4].key.tuning == core::tuningFromName("baseline+nofusion"));
        QVERIFY(!run.finished->stoppedByUser);
    }

    void csvAndTableNameTheTuning()
    {
        const QStringList sweep { "sweep", "zoo:mlp", "--tuning", "nofusion", "--seconds", "0.05",
            "--threads", "1" };
        const QStringList rows = support::cli(sweep + QStringList { "--csv", "-" }).out.split('\n');
        QVERIFY(rows[0].contains(",requests,tuning,library,"));
        QVERIFY(rows[1].contains(",1,nofusion,\"oneDNN "));
        QVERIFY(support::cli(sweep).out.contains("cpu x1 nofusion"));
    }

    void sharesInputsOfFiles()
    {
        const support::CliFiles files; // two.npz: x [2, 4]
        const auto result
            = support::cli({ "sweep", files.path("relu.onnx"), "--inputs", files.path("two.npz"), "--tuning",
                "baseline", "--threads", "1", "--seconds", "0.05", "--check", "--events" });
        QVERIFY2(result.status == 0, qPrintable(result.err));
        QCOMPARE(runOf(result.out).cells[0].key.batch, 2);
    }

    void wrongWords()
    {
        const auto result = support::cli({ "sweep", "zoo:mlp", "--tuning", "fast" });
        QCOMPARE(result.status, 2);
        QVERIFY(result.err.startsWith("breakeven-cli: Cannot use tuning \"fast\": "));
        QVERIFY(support::cli({ "sweep", "zoo:mlp", "--tuning", "gpu=plain" })
                    .err.startsWith("breakeven-cli: Cannot read --tuning: engine \"gpu\" is not chosen."));
    }

    void otherEnginesHaveNoLimits()
    {
        const auto result = support::cli({ "sweep", "zoo:mlp", "--engine", "reference", "--tuning",
            "avx2,plain", "--seconds", "0.05", "--events" });
        QVERIFY2(result.status == 0, qPrintable(result.err));
        const core::Run run = runOf(result.out);
        QCOMPARE(run.cells.size(), std::size_t { 1 });
        QVERIFY(run.cells[0].key.tuning == core::Tuning {});
    }

    void workerIsHidden()
    {
        QVERIFY(!support::cli({ "--help" }).out.contains("worker"));
        QVERIFY(!support::cli({ "completion", "bash" }).out.contains("worker"));
    }

    void workerRefusesWhatIsNoSpec()
    {
        const auto result = support::cli({ "worker" }, {}, "{}\n");
        QCOMPARE(result.status, 1);
        QCOMPARE(
            result.err, QString("breakeven-cli: Cannot read settings of a sweep: \"model\" is missing.\n"));
    }

    void workerStartsNoFurtherChild()
    {
        core::SweepSpec spec = longSweep();
        spec.engines[0].tunings = { core::tuningFromName("baseline") };
        qunsetenv("ONEDNN_MAX_CPU_ISA");
        const auto result = support::cli({ "worker" }, {}, QByteArray::fromStdString(core::specToJson(spec)));
        QCOMPARE(result.status, 0);
        const core::Run run = runOf(result.out);
        if (run.header.devices[0].limit == core::InstructionSet::Baseline)
            QSKIP("this CPU has nothing beyond the baseline");
        QCOMPARE(
            run.cells[0].reason, "Cannot limit kernels to baseline: this program starts no child processes.");
    }

    void workerRunsOneSweepAfterTheOther()
    {
        core::SweepSpec spec = longSweep();
        spec.rule.maxTime = spec.rule.minTime = std::chrono::milliseconds(20);
        QByteArray specs;
        for (const std::int64_t batch : { 1, 2 }) {
            spec.batches = { batch };
            specs += QByteArray::fromStdString(core::specToJson(spec)) + '\n';
        }
        const auto result = support::cli({ "worker" }, {}, specs);
        QCOMPARE(result.status, 0);
        QCOMPARE(result.out.count("run-finished"), 2);
        const core::Run second = runOf(result.out.mid(result.out.lastIndexOf("{\"event\":\"run-started\"")));
        QCOMPARE(second.cells[0].key.batch, 2);
        QVERIFY(second.cells[0].finished.has_value());
    }

    void workerEndsBetweenTwoRuns()
    {
        QProcess worker;
        worker.start(BREAKEVEN_BIN_DIR "/breakeven-cli", { "worker" });
        worker.write(QByteArray::fromStdString(core::specToJson(longSweep())) + '\n');
        QByteArray lines;
        while (!lines.contains("samples-taken")) {
            QVERIFY(worker.waitForReadyRead(60'000));
            lines += worker.readAllStandardOutput();
        }
        worker.terminate();
        QVERIFY(worker.waitForFinished(60'000));
        lines += worker.readAllStandardOutput();
        QCOMPARE(worker.exitStatus(), QProcess::NormalExit);
        QCOMPARE(worker.exitCode(), 0);
        const core::Run run = runOf(lines);
        QVERIFY(run.cells[0].finished && run.cells[0].finished->stoppedBy == core::StoppedBy::User);
        QVERIFY(!run.cells[0].samples.empty());
        QVERIFY(run.finished->stoppedByUser);
    }
};

QTEST_GUILESS_MAIN(TstCliTuning)
#include "tst_cli_tuning.moc"
