// SPDX-License-Identifier: GPL-3.0-or-later
// How near things come to this machine's peaks: `breakeven-cli roofline` and `trace --roof`.
#include "tests/support/cli.h"
#include "tests/support/cli_files.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QTest>

using nlohmann::json;
using support::cli;
using support::CliResult;

class TstCliRoofline : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void printsPeaks();
    void keepsPeaks();
    void followsTheKeptPeaks();
    void placesBatchSizes();
    void placesBatchSizesAsJson();
    void tracesUnderTheRoof();
    void tracesUnderTheRoofAsJsonAndCsv();
    void saysWhenPeaksAreNotKept();
    void fails_data();
    void fails();

private:
    json peaks() const
    {
        return json::parse(cli({ "roofline", "--threads", "1", "--json" }).out.toStdString());
    }
    /// The one file of peaks.
    QString peaksFile() const
    {
        const QDir folder(m_files.path("cache/breakeven"));
        const QStringList names = folder.entryList({ "peaks-*.json" }, QDir::Files);
        return names.size() == 1 ? folder.filePath(names.front()) : QString();
    }
    static bool fits(const QString& text)
    {
        const QStringList lines = text.split('\n');
        return std::all_of(
            lines.begin(), lines.end(), [](const QString& line) { return line.size() <= 100; });
    }

    const support::CliFiles m_files;
};

void TstCliRoofline::initTestCase()
{
    qputenv("XDG_CACHE_HOME", m_files.path("cache").toUtf8());
    QVERIFY2(peaks().contains("compute"), "peaks cannot be measured");
}

void TstCliRoofline::printsPeaks()
{
    const CliResult result = cli({ "roofline", "--threads", "1" });
    QCOMPARE(result.status, 0);
    QVERIFY2(result.out.contains("; 1 thread\n\nARITHMETIC  INSTRUCTION"), qPrintable(result.out));
    for (const char* row :
        { "\nfp32 ", "\nbf16 ", "\nint8 ", "\nREADING", "\nL1 ", "\nL2 ", "\nL3 ", "\nmemory ",
            "\nbest:    the highest rate", "\nFLOP:    a multiply-add", "\nreading: each thread" })
        QVERIFY2(result.out.contains(row), row);
    QVERIFY2(fits(result.out), qPrintable(result.out));
    const json document = peaks();
    QVERIFY(document["threads"] == 1);
    for (const char* list : { "compute", "bandwidth" })
        for (const json& row : document[list]) {
            QVERIFY(row.contains("best") != row.contains("unknown"));
            if (row.contains("best"))
                QVERIFY(row["best"] >= row["median"] && row["median"] > 0);
            else
                QVERIFY2(result.out.contains("unknown: "), qPrintable(result.out));
        }
}

void TstCliRoofline::keepsPeaks()
{
    const json first = peaks();
    QVERIFY(peaks() == first); // measured twice they would differ
    QVERIFY(!peaksFile().isEmpty());
    const json again
        = json::parse(cli({ "roofline", "--threads", "1", "--again", "--json" }).out.toStdString());
    QVERIFY(again != first);
    QVERIFY(peaks() == again);
}

/// Peaks that nobody could measure show that figures come from the file.
void TstCliRoofline::followsTheKeptPeaks()
{
    QFile file(peaksFile());
    QVERIFY(file.open(QIODevice::ReadWrite));
    using nlohmann::ordered_json; // the key is compared with its order
    ordered_json kept = ordered_json::parse(file.readAll().toStdString());
    for (const char* list : { "compute", "bandwidth" })
        for (ordered_json& row : kept["peaks"][list]) {
            row.erase("unknown");
            row.update({ { "best", 1e15 }, { "median", 1e15 }, { "spread", 0.125 } });
        }
    file.resize(0);
    file.seek(0);
    file.write(kept.dump().c_str());
    file.close();
    const CliResult table = cli({ "roofline", "--threads", "1" });
    QCOMPARE(table.out.count("  1000000  1000000  12.5 %"), 7);
    const json points = json::parse(
        cli({ "roofline", "zoo:tiny-cnn", "--threads", "1", "--json" }).out.toStdString())["points"];
    QVERIFY(points[0]["share"] < 0.1); // no machine is near
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write("damaged");
    file.close();
    QVERIFY(peaks()["compute"][0].value("best", 0.0) < 1e15);
}

void TstCliRoofline::placesBatchSizes()
{
    const CliResult result = cli({ "roofline", "zoo:tiny-cnn", "--threads", "1", "--batches", "1,4" });
    QCOMPARE(result.status, 0);
    QVERIFY2(result.out.startsWith("BATCH  MEDIAN ms  ARITHMETIC  FLOP/byte"), qPrintable(result.out));
    QVERIFY2(result.out.contains("\n    1 ") && result.out.contains("\n    4 "), qPrintable(result.out));
    QVERIFY2(result.out.contains(" fp32 ") || result.out.contains("unknown: "), qPrintable(result.out));
    QVERIFY2(fits(result.out), qPrintable(result.out));
}

void TstCliRoofline::placesBatchSizesAsJson()
{
    const json document
        = json::parse(cli({ "roofline", "zoo:tiny-cnn", "--threads", "1", "--batches", "2,8", "--json" })
                          .out.toStdString());
    QVERIFY(document["model"] == "zoo:tiny-cnn");
    QVERIFY(document["peaks"] == peaks());
    QVERIFY(document["points"].size() == 2);
    for (const json& point : document["points"]) {
        QVERIFY(point["latency_median_ms"] > 0);
        if (point.contains("unknown"))
            continue;
        const double part = point["flop_per_s"].get<double>() / point["roof_flop_per_s"].get<double>();
        QVERIFY(qFuzzyCompare(part, point["share"].get<double>()));
        QVERIFY(point["limited_by"] == "compute" || point["limited_by"] == "memory");
    }
    QVERIFY(document["points"][1]["batch"] == 8);
    // Weights are read once, whatever the batch.
    if (document["points"][0].contains("flop_per_byte"))
        QVERIFY(document["points"][1]["flop_per_byte"] > document["points"][0]["flop_per_byte"]);
}

void TstCliRoofline::tracesUnderTheRoof()
{
    const CliResult result = cli({ "trace", "zoo:tiny-cnn", "--threads", "1", "--runs", "3", "--roof" });
    QCOMPARE(result.status, 0);
    QVERIFY2(result.out.contains("OF ROOF"), qPrintable(result.out));
    QVERIFY2(result.out.contains(" of its roof, limited by ")
            || result.out.contains("Of its roof: unknown, because "),
        qPrintable(result.out));
    QVERIFY2(fits(result.out), qPrintable(result.out));
    QVERIFY(!cli({ "trace", "zoo:tiny-cnn", "--runs", "1" }).out.contains("OF ROOF"));
}

void TstCliRoofline::tracesUnderTheRoofAsJsonAndCsv()
{
    const QStringList command { "trace", "zoo:tiny-cnn", "--threads", "1", "--runs", "3", "--roof" };
    const json document = json::parse(cli(command + QStringList { "--json" }).out.toStdString());
    QVERIFY(document["peaks"] == peaks());
    for (const json& node : document["node_list"]) {
        QVERIFY(node.contains("limit_ns") != node.contains("limit_unknown"));
        if (node["operator"] == "(reorder)")
            QVERIFY(node["limit_unknown"] == "the engine inserted it");
    }
    const QString csv = cli(command + QStringList { "--csv", "-" }).out;
    QVERIFY2(
        csv.startsWith(
            "node,operator,kernel,plain,precision,flop,bytes,time_ns,share,limit_ns,limited_by,of_roof\n"),
        qPrintable(csv));
    for (const QString& line : csv.split('\n', Qt::SkipEmptyParts))
        QCOMPARE(line.count(','), 11);
}

void TstCliRoofline::saysWhenPeaksAreNotKept()
{
    QFile file(m_files.path("no-folder"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    qputenv("XDG_CACHE_HOME", file.fileName().toUtf8());
    const CliResult result = cli({ "roofline", "--threads", "1", "--json" });
    qputenv("XDG_CACHE_HOME", m_files.path("cache").toUtf8());
    QCOMPARE(result.status, 0);
    QVERIFY2(result.err.startsWith("breakeven-cli: Cannot write peaks: " + file.fileName()),
        qPrintable(result.err));
    QVERIFY(json::parse(result.out.toStdString())["threads"] == 1);
}

void TstCliRoofline::fails_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("unknown engine") << QStringList { "--engine",
        "npu" } << 1 << "breakeven-cli: Cannot draw the roofline: there is no engine \"npu\"; ";
    QTest::newRow("no peaks") << QStringList {
        "--engine", "reference"
    } << 1 << "breakeven-cli: Cannot measure the peaks: engine \"reference\" has no way to.\n";
    QTest::newRow("too many threads") << QStringList { "--threads", "4096" } << 1
                                      << "breakeven-cli: Cannot use 4096 threads: engine \"cpu\" has ";
    QTest::newRow("no threads") << QStringList { "--threads", "0" } << 2 << "--threads";
    QTest::newRow("no batch") << QStringList { "zoo:tiny-cnn", "--batches", "0" } << 2
                              << "breakeven-cli: Cannot read batch list: \"0\" is ";
    QTest::newRow("no such model") << QStringList { "@/none.onnx", "--threads", "1" } << 1 << "@/none.onnx";
    QTest::newRow("refused") << QStringList { "@/unknown.onnx", "--threads", "1" } << 1 << "";
}

void TstCliRoofline::fails()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QFETCH(QString, sentence);
    for (QString& argument : arguments)
        argument.replace("@", m_files.folder());
    const CliResult result = cli(QStringList { "roofline" } + arguments);
    QCOMPARE(result.status, status);
    QVERIFY2(result.err.contains(sentence.replace("@", m_files.folder())), qPrintable(result.err));
    if (sentence.isEmpty()) // the table says why
        QVERIFY2(result.out.contains("unknown: "), qPrintable(result.out));
}

QTEST_GUILESS_MAIN(TstCliRoofline)
#include "tst_cli_roofline.moc"
