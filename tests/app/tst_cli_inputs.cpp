// SPDX-License-Identifier: GPL-3.0-or-later
// Inputs from files and folders: infer, verify, trace and sweep take them alike.
#include "core/record/run_file.h"
#include "core/record/tensor_file.h"
#include "tests/support/cli.h"
#include "tests/support/cli_files.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QTest>

using support::cli;
using support::CliResult;

class TstCliInputs : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void infersOnFolders_data();
    void infersOnFolders();
    void verifiesAndTraces();
    void sweepsAtTheBatchOfTheData();
    void repeatsItemsForOtherBatches();
    void bindsDimensions();
    void saysWhichCellsHaveNoInputs();
    void saysWhatIsMadeUp();
    void fails_data();
    void fails();

private:
    const support::CliFiles m_files; // two.npy: x [2, 4]
};

void TstCliInputs::initTestCase()
{
    for (const char* folder : { "set", "named", "protos", "none" })
        QVERIFY(QDir().mkpath(m_files.path(folder)));
    QVERIFY(QFile::copy(m_files.path("two.pb"), m_files.path("set/input_0.pb")));
    QVERIFY(QFile::copy(m_files.path("two.npy"), m_files.path("named/x.npy")));
    QVERIFY(QFile::copy(m_files.path("two.pb"), m_files.path("protos/x.pb")));
}

void TstCliInputs::infersOnFolders_data()
{
    QTest::addColumn<QString>("inputs");
    QTest::newRow("test data set") << "set";
    QTest::newRow("NAME.npy") << "named";
    QTest::newRow("NAME.pb") << "protos";
    QTest::newRow(".npz") << "two.npz";
}

void TstCliInputs::infersOnFolders()
{
    QFETCH(QString, inputs);
    const QString out = m_files.path("out");
    const CliResult result
        = cli({ "infer", m_files.path("relu.onnx"), "--inputs", m_files.path(inputs), "--output", out });
    QCOMPARE(result.status, 0);
    QVERIFY2(result.err.isEmpty(), qPrintable(result.err)); // nothing is made up
    const core::Tensor y = core::readTensor((out + "/y.npy").toStdString());
    const float expected[] = { 0, 2, 0, 4, 5, 0, 7, 0 };
    QVERIFY(std::ranges::equal(y.as<float>(), expected));
}

void TstCliInputs::verifiesAndTraces()
{
    const auto json = [&](const char* command) {
        const CliResult result
            = cli({ command, m_files.path("relu.onnx"), "--inputs", m_files.path("set"), "--json" });
        return nlohmann::json::parse(result.out.toStdString(), nullptr, false);
    };
    const auto verified = json("verify");
    QVERIFY(verified["ok"] == true && verified["batch"] == 2);
    QVERIFY(json("trace")["batch"] == 2);
}

void TstCliInputs::sweepsAtTheBatchOfTheData()
{
    const QString file = m_files.path("run.json"), folder = m_files.path("set");
    const CliResult result = cli({ "sweep", m_files.path("relu.onnx"), "--inputs", folder, "--seconds",
        "0.05", "--check", "--seed", "7", "--out", file });
    QVERIFY2(result.status == 0, qPrintable(result.err));
    const core::Run run = core::readRun(file.toStdString());
    QCOMPARE(run.header.spec.inputs, std::vector<std::string> { folder.toStdString() });
    QCOMPARE(run.header.spec.seed, 7U);
    QCOMPARE(run.cells.size(), 1U);
    QCOMPARE(run.cells[0].key.batch, 2);
    QVERIFY(run.cells[0].finished && run.cells[0].finished->outputMaxAbsDiff.value == 0);
}

void TstCliInputs::repeatsItemsForOtherBatches()
{
    const CliResult result = cli({ "sweep", m_files.path("relu.onnx"), "--input",
        "x=" + m_files.path("two.npy"), "--batch", "1,5", "--seconds", "0.05", "--check", "--csv", "-" });
    QVERIFY2(result.status == 0, qPrintable(result.err));
    QCOMPARE(result.out.count('\n'), 3);
}

void TstCliInputs::bindsDimensions()
{
    // x [batch, length]: both are those of the data
    QCOMPARE(cli({ "trace", m_files.path("symbols.onnx"), "--inputs", m_files.path("set") }).status, 0);
    QCOMPARE(
        cli({ "sweep", m_files.path("symbols.onnx"), "--inputs", m_files.path("set"), "--seconds", "0.05" })
            .status,
        0);
}

void TstCliInputs::saysWhichCellsHaveNoInputs()
{
    core::writeTensor(m_files.path("nothing.npy").toStdString(),
        core::Tensor(core::ElementType::Float32, { 0, 4 }).view(), "x");
    const CliResult result = cli({ "sweep", m_files.path("relu.onnx"), "--input",
        "x=" + m_files.path("nothing.npy"), "--batch", "2", "--csv", "-" });
    QCOMPARE(result.status, 1);
    QVERIFY2(result.err.contains("Cannot measure: input \"x\" is [0, 4], the model wants [2, 4]."),
        qPrintable(result.err));
}

void TstCliInputs::saysWhatIsMadeUp()
{
    QCOMPARE(cli({ "infer", m_files.path("relu.onnx") }).err, QString("Made up: x.\n"));
    QVERIFY(cli({ "trace", m_files.path("relu.onnx") }).err.isEmpty()); // as everybody expects
}

void TstCliInputs::fails_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char* name, const QStringList& arguments, const char* sentence) {
        QTest::newRow(name) << arguments << sentence;
    };
    row("no folder", { "infer", "@/relu.onnx", "--inputs", "@/plain.txt" },
        "Cannot run inference: @/plain.txt is not a folder of inputs.");
    row("nothing in it", { "trace", "@/relu.onnx", "--inputs", "@/none" },
        "Cannot trace: @/none has no input_0.pb and no file of an input's name.");
    row("no archive", { "verify", "@/relu.onnx", "--inputs", "@/no.npz" }, "@/no.npz");
    row("another name", { "verify", "@/relu.onnx", "--inputs", "@/other.npz" },
        "Cannot verify: the model has no input \"z\"; it has x.");
    row("twice", { "trace", "@/relu.onnx", "--inputs", "@/set", "--input", "x=@/two.npy" },
        "Cannot trace: input \"x\" is given twice.");
    row("another type", { "sweep", "@/relu.onnx", "--input", "x=@/double.npy" },
        "Cannot start the sweep: input \"x\" is float64, the model wants float32.");
    row("another shape", { "sweep", "@/relu.onnx", "--input", "x=@/wide.npy" },
        "Cannot start the sweep: input \"x\" has 5 where the model wants 4.");
    row("against --batch", { "trace", "@/relu.onnx", "--inputs", "@/set", "--batch", "3" },
        "Cannot trace: input \"x\" has 2 where \"batch\" is 3.");
    row("against --dim", { "sweep", "@/symbols.onnx", "--inputs", "@/set", "--dim", "length=3" },
        "Cannot start the sweep: input \"x\" has 4 where \"length\" is 3.");
}

void TstCliInputs::fails()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, sentence);
    for (QString& argument : arguments)
        argument.replace("@", m_files.folder());
    const CliResult result = cli(arguments);
    QCOMPARE(result.status, 1);
    QVERIFY(result.out.isEmpty());
    QVERIFY2(result.err.contains(sentence.replace("@", m_files.folder())), qPrintable(result.err));
}

QTEST_GUILESS_MAIN(TstCliInputs)
#include "tst_cli_inputs.moc"
