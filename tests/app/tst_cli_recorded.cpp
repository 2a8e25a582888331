// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of other machines beside this one's: `breakeven-cli profiles`, and sweeps with `--engine
// recorded:NAME`.
#include "core/measure/model_summary.h"
#include "tests/support/cli.h"
#include "tests/support/cli_files.h"
#include "tests/support/profiles.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <QTest>

using nlohmann::json;
using support::cli;
using support::CliResult;

namespace {

/// What otherRun() measured, said to be of zoo:mlp.
core::Run ofMlp()
{
    core::Run run = support::otherRun();
    run.header.model = core::summarise(core::openModel("zoo:mlp"));
    return run;
}

} // namespace

class TstCliRecorded : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void anEmptyListSaysWhereToPutThem();
    void listsThem();
    void standsBesideALiveEngine();
    void aRealRunIsAProfile();
    void takesWhatWasRecordedByDefault();
    void nothingElseComputes_data();
    void nothingElseComputes();
    void saysWhatIsMissing();
    void aBrokenFileStopsNothing();
    void completes();

private:
    QString add(const QString& name, const std::string& text) const
    {
        m_files.write("data/breakeven/profiles/" + name, text);
        return m_files.path("data/breakeven/profiles/" + name);
    }
    const support::CliFiles m_files;
};

void TstCliRecorded::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_files.path("data").toUtf8());
    QVERIFY(QDir().mkpath(m_files.path("data/breakeven/profiles")));
}

void TstCliRecorded::anEmptyListSaysWhereToPutThem()
{
    const CliResult list = cli({ "profiles" });
    QCOMPARE(list.status, 0);
    QCOMPARE(list.out.simplified(),
        "No recorded profiles. Put run files of other machines in " + m_files.path("data/breakeven/profiles")
            + ".");
    QVERIFY(cli({ "devices" }).out.simplified().endsWith(list.out.simplified()));
    QCOMPARE(cli({ "profiles", "--json" }).out, QString("[]\n"));
}

void TstCliRecorded::listsThem()
{
    add("h200.json", core::toJson(ofMlp()));
    const CliResult list = cli({ "profiles" });
    QCOMPARE(list.status, 0);
    QVERIFY2(list.out.contains("recorded:h200      Fake GPU           2026-12-02  station      4  mlp\n"),
        qPrintable(list.out));
    QVERIFY2(list.out.contains("recorded:h200/cpu  Fake CPU, 4 cores  2026-12-02  station      8  mlp\n"),
        qPrintable(list.out));
    const json document = json::parse(cli({ "profiles", "--json" }).out.toStdString());
    QCOMPARE(document.size(), std::size_t { 2 });
    QVERIFY(document[0]["id"] == "recorded:h200");
    QVERIFY(document[0]["recorded_on"]["date"] == "2026-12-02");
    QVERIFY(document[0]["models"] == json::array({ "mlp" }));
    QVERIFY(document[0]["cells"] == 4);
    const QString devices = cli({ "devices" }).out;
    QVERIFY2(devices.contains("\nrecorded:h200 Fake GPU\n              recorded on station, 2026-12-02\n"),
        qPrintable(devices));
    QVERIFY(!devices.contains("No recorded profiles"));
}

void TstCliRecorded::standsBesideALiveEngine()
{
    const QString out = m_files.path("run.json");
    const CliResult result = cli({ "sweep", "zoo:mlp", "--engine", "cpu,recorded:h200", "--threads", "cpu=1",
        "--batch", "1,8,64", "--seconds", "0.05", "--out", out });
    QVERIFY2(result.status == 0, qPrintable(result.err));
    for (const char* words : { " recorded:h200 1 0.250", " recorded:h200 8 - - ",
             "Cannot compile batch 8: it needs 9 GB, 1 GB are free.",
             "Fake GPU, recorded on 2026-12-02, has no cell of this model at batch 64: it has 1, 2, 4, 8.",
             "Figures of Fake GPU were recorded on station on 2026-12-02, not measured here." })
        QVERIFY2(result.out.simplified().contains(words), qPrintable(result.out));
    const core::Run run = core::readRun(out.toStdString());
    QCOMPARE(run.cells.size(), std::size_t { 6 });
    QVERIFY(!run.cells[0].finished->recorded && run.cells[1].finished->recorded);
    QVERIFY(!run.header.devices[0].recordedOn && run.header.devices[1].recordedOn);
    QVERIFY(run.cells[1].summary.device.has_value());
    const QString csv
        = cli({ "sweep", "zoo:mlp", "--engine", "recorded:h200", "--batch", "1", "--csv", "-" }).out;
    QVERIFY2(csv.contains(",\"station, 2026-12-02\","), qPrintable(csv));
}

void TstCliRecorded::aRealRunIsAProfile()
{
    const QString file = add("here.json", "");
    QFile::remove(file);
    const QStringList sweep { "sweep", "zoo:tiny-cnn", "--batch", "1,2", "--threads", "1", "--csv", "-" };
    const CliResult measured = cli(sweep + QStringList { "--seconds", "0.05", "--out", file });
    QVERIFY2(measured.status == 0, qPrintable(measured.err));
    for (const QString& id : { QString("recorded:here/cpu"), "recorded:" + file }) {
        const CliResult recorded = cli(sweep + QStringList { "--engine", id });
        QVERIFY2(recorded.status == 0, qPrintable(recorded.err));
        QCOMPARE(recorded.out.count("\ntiny-cnn,\"" + id) + recorded.out.count("\ntiny-cnn," + id), 2);
        const core::Run run = core::readRun(file.toStdString());
        const auto median = run.cells[1].summary.median->count();
        QVERIFY2(recorded.out.contains(QString::fromStdString(fmt::format("{:.6f}", double(median) / 1e6))),
            qPrintable(recorded.out));
    }
    QFile::remove(file);
}

/// The most threads and the first precision that it has, not those that a live engine would take.
void TstCliRecorded::takesWhatWasRecordedByDefault()
{
    core::Run run = ofMlp();
    for (core::Cell& cell : run.cells)
        cell.key.precision = core::Precision::BFloat16;
    const QString file = add("half.json", core::toJson(run));
    const CliResult result
        = cli({ "sweep", "zoo:mlp", "--engine", "recorded:half,recorded:half/cpu", "--csv", "-" });
    QVERIFY2(result.status == 0, qPrintable(result.err));
    QCOMPARE(result.out.count(",bf16,,1,ok,"), 1);
    QCOMPARE(result.out.count(",bf16,2,1,ok,"), 1);
    QFile::remove(file);
}

void TstCliRecorded::nothingElseComputes_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("task");
    QTest::newRow("infer") << QStringList { "infer", "zoo:mlp" } << "run inference";
    QTest::newRow("verify") << QStringList { "verify", "zoo:mlp" } << "verify";
    QTest::newRow("trace") << QStringList { "trace", "zoo:mlp" } << "trace";
    QTest::newRow("inspect") << QStringList { "inspect", "zoo:mlp", "--nodes" } << "inspect";
}

void TstCliRecorded::nothingElseComputes()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, task);
    const CliResult result = cli(arguments + QStringList { "--engine", "recorded:h200" });
    QCOMPARE(result.status, 1);
    QCOMPARE(result.err,
        "breakeven-cli: Cannot " + task
            + ": Fake GPU, recorded on 2026-12-02, computes nothing: it has figures of runs alone.\n");
}

void TstCliRecorded::saysWhatIsMissing()
{
    const CliResult none = cli({ "sweep", "zoo:mlp", "--engine", "recorded:h100" });
    QCOMPARE(none.status, 1);
    QCOMPARE(none.err,
        QString("breakeven-cli: Cannot find profile \"h100\": there are h200; or give the path of a run "
                "file.\n"));
    const CliResult model = cli({ "sweep", "zoo:tiny-cnn", "--engine", "recorded:h200", "--csv", "-" });
    QCOMPARE(model.status, 1);
    QCOMPARE(model.err,
        QString("breakeven-cli: recorded:h200 batch 1: Fake GPU, recorded on 2026-12-02, has no cell of "
                "tiny-cnn: it "
                "has mlp.\n"));
}

void TstCliRecorded::aBrokenFileStopsNothing()
{
    const QString file = add("broken.json", "{\"schema\":\"breakeven-run\",\"version\":9}");
    const QString why = "Cannot read run: " + file + ": it has version 9, this program reads version 1.";
    const CliResult list = cli({ "profiles" });
    QCOMPARE(list.status, 0);
    QVERIFY2(list.out.simplified().contains("left out: " + why), qPrintable(list.out));
    QVERIFY(list.out.contains("recorded:h200 "));
    QVERIFY2(cli({ "devices" }).out.simplified().contains("absent: " + why), qPrintable(list.out));
    const CliResult sweep = cli({ "sweep", "zoo:mlp", "--engine", "recorded:broken" });
    QCOMPARE(sweep.status, 1);
    QCOMPARE(sweep.err, "breakeven-cli: " + why + "\n");
    QFile::remove(file);
}

void TstCliRecorded::completes()
{
    const CliResult result = cli({ "completion", "bash" });
    m_files.write("complete.sh", result.out.toStdString() + R"(
COMP_WORDS=(breakeven-cli sweep --engine rec); COMP_CWORD=3; _breakeven_cli; echo "${COMPREPLY[@]}"
COMP_WORDS=(breakeven-cli sweep --engine recorded :); COMP_CWORD=4; _breakeven_cli; echo "${COMPREPLY[@]}"
COMP_WORDS=(breakeven-cli sweep --engine cpu,recorded : h200/); COMP_CWORD=5; _breakeven_cli; echo "${COMPREPLY[@]}"
COMP_WORDS=(breakeven-cli sweep zoo :); COMP_CWORD=3; _breakeven_cli; echo "${COMPREPLY[@]}"
)");
    QProcess bash;
    bash.start("bash", { m_files.path("complete.sh") });
    QVERIFY(bash.waitForFinished());
    const QStringList lines = QString::fromUtf8(bash.readAllStandardOutput()).split('\n');
    QCOMPARE(lines[0], QString("recorded:"));
    QCOMPARE(lines[1], QString("h200 h200/cpu"));
    QCOMPARE(lines[2], QString("h200/cpu"));
    QVERIFY(lines[3].contains("resnet50"));
}

QTEST_GUILESS_MAIN(TstCliRecorded)
#include "tst_cli_recorded.moc"
