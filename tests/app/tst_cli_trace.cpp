// SPDX-License-Identifier: GPL-3.0-or-later
// Where the time goes: `breakeven-cli trace` and `inspect --nodes`.
#include "tests/support/cli.h"
#include "tests/support/cli_files.h"
#include "tests/support/onnx_bytes.h"

#include <nlohmann/json.hpp>

#include <QFile>
#include <QTest>

using nlohmann::json;
using support::cli;
using support::CliResult;

class TstCliTrace : public QObject {
    Q_OBJECT

private slots:
    void printsTables();
    void fitsTheScreen();
    void printsJson();
    void printsAndWritesCsv();
    void tracesOtherEngines();
    void inspectsNodes();
    void inspectsNodesAsJson();
    void saysWhyNodesAreNotPlaced();
    void listsDimensions();
    void sumsUpRefusals();
    void fails_data();
    void fails();

private:
    const support::CliFiles m_files;
};

void TstCliTrace::printsTables()
{
    const CliResult result = cli({ "trace", "zoo:tiny-transformer", "--runs", "3" });
    QCOMPARE(result.status, 0);
    QVERIFY2(result.out.startsWith("OPERATOR"), qPrintable(result.out));
    QVERIFY(result.out.contains("\nMatMul "));
    const qsizetype nodes = result.out.indexOf("\nNODE");
    QVERIFY(nodes > 0);
    QCOMPARE(result.out.mid(nodes + 1).split("\n\n").first().count('\n'), 10); // the header and ten, less one
    QVERIFY2(
        result.out.endsWith(" of it in plain kernels; medians of 3 traced runs.\n"), qPrintable(result.out));
}

void TstCliTrace::fitsTheScreen()
{
    support::OnnxFile file = support::reluFile();
    file.nodes = { support::nodeProto("Relu", { "x" }, { "y" }, std::string(300, 'n')) };
    m_files.write("long.onnx", file.bytes());
    for (const QStringList& command : { QStringList { "trace" }, QStringList { "inspect", "--nodes" } }) {
        const CliResult result = cli(command + QStringList { m_files.path("long.onnx") });
        QCOMPARE(result.status, 0);
        QVERIFY(result.out.contains("…"));
        for (const QString& line : result.out.split('\n'))
            QVERIFY2(line.size() <= 100 || line.contains(m_files.folder()), qPrintable(line));
    }
}

void TstCliTrace::printsJson()
{
    const CliResult result = cli(
        { "trace", m_files.path("relu.onnx"), "--json", "--runs", "2", "--batch", "3", "--threads", "1" });
    const json document = json::parse(result.out.toStdString(), nullptr, false);
    QVERIFY2(document.is_object(), qPrintable(result.out));
    QVERIFY(document["engine"] == "cpu");
    QVERIFY(document["batch"] == 3);
    QVERIFY(document["threads"] == 1);
    QVERIFY(document["seed"] == 1);
    QVERIFY(document["runs"] == 2);
    QVERIFY(document["operators"].size() == 1);
    QVERIFY(document["node_list"][0]["operator"] == "Relu");
    QVERIFY(document["node_list"][0]["flop"] == 12);
}

void TstCliTrace::printsAndWritesCsv()
{
    const QString head = "node,operator,kernel,plain,precision,flop,bytes,time_ns,share\n";
    const CliResult result = cli({ "trace", m_files.path("relu.onnx"), "--csv", "-" });
    QVERIFY2(result.out.startsWith(head + "node,Relu,"), qPrintable(result.out));
    QCOMPARE(result.out.count('\n'), 2);
    const QString file = m_files.path("nodes.csv");
    QVERIFY(cli({ "trace", m_files.path("relu.onnx"), "--csv", file }).out.startsWith("OPERATOR"));
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QVERIFY(QString::fromUtf8(written.readAll()).startsWith(head));
}

void TstCliTrace::tracesOtherEngines()
{
    const CliResult result = cli({ "trace", m_files.path("relu.onnx"), "--engine", "reference" });
    QVERIFY2(result.out.contains("100.0 % of it in plain kernels"), qPrintable(result.out));
}

void TstCliTrace::inspectsNodes()
{
    const CliResult result = cli({ "inspect", "zoo:tiny-cnn", "--nodes" });
    QVERIFY(result.out.contains("\ncpu           runs "));
    QVERIFY(result.out.contains("KERNEL"));
    QVERIFY(!result.out.contains("\nreference     runs 1")); // the oracle is plain everywhere
    QVERIFY(cli({ "inspect", "zoo:tiny-cnn", "--nodes", "--engine", "reference" }).out.contains("plain"));
}

void TstCliTrace::inspectsNodesAsJson()
{
    const json document = json::parse(
        cli({ "inspect", "zoo:tiny-cnn", "--nodes", "--json" }).out.toStdString(), nullptr, false);
    QVERIFY(document["placements"]["cpu"]["node_list"].size() > 5);
    const json brief
        = json::parse(cli({ "inspect", "zoo:tiny-cnn", "--json" }).out.toStdString(), nullptr, false);
    QVERIFY(brief.is_object() && !brief.contains("placements")); // nothing was compiled
}

void TstCliTrace::saysWhyNodesAreNotPlaced()
{
    const CliResult missing = cli({ "inspect", m_files.path("symbols.onnx"), "--nodes" });
    QCOMPARE(missing.status, 0);
    QVERIFY2(missing.out.contains(
                 "cpu           Cannot place nodes: the model's dimension \"length\" has no value."),
        qPrintable(missing.out));
    QVERIFY(cli({ "inspect", m_files.path("symbols.onnx"), "--nodes", "--dim", "length=7" })
                .out.contains("cpu           runs 1 nodes"));
}

void TstCliTrace::listsDimensions()
{
    support::OnnxFile file = support::reluFile();
    file.inputs = { support::valueInfo("x", 1, { "batch", "", "length" }) };
    m_files.write("dims.onnx", file.bytes());
    const CliResult text = cli({ "inspect", m_files.path("dims.onnx"), "--dim", "length=5" });
    QVERIFY2(text.out.contains("\nbatch         batch = 1 (set with --batch)\n"), qPrintable(text.out));
    QVERIFY2(text.out.contains("\ndimension     x.1, axis 1 of x, unnamed, has no value (set with --dim)\n"),
        qPrintable(text.out));
    QVERIFY2(text.out.contains("\ndimension     length = 5 (set with --dim)\n"), qPrintable(text.out));
    const json document = json::parse(
        cli({ "inspect", m_files.path("dims.onnx"), "--json" }).out.toStdString(), nullptr, false);
    const json& places = document["dimension_places"];
    QCOMPARE(places.size(), 2U);
    QVERIFY(places[0] == json({ { "name", "x.1" }, { "input", "x" }, { "axis", 1 }, { "named", false } }));
    QVERIFY(places[1]["named"] == true);
}

void TstCliTrace::sumsUpRefusals()
{
    support::OnnxFile file = support::reluFile();
    file.nodes = { support::nodeProto("Frobnicate", { "x" }, { "a" }),
        support::nodeProto("Twist", { "a" }, { "b" }), support::nodeProto("Frobnicate", { "b" }, { "y" }) };
    m_files.write("three.onnx", file.bytes());
    const CliResult result = cli({ "inspect", m_files.path("three.onnx") });
    QVERIFY2(result.out.contains("refuses 3 nodes: 2 x Frobnicate: "), qPrintable(result.out));
    QVERIFY2(result.out.contains("1 x Twist: "), qPrintable(result.out));
}

void TstCliTrace::fails_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("no value") << QStringList {
        "trace", "@/symbols.onnx"
    } << 1 << "breakeven-cli: Cannot trace: the model's dimension \"length\" has no value.\n";
    QTest::newRow("refused") << QStringList {
        "trace", "@/unknown.onnx"
    } << 1 << "breakeven-cli: Cannot trace: engine \"cpu\" refuses node \"frob\" (Frobnicate): ";
    QTest::newRow("unknown engine") << QStringList { "trace", "@/relu.onnx", "--engine", "npu" } << 1
                                    << "breakeven-cli: Cannot trace: there is no engine \"npu\"; ";
    QTest::newRow("unknown engine of inspect") << QStringList { "inspect", "@/relu.onnx", "--nodes",
        "--engine", "npu" } << 1 << "breakeven-cli: Cannot inspect: there is no engine \"npu\"; ";
    QTest::newRow("unwritable") << QStringList { "trace", "@/relu.onnx", "--csv", "@/no/n.csv" } << 1
                                << "breakeven-cli: Cannot write CSV: @/no/n.csv: no such folder.\n";
    QTest::newRow("two on standard output") << QStringList { "trace", "@/relu.onnx", "--csv", "-",
        "--json" } << 2 << "breakeven-cli: Cannot print both: --json and --csv - want standard output.\n";
    QTest::newRow("no runs") << QStringList { "trace", "@/relu.onnx", "--runs", "0" } << 2 << "--runs";
}

void TstCliTrace::fails()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QFETCH(QString, sentence);
    for (QString& argument : arguments)
        argument.replace("@", m_files.folder());
    const CliResult result = cli(arguments);
    QCOMPARE(result.status, status);
    QVERIFY(result.out.isEmpty());
    QVERIFY2(result.err.contains(sentence.replace("@", m_files.folder())), qPrintable(result.err));
}

QTEST_GUILESS_MAIN(TstCliTrace)
#include "tst_cli_trace.moc"
