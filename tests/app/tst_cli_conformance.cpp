// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/tensor_file.h"
#include "tests/support/cli.h"
#include "tests/support/cli_files.h"
#include "tests/support/onnx_bytes.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QTest>

using support::cli;
using support::CliResult;

/// `breakeven-cli conformance` on four cases: one passes, one is wrong, one has an operator nobody knows, one
/// no data.
class TstCliConformance : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void printsATable();
    void listsFailures();
    void comparesWithTheFloor_data();
    void comparesWithTheFloor();
    void printsJson();
    void writesJson();
    void fails_data();
    void fails();

private:
    void add(const QString& name, const std::string& model, const std::vector<float>& output) const;

    const support::CliFiles m_files;
    QString m_folder;
};

void TstCliConformance::add(
    const QString& name, const std::string& model, const std::vector<float>& output) const
{
    const QString folder = "cases/" + name + "/test_data_set_0";
    QVERIFY(QDir().mkpath(m_files.path(folder)));
    m_files.write("cases/" + name + "/model.onnx", model);
    const auto save = [&](const QString& file, const std::vector<float>& elements) {
        core::writeTensor(m_files.path(folder + "/" + file).toStdString(),
            core::Tensor::of<float>(core::ElementType::Float32, { 1, 4 }, elements).view(), "x");
    };
    save("input_0.pb", { -1, 2, -3, 4 });
    save("output_0.pb", output);
}

void TstCliConformance::initTestCase()
{
    m_folder = m_files.path("cases");
    support::OnnxFile unknown = support::reluFile();
    unknown.nodes = { support::nodeProto("Frobnicate", { "x" }, { "y" }, std::string(120, 'n')) };
    const std::string relu = support::reluFile().bytes();
    add("good", relu, { 0, 2, 0, 4 });
    add("wrong", relu, { 0, 2, 0, 5 });
    add("unknown", unknown.bytes(), { 0, 2, 0, 4 });
    m_files.write("cases/alone.onnx", relu);
}

void TstCliConformance::printsATable()
{
    for (const char* engine : { "cpu", "reference" }) {
        const CliResult result = cli({ "conformance", m_folder, "--engine", engine, "--threads", "1" });
        QCOMPARE(result.status, 0);
        const QStringList lines = result.out.split('\n');
        QVERIFY2(lines[0].startsWith("OPERATOR"), qPrintable(result.out));
        QVERIFY(lines[1].startsWith("Frobnicate") && lines[1].contains(" 0/1 "));
        QVERIFY(lines[2].startsWith("Relu") && lines[2].contains(" 2/3 "));
        QVERIFY(lines[2].endsWith("Wrong result: output 0: element 3 is 4, expected 5."));
        QVERIFY(result.out.endsWith("\n2 of 4 passed\n"));
        for (const QString& line : lines)
            QVERIFY2(line.size() <= 100, qPrintable(line));
    }
}

void TstCliConformance::listsFailures()
{
    const CliResult result = cli({ "conformance", m_folder, "--failures" });
    QVERIFY(result.out.contains("\nwrong: Wrong result: output 0: element 3 is 4, expected 5.\n"));
    QVERIFY(result.out.contains("\nunknown: Cannot "));
    QVERIFY(!result.out.contains("\ngood: "));
}

void TstCliConformance::comparesWithTheFloor_data()
{
    QTest::addColumn<QString>("floor");
    QTest::addColumn<int>("status");
    QTest::newRow("fewer are asked") << "1" << 0;
    QTest::newRow("as many") << "2" << 0;
    QTest::newRow("more are asked") << "3" << 1;
}

void TstCliConformance::comparesWithTheFloor()
{
    QFETCH(QString, floor);
    QFETCH(int, status);
    QCOMPARE(cli({ "conformance", m_folder, "--at-least", floor }).status, status);
}

void TstCliConformance::printsJson()
{
    const CliResult result = cli({ "conformance", m_folder, "--json", "-" });
    const auto json = nlohmann::json::parse(result.out.toStdString(), nullptr, false);
    QVERIFY2(json.is_object(), qPrintable(result.out));
    QVERIFY(json["engine"] == "cpu");
    QVERIFY(json["passed"] == 2);
    QVERIFY(json["total"] == 4);
    QCOMPARE(json["cases"].size(), 4U);
    const auto& wrong = json["cases"][3];
    QVERIFY(wrong["name"] == "wrong");
    QVERIFY(wrong["operator"] == "Relu");
    QVERIFY(wrong["status"] == "wrong");
    QVERIFY(wrong["reason"] == "Wrong result: output 0: element 3 is 4, expected 5.");
    QVERIFY(json["cases"][2]["status"] == "failed");
    QVERIFY(json["cases"][1]["status"] == "passed");
    QVERIFY(json["cases"][1]["reason"] == "");
}

void TstCliConformance::writesJson()
{
    const QString file = m_files.path("result.json");
    QVERIFY(cli({ "conformance", m_folder, "--json", file }).out.endsWith("2 of 4 passed\n"));
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QVERIFY(nlohmann::json::parse(written.readAll().toStdString())["passed"] == 2);
}

void TstCliConformance::fails_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("no folder") << QStringList { "@/none" } << 1
                               << "breakeven-cli: Cannot read cases: @/none: no such file or directory.\n";
    QTest::newRow("unknown engine") << QStringList { "@/cases", "--engine", "npu" } << 1
                                    << "Cannot run cases: there is no engine \"npu\"";
    QTest::newRow("unwritable") << QStringList { "@/cases", "--json", "@/no/r.json" } << 1
                                << "breakeven-cli: Cannot write JSON: @/no/r.json: no such folder.\n";
    QTest::newRow("floor") << QStringList { "@/cases", "--at-least", "many" } << 2 << "--at-least";
    QTest::newRow("nothing") << QStringList {} << 2 << "DIR is required";
}

void TstCliConformance::fails()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QFETCH(QString, sentence);
    for (QString& argument : arguments)
        argument.replace("@", m_files.folder());
    const CliResult result = cli(QStringList { "conformance" } + arguments);
    QCOMPARE(result.status, status);
    QVERIFY(result.out.isEmpty());
    QVERIFY2(result.err.contains(sentence.replace("@", m_files.folder())), qPrintable(result.err));
}

QTEST_GUILESS_MAIN(TstCliConformance)
#include "tst_cli_conformance.moc"
