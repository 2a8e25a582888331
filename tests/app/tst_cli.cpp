// SPDX-License-Identifier: GPL-3.0-or-later
// breakeven-cli as people and scripts use it: every command that works. See tst_cli_errors for those that do
// not.
#include "core/record/event_json.h"
#include "core/record/run_file.h"
#include "core/record/tensor_file.h"
#include "tests/support/cli.h"
#include "tests/support/cli_files.h"

#include <nlohmann/json.hpp>
#include <signal.h>

#include <QRegularExpression>
#include <QTest>

using nlohmann::json;
using support::cli;
using support::CliResult;

namespace {

json parsed(const QString& text)
{
    return json::parse(text.toStdString(), nullptr, false);
}

/// Column `name` of the first row behind the header.
QString column(const QString& csv, const char* name)
{
    const QStringList lines = csv.split('\n', Qt::SkipEmptyParts);
    const qsizetype at = lines.value(0).split(',').indexOf(QString(name));
    return at < 0 || lines.size() < 2
        ? QString("no such column")
        : QString(lines[1]).remove(QRegularExpression("\"[^\"]*\"")).split(',').value(at);
}

} // namespace

class TstCli : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { qputenv("XDG_DATA_HOME", m_files.path("data").toUtf8()); } // nobody's profiles
    void help_data();
    void help();
    void version();
    void devices();
    void zooList();
    void zooExport();
    void inspect();
    void inspectAsJson();
    void inspectUnknownOperator();
    void inferMadeUp();
    void inferGiven_data();
    void inferGiven();
    void inferArchive();
    void verify();
    void verifyBeyondTheTolerance();
    void sweepTable();
    void sweepCsvOnly();
    void sweepFiles();
    void sweepEvents();
    void sweepOfTwoEngines();
    void sweepOfRefusedModel();
    void interruptedSweepKeepsItsFigures();
    void completion();

private:
    QString path(const QString& name) const { return m_files.path(name); }
    const support::CliFiles m_files;
};

void TstCli::help_data()
{
    QTest::addColumn<QStringList>("command");
    for (const char* command :
        { "", "devices", "profiles", "zoo", "zoo list", "zoo export", "inspect", "infer", "verify",
            "quantise", "runs", "runs show", "runs tag", "runs purge", "sweep", "continue", "decide",
            "prices", "capacity", "live", "trace", "conformance", "operators", "completion", "simulate" })
        QTest::newRow(*command ? command : "none") << QString(command).split(' ', Qt::SkipEmptyParts);
}

void TstCli::help()
{
    QFETCH(QStringList, command);
    const CliResult result = cli(command + QStringList { "--help" });
    QCOMPARE(result.status, 0);
    QVERIFY(result.out.contains("Usage: "));
    QVERIFY(result.out.contains("Example: "));
    for (const QString& line : result.out.split('\n'))
        QVERIFY2(line.size() <= 100, qPrintable(line));
}

void TstCli::version()
{
    const CliResult result = cli({ "--version" });
    QCOMPARE(result.status, 0);
    QVERIFY(result.out.startsWith("Breakeven "));
}

void TstCli::devices()
{
    const CliResult text = cli({ "devices" });
    QCOMPARE(text.status, 0);
    QVERIFY(text.out.startsWith("cpu "));
    QVERIFY(text.out.contains("\nreference "));
    const json list = parsed(cli({ "devices", "--json" }).out);
    QCOMPARE(list.size(), std::size_t { 3 });
    QVERIFY(list[0]["id"] == "cpu");
    QVERIFY(list[0]["max_threads"] >= 1);
    QVERIFY(list[1]["id"] == "gpu");
}

void TstCli::zooList()
{
    QVERIFY(cli({ "zoo", "list" }).out.contains("zoo:resnet50 "));
    const json list = parsed(cli({ "zoo", "list", "--json" }).out);
    QCOMPARE(list.size(), std::size_t { 6 });
    QVERIFY(list[0]["name"] == "tiny-cnn");
}

void TstCli::zooExport()
{
    const CliResult result = cli({ "zoo", "export", "tiny-cnn", path("tiny.onnx") });
    QCOMPARE(result.status, 0);
    QVERIFY(result.out.startsWith(path("tiny.onnx") + ": "));
    const json file = parsed(cli({ "inspect", path("tiny.onnx"), "--json" }).out);
    const json zoo = parsed(cli({ "inspect", "zoo:tiny-cnn", "--json" }).out);
    QVERIFY(file["sha256"] == zoo["sha256"]);
    QVERIFY(file["parameters"] == zoo["parameters"]);
}

void TstCli::inspect()
{
    const CliResult result = cli({ "inspect", "zoo:tiny-cnn" });
    QCOMPARE(result.status, 0);
    QVERIFY(result.out.contains("input: float32 [batch, 3, 32, 32]"));
    QVERIFY(result.out.contains("cpu           runs every node"));
    QVERIFY(result.out.contains("Conv "));
    QVERIFY(cli({ "inspect", "zoo:tiny-cnn", "--nodes" }).out.count('\n') > 20);
    QVERIFY(cli({ "inspect", path("symbols.onnx") }).out.contains("length has no value (set with --dim)"));
}

void TstCli::inspectAsJson()
{
    const json one = parsed(cli({ "inspect", "zoo:tiny-cnn", "--json" }).out);
    const json eight = parsed(cli({ "inspect", "zoo:tiny-cnn", "--json", "--batch", "8" }).out);
    QVERIFY(one["inputs"][0] == "input: float32 [batch, 3, 32, 32]");
    QVERIFY(one["batch_dimension"] == "batch");
    QVERIFY(eight["flop"].get<std::int64_t>() == 8 * one["flop"].get<std::int64_t>());
    QVERIFY(one["flop_per_item"] == one["flop"]);
    QVERIFY(one["node_list"].size() == one["nodes"].get<std::size_t>());
    QVERIFY(one["engines"]["cpu"]["refusals"].empty());
}

void TstCli::inspectUnknownOperator()
{
    const CliResult text = cli({ "inspect", path("unknown.onnx") });
    QCOMPARE(text.status, 0); // it loads, and is shown
    QVERIFY(text.out.contains("refuses node \"frob\" (Frobnicate): "));
    QVERIFY(text.out.contains("arithmetic    unknown: Cannot infer shapes: "));
    const json document = parsed(cli({ "inspect", path("unknown.onnx"), "--json" }).out);
    QVERIFY(document["engines"]["cpu"]["refusals"][0]["node"] == "frob");
    QVERIFY(!document.contains("flop"));
}

void TstCli::inferMadeUp()
{
    const CliResult result = cli({ "infer", "zoo:tiny-cnn", "--batch", "3", "--threads", "1" });
    QCOMPARE(result.status, 0);
    QVERIFY(result.out.contains("logits"));
    QVERIFY(result.out.contains("[3, 10]"));
    QCOMPARE(result.err, "Made up: input.\n");
}

void TstCli::inferGiven_data()
{
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("format");
    QTest::newRow("npy to npy") << "cpu"
                                << "x=@/two.npy"
                                << "npy";
    QTest::newRow("pb to pb") << "reference"
                              << "x=@/two.pb"
                              << "pb";
    QTest::newRow("npz to npy") << "cpu"
                                << "@/two.npz"
                                << "npy";
}

void TstCli::inferGiven()
{
    QFETCH(QString, engine);
    QFETCH(QString, input);
    QFETCH(QString, format);
    const QString folder = path("out/" + engine + format);
    const CliResult result = cli({ "infer", path("relu.onnx"), "--engine", engine, "--input",
        input.replace("@", m_files.folder()), "--output", folder, "--format", format });
    QVERIFY2(result.status == 0, qPrintable(result.err));
    QVERIFY(result.err.isEmpty());
    const core::Tensor output = core::readTensor((folder + "/y." + format).toStdString());
    QCOMPARE(output.shape(), (core::Shape { 2, 4 })); // the batch is the input's
    const auto values = output.as<float>();
    QCOMPARE(
        std::vector<float>(values.begin(), values.end()), (std::vector<float> { 0, 2, 0, 4, 5, 0, 7, 0 }));
}

void TstCli::inferArchive()
{
    const CliResult result = cli({ "infer", path("relu.onnx"), "--input", path("two.npz"), "--output",
        path("npz"), "--format", "npz" });
    QVERIFY2(result.status == 0, qPrintable(result.err));
    const auto members = core::readNpz(path("npz/outputs.npz").toStdString());
    QCOMPARE(members.size(), std::size_t { 1 });
    QCOMPARE(members.at("y").as<float>()[1], 2.0F);
}

void TstCli::verify()
{
    const CliResult text = cli({ "verify", "zoo:tiny-transformer", "--engine", "cpu", "--batch", "3" });
    QVERIFY2(text.status == 0, qPrintable(text.out + text.err));
    QVERIFY(text.out.contains("All outputs are within a relative error of 0.001"));
    const json document = parsed(cli({ "verify", "zoo:tiny-cnn", "--engine", "reference", "--json" }).out);
    QVERIFY(document["ok"] == true);
    QVERIFY(document["outputs"][0]["max_rel"] <= 1e-3);
    QVERIFY(document["outputs"][0]["cosine"] > 0.999999);
}

void TstCli::verifyBeyondTheTolerance()
{
    // Two ways to sum the same products never agree to the last bit of every output.
    const CliResult result
        = cli({ "verify", "zoo:mlp", "--engine", "cpu", "--batch", "8", "--tolerance", "0" });
    QCOMPARE(result.status, 1);
    QVERIFY(result.out.contains(" beyond\n"));
    QVERIFY(result.out.contains("Not all outputs are within a relative error of 0 "));
}

void TstCli::sweepTable()
{
    const CliResult result
        = cli({ "sweep", "zoo:mlp", "--threads", "1", "--batch", "1,2", "--seconds", "0.05" });
    QVERIFY2(result.status == 0, qPrintable(result.err));
    QVERIFY2(result.out.contains(QRegularExpression("^ENGINE +BATCH +MEDIAN ms ")), qPrintable(result.out));
    QVERIFY(result.out.contains("\ncpu x1 "));
    QVERIFY(result.err.isEmpty()); // no progress line on a pipe
    for (const QString& line : result.out.split('\n'))
        QVERIFY2(line.size() <= 100, qPrintable(line));
}

void TstCli::sweepCsvOnly()
{
    const CliResult result = cli({ "sweep", "zoo:mlp", "--engine", "cpu", "--threads", "1", "--batch", "4",
        "--seconds", "0.05", "--csv", "-" });
    QVERIFY2(result.status == 0, qPrintable(result.err));
    QVERIFY(result.out.startsWith("model,engine,device,"));
    QCOMPARE(result.out.count('\n'), 2);
    QVERIFY(column(result.out, "latency_median_ms").toDouble() > 0);
    QCOMPARE(column(result.out, "batch"), "4");
    QVERIFY(result.err.isEmpty());
}

void TstCli::sweepFiles()
{
    const CliResult result = cli({ "sweep", "zoo:tiny-cnn", "--threads", "1", "--batch", "1-4x2", "--seconds",
        "0.05", "--check", "--seed", "5", "--out", path("run.json"), "--csv", path("run.csv") });
    QVERIFY2(result.status == 0, qPrintable(result.err));
    const core::Run run = core::readRun(path("run.json").toStdString());
    QCOMPARE(run.cells.size(), std::size_t { 3 });
    QCOMPARE(run.header.spec.seed, 5U);
    QVERIFY(run.header.model.sha256.size() == 64);
    for (const core::Cell& cell : run.cells) {
        QVERIFY(!cell.samples.empty());
        QVERIFY2(
            cell.finished->outputMaxAbsDiff.value < 1e-4, cell.finished->outputMaxAbsDiff.unknown.c_str());
    }
    QFile csv(path("run.csv"));
    QVERIFY(csv.open(QIODevice::ReadOnly));
    QCOMPARE(csv.readAll().count('\n'), 4);
}

void TstCli::sweepEvents()
{
    const CliResult result = cli({ "sweep", "zoo:mlp", "--threads", "1", "--seconds", "0.1", "--events" });
    QVERIFY2(result.status == 0, qPrintable(result.err));
    core::Run run;
    for (const QString& line : result.out.split('\n', Qt::SkipEmptyParts))
        run.apply(core::eventFromJson(line.toStdString()));
    QVERIFY(run.finished.has_value());
    QVERIFY(run.cells[0].finished.has_value());
    QVERIFY(!run.cells[0].samples.empty());
}

void TstCli::sweepOfTwoEngines()
{
    const CliResult result = cli({ "sweep", "zoo:mlp", "--engine", "cpu,reference", "--threads", "cpu=1",
        "--threads", "reference=1", "--precision", "model", "--seconds", "0.05" });
    QVERIFY2(result.status == 0, qPrintable(result.err));
    QVERIFY(result.out.contains("\ncpu x1 "));
    QVERIFY(result.out.contains("\nreference x1 "));
}

void TstCli::sweepOfRefusedModel()
{
    const CliResult table = cli({ "sweep", path("unknown.onnx"), "--threads", "1" });
    QCOMPARE(table.status, 1);
    QVERIFY(table.out.contains("refused"));
    QVERIFY(table.out.contains("node \"frob\" (Frobnicate): "));
    const CliResult csv = cli({ "sweep", path("unknown.onnx"), "--threads", "1", "--csv", "-" });
    QCOMPARE(csv.status, 1);
    QCOMPARE(column(csv.out, "status"), "refused");
    QVERIFY(csv.err.contains("Frobnicate"));
}

void TstCli::interruptedSweepKeepsItsFigures()
{
    QProcess process;
    process.start(BREAKEVEN_BIN_DIR "/breakeven-cli",
        { "sweep", "zoo:mlp", "--threads", "1", "--batch", "1,2", "--seconds", "200", "--events", "--out",
            path("cut.json") });
    QByteArray out;
    while (!out.contains("samples-taken") && process.waitForReadyRead(60'000))
        out += process.readAllStandardOutput();
    QVERIFY(out.contains("samples-taken"));
    QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 1);
    const core::Run run = core::readRun(path("cut.json").toStdString());
    QVERIFY(run.finished->stoppedByUser);
    QVERIFY(!run.cells[0].samples.empty());
    QVERIFY(run.cells[1].status == core::CellStatus::Cancelled);
}

void TstCli::completion()
{
    const CliResult result = cli({ "completion", "bash" });
    QCOMPARE(result.status, 0);
    for (const char* word : { "complete ", "resnet50", "--threads", "cpu gpu reference", "quick standard" })
        QVERIFY2(result.out.contains(word), word);
    // bash takes the script and completes with it.
    m_files.write("complete.sh", result.out.toStdString() + R"(
COMP_WORDS=(breakeven-cli sweep --eng); COMP_CWORD=2; _breakeven_cli; echo "${COMPREPLY[@]}"
COMP_WORDS=(breakeven-cli sweep --engine r); COMP_CWORD=3; _breakeven_cli; echo "${COMPREPLY[@]}"
COMP_WORDS=(breakeven-cli ins); COMP_CWORD=1; _breakeven_cli; echo "${COMPREPLY[@]}"
COMP_WORDS=(breakeven-cli inspect zoo : res); COMP_CWORD=4; _breakeven_cli; echo "${COMPREPLY[@]}"
COMP_WORDS=(breakeven-cli zoo ex); COMP_CWORD=2; _breakeven_cli; echo "${COMPREPLY[@]}"
)");
    QProcess bash;
    bash.start("bash", { path("complete.sh") });
    QVERIFY(bash.waitForFinished());
    QCOMPARE(QString::fromUtf8(bash.readAllStandardOutput()),
        "--engine\nreference recorded:\ninspect\nresnet50\nexport\n");
}

QTEST_GUILESS_MAIN(TstCli)
#include "tst_cli.moc"
