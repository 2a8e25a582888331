// SPDX-License-Identifier: GPL-3.0-or-later
// The fastest kernels of a model: `breakeven-cli tune`, and sweeps that use what it found.
#include "tests/support/cli.h"
#include "tests/support/cli_files.h"

#include <nlohmann/json.hpp>

#include <QTest>
#include <algorithm>

using nlohmann::json;
using support::cli;
using support::CliResult;

class TstCliTune : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { qputenv("XDG_CACHE_HOME", m_files.path("cache").toUtf8()); }
    void saysWhatCameOfIt();
    void asJson();
    void sweepsTuneAndSaySo();
    void saysWhenItIsNotKept();
    void fails_data();
    void fails();

private:
    const support::CliFiles m_files;
};

void TstCliTune::saysWhatCameOfIt()
{
    const CliResult result = cli({ "tune", "zoo:tiny-cnn", "--threads", "1", "--batch", "1,2" });
    QCOMPARE(result.status, 0);
    for (const char* cell : { "Batch 1, 1 thread: ", "Batch 2, 1 thread: " })
        QVERIFY2(result.out.contains(cell), qPrintable(result.out));
    QVERIFY2(result.out.contains("times as fast as by rule [")
            || result.out.contains(" is faster than the one by rule."),
        qPrintable(result.out));
    const QStringList lines = result.out.split('\n');
    QVERIFY(std::all_of(lines.begin(), lines.end(), [](const QString& line) { return line.size() <= 100; }));
}

void TstCliTune::asJson()
{
    const json document = json::parse(
        cli({ "tune", "zoo:mlp", "--threads", "1", "--batch", "3", "--json" }).out.toStdString());
    QCOMPARE(document.size(), std::size_t { 1 });
    QCOMPARE(document[0]["batch"].get<int>(), 3);
    QVERIFY(document[0]["programs"].get<int>() >= 4);
    QCOMPARE(document[0]["kept"].get<bool>(), document[0].contains("ratio"));
    QVERIFY(document[0]["swaps"].is_array());
}

void TstCliTune::sweepsTuneAndSaySo()
{
    const QStringList sweep { "sweep", "zoo:mlp", "--engine", "cpu", "--threads", "1", "--batch", "5",
        "--seconds", "0.05", "--tuning", "full,rules", "--csv", "-" };
    const auto measured = [](const QString& csv) { return csv.count(", kernels by measurement"); };
    const CliResult before = cli(sweep);
    QCOMPARE(before.status, 0);
    QCOMPARE(measured(before.out), 0);
    const CliResult tuning = cli(sweep + QStringList { "--tune" });
    QCOMPARE(tuning.status, 0);
    QCOMPARE(measured(tuning.out), 1); // not the cell by rule
    QCOMPARE(measured(cli(sweep).out), 1); // and every later one
}

void TstCliTune::saysWhenItIsNotKept()
{
    qputenv("XDG_CACHE_HOME", "/proc/none");
    const CliResult result = cli({ "tune", "zoo:mlp", "--threads", "1" });
    qputenv("XDG_CACHE_HOME", m_files.path("cache").toUtf8());
    QCOMPARE(result.status, 0);
    QVERIFY2(result.out.contains("\nCannot write choice of kernels: "), qPrintable(result.out));
}

void TstCliTune::fails_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("no choice") << QStringList {
        "zoo:mlp", "--engine", "reference"
    } << 1 << "Cannot tune kernels: engine \"reference\" has no choice of kernels for this model.";
    QTest::newRow("no model") << QStringList { "nowhere.onnx" } << 1 << "nowhere.onnx";
    QTest::newRow("batches") << QStringList { "zoo:mlp", "--batch", "x" } << 2 << "batch";
    QTest::newRow("dimension") << QStringList { "zoo:mlp", "--dim", "sequence=3" } << 1
                               << "Cannot tune kernels: ";
}

void TstCliTune::fails()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QFETCH(QString, sentence);
    const CliResult result = cli(QStringList { "tune" } + arguments);
    QCOMPARE(result.status, status);
    QVERIFY2(result.err.contains(sentence), qPrintable(result.err));
}

QTEST_GUILESS_MAIN(TstCliTune)
#include "tst_cli_tune.moc"
