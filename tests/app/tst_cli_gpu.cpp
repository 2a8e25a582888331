// SPDX-License-Identifier: GPL-3.0-or-later
// breakeven-cli with a GPU engine whose device is the host: cells run in workers of their own, and a fault of
// the device costs one of them.
#include "core/record/event_json.h"
#include "core/record/run.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using core::CellStatus;

class TstCliGpu : public QObject {
    Q_OBJECT

    /// A sweep of batches 1, 2 and 4 with a fault at 2.
    core::Run sweep(const QString& fault, QByteArray& errors) const
    {
        QProcess process;
        process.setEnvironment(QProcess::systemEnvironment()
            + QStringList { "BREAKEVEN_TEST_FAULT=" + fault, "LD_LIBRARY_PATH=" STUB_DRIVER_DIR });
        process.start(m_folder.filePath("breakeven-cli"),
            { "sweep", "zoo:mlp", "--engine", "gpu", "--batch", "1,2,4", "--seconds", "0.05", "--check",
                "--events" });
        core::Run run;
        if (!process.waitForStarted() || !process.waitForFinished(120'000))
            return run;
        for (const QByteArray& line : process.readAllStandardOutput().split('\n'))
            if (!line.isEmpty())
                run.apply(core::eventFromJson(line.toStdString()));
        errors = process.readAllStandardError();
        return run;
    }

    QTemporaryDir m_folder;

private slots:
    /// The whole report of a machine with a GPU, from a device that is the host; what only a real one tells
    /// is left out.
    void gpuCheck()
    {
        const QString python = QStandardPaths::findExecutable("python3");
        if (python.isEmpty())
            QSKIP("python3 is not installed.");
        QProcess process;
        process.setEnvironment(QProcess::systemEnvironment()
            + QStringList { "BREAKEVEN_TEST_MEMORY=6000000", "LD_LIBRARY_PATH=" STUB_DRIVER_DIR });
        process.start(python,
            { BREAKEVEN_SOURCE_DIR "/packaging/gpu-check", "--out", m_folder.filePath("report"), "--quick",
                "--seconds", "0.02", "--models", "mlp", "--only", "devices,verify,sweep,options,memory,start",
                "--cli", m_folder.filePath("breakeven-cli") });
        QVERIFY(process.waitForStarted() && process.waitForFinished(240'000));
        const QByteArray said = process.readAllStandardOutput();
        QVERIFY2(process.exitCode() == 0, said + process.readAllStandardError());
        QFile report(m_folder.filePath("report/report.json"));
        QVERIFY(report.open(QIODevice::ReadOnly));
        const QJsonObject steps = QJsonDocument::fromJson(report.readAll()).object()["steps"].toObject();
        QCOMPARE(steps["verify"].toArray().size(), 5); // precisions
        QCOMPARE(steps["options"].toArray().size(), 16); // four tunings, two batches, one and four at once
        QCOMPARE(steps["memory"].toArray().size(), 1);
        QVERIFY2(steps["memory"].toArray()[0].toArray()[1].toInt() > 0, said);
    }

    void initTestCase()
    {
        // The plug-in is looked for beside the program.
        QVERIFY(QFile::copy(BREAKEVEN_BIN_DIR "/breakeven-cli", m_folder.filePath("breakeven-cli")));
        QVERIFY(QFile::link(HOST_PLUGIN, m_folder.filePath("libbreakeven-gpu.so")));
    }

    void faultsCostOneCell_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("reason");
        const int failed = static_cast<int>(CellStatus::Failed);
        QTest::newRow("none") << "none:2" << static_cast<int>(CellStatus::Ok) << "";
        QTest::newRow("a crash")
            << "crash:2" << failed
            << "Cannot measure in a child process: it was ended by signal 11 (Segmentation fault)";
        QTest::newRow("a hang")
            << "hang:2" << failed
            << "Cannot measure in a child process: it said nothing for 2 s and was killed";
        QTest::newRow("a lost device") << "lost:2" << failed << "The GPU is lost: an illegal memory access";
        QTest::newRow("no memory") << "memory:2" << static_cast<int>(CellStatus::OutOfMemory)
                                   << "Out of GPU memory at batch 2: ";
    }

    void faultsCostOneCell()
    {
        QFETCH(QString, fault);
        QFETCH(int, status);
        QFETCH(QString, reason);
        QByteArray errors;
        const core::Run run = sweep(fault, errors);
        QVERIFY2(run.cells.size() == 3, errors.data());
        for (const std::size_t whole : { 0, 2 }) {
            const core::Cell& cell = run.cells[whole];
            QVERIFY2(cell.finished && !cell.samples.empty(), cell.reason.c_str());
            QVERIFY(cell.summary.device.has_value());
            QVERIFY(*cell.finished->outputMaxAbsDiff.value < 1e-4);
        }
        const core::Cell& hit = run.cells[1];
        if (reason.isEmpty()) {
            QVERIFY2(hit.finished, hit.reason.c_str());
            return;
        }
        QCOMPARE(static_cast<int>(hit.status), status);
        QVERIFY2(QString::fromStdString(hit.reason).startsWith(reason), hit.reason.c_str());
    }
};

QTEST_GUILESS_MAIN(TstCliGpu)
#include "tst_cli_gpu.moc"
