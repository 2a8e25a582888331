// SPDX-License-Identifier: GPL-3.0-or-later
// The run library as `breakeven-cli sweep` fills it and `breakeven-cli runs` shows it.
#include "core/record/run_file.h"
#include "core/record/run_store.h"
#include "tests/support/cli.h"
#include "tests/support/runs.h"

#include <nlohmann/json.hpp>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using nlohmann::json;
using support::cli;
using support::CliResult;

class TstCliRuns : public QObject {
    Q_OBJECT

private slots:
    void init();
    void nothingYet();
    void keepsAndExportsTheSame();
    void leftOut();
    void lists();
    void filters();
    void changes();
    void imports();
    void killedSweep();
    void sweepsWithoutALibrary();
    void damaged();
    void refuses_data();
    void refuses();

private:
    QString path(const QString& name) const { return m_folder->path() + "/" + name; }
    static CliResult sweep(const QStringList& more = {}, const QStringList& variables = {})
    {
        return cli(
            QStringList { "sweep", "zoo:mlp", "--threads", "1", "--seconds", "0.02" } + more, variables);
    }
    static json listed(const QStringList& more = {})
    {
        const CliResult result = cli(QStringList { "runs", "--json" } + more);
        return json::parse(result.out.toStdString(), nullptr, false).value("runs", json());
    }
    static QString firstId() { return QString::fromStdString(listed().at(0).at("id").get<std::string>()); }
    /// One run of the examples.
    QString imported() const
    {
        core::writeRun(support::exampleRun(), path("example.json").toStdString());
        cli({ "runs", "import", path("example.json") });
        return firstId();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TstCliRuns::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("XDG_DATA_HOME", m_folder->path().toUtf8());
    qunsetenv("BREAKEVEN_NO_STORE");
}

void TstCliRuns::nothingYet()
{
    const CliResult result = cli({ "runs" });
    QCOMPARE(result.status, 0);
    QCOMPARE(result.out, "No such run is kept.\n");
    QVERIFY(!QFile::exists(path("breakeven"))); // who only looks leaves nothing behind
}

void TstCliRuns::keepsAndExportsTheSame()
{
    const CliResult result = sweep({ "--batch", "1,2", "--out", path("out.json") });
    QCOMPARE(result.status, 0);
    const QString id = firstId();
    QCOMPARE(result.err, "Kept in the run library: breakeven-cli runs show " + id.left(8) + "\n");
    QCOMPARE(cli({ "runs", "export", id.left(5), path("exported.json") }).status, 0);
    QFile out(path("out.json")), exported(path("exported.json"));
    QVERIFY(out.open(QIODevice::ReadOnly) && exported.open(QIODevice::ReadOnly));
    const QByteArray written = out.readAll();
    QCOMPARE(exported.readAll(), written);
    QCOMPARE(cli({ "runs", "export", id, "-" }).out.toUtf8(), written);
    QCOMPARE(cli({ "runs", "import", path("out.json") }).out, "It is there already: " + id.left(8) + "\n");
}

void TstCliRuns::leftOut()
{
    QCOMPARE(sweep({ "--no-store" }).err, QString());
    QCOMPARE(sweep({}, { "BREAKEVEN_NO_STORE=1" }).err, QString());
    QVERIFY(!QFile::exists(path("breakeven")));
}

void TstCliRuns::lists()
{
    const QString id = imported();
    const CliResult table = cli({ "runs" }), shown = cli({ "runs", "show", id.left(8) });
    QVERIFY2(table.out.contains(id.left(8)) && table.out.contains("2026-03-01 12:00"), qPrintable(table.out));
    QVERIFY2(shown.out.contains("machine") && shown.out.contains("BATCH"), qPrintable(shown.out));
    for (const QString& line : (table.out + shown.out).split('\n'))
        QVERIFY2(line.size() <= 100, qPrintable(line));
}

void TstCliRuns::filters()
{
    imported();
    for (const QStringList& found : std::vector<QStringList> { {}, { "--model", "tiny" },
             { "--machine", "station" }, { "--since", "2026-02-28" }, { "--until", "2026-03-02" },
             { "--since", "2026-03-01T12:00:00+01:00" } })
        QVERIFY2(listed(found).size() == 1, qPrintable(found.join(' ')));
    for (const QStringList& none :
        std::vector<QStringList> { { "--model", "resnet" }, { "--machine", "elsewhere" },
            { "--since", "2026-03-03" }, { "--until", "2026-02-27" }, { "--tag", "t" }, { "--deleted" } })
        QVERIFY2(listed(none).empty(), qPrintable(none.join(' ')));
}

void TstCliRuns::changes()
{
    const QString id = imported(), head = id.left(8);
    QCOMPARE(cli({ "runs", "rename", id, "before" }).out, head + " is now \"before\".\n");
    QCOMPARE(cli({ "runs", "tag", id, "nightly" }).out, head + " has the tags nightly.\n");
    QVERIFY(listed({ "--tag", "nightly" }).at(0).at("name") == "before");
    QCOMPARE(cli({ "runs", "untag", id, "nightly" }).out, head + " has no tags.\n");
    QCOMPARE(cli({ "runs", "delete", id }).out,
        head + " is deleted; breakeven-cli runs restore " + head + " brings it back.\n");
    QVERIFY(listed().empty());
    QCOMPARE(listed({ "--deleted" }).size(), std::size_t { 1 });
    QCOMPARE(cli({ "runs", "restore", id }).out, head + " is back.\n");
    QCOMPARE(cli({ "runs", "purge" }).out, "0 deleted runs removed for good.\n");
    cli({ "runs", "delete", id });
    QCOMPARE(cli({ "runs", "purge" }).out, "1 deleted run removed for good.\n");
    QCOMPARE(cli({ "runs", "restore", id }).status, 1);
}

void TstCliRuns::imports()
{
    const QString id = imported();
    QCOMPARE(cli({ "runs", "export", id, "-" }).out.toStdString(), core::toJson(support::exampleRun()));
}

/// An event is printed after its cell was kept: what has been read before the kill must be there.
void TstCliRuns::killedSweep()
{
    QProcess process;
    process.start(BREAKEVEN_BIN_DIR "/breakeven-cli",
        { "sweep", "zoo:mlp", "--threads", "1", "--batch", "1-60", "--seconds", "0.02", "--events" });
    QByteArray heard;
    while (heard.count("\"cell-finished\"") < 5 && process.waitForReadyRead(60'000))
        heard += process.readAllStandardOutput();
    process.kill();
    QVERIFY(process.waitForFinished());
    heard += process.readAllStandardOutput();
    const core::RunStore store(path("breakeven/runs.sqlite").toStdString());
    const core::RunEntry entry = store.list().runs.at(0);
    QVERIFY(entry.kept >= heard.count("\"cell-finished\"") && entry.kept >= 5);
    QVERIFY(entry.finishedAt.empty());
    const core::Run run = store.read(entry.id);
    for (std::size_t cell = 0; cell < 5; ++cell)
        QVERIFY(!run.cells[cell].samples.empty());
    QVERIFY(cli({ "runs" }).out.contains(" of 60"));

    const QString id = QString::fromStdString(entry.shortId);
    const CliResult rest = cli({ "continue", id, "--out", path("whole.json") });
    QVERIFY2(rest.status == 0, qPrintable(rest.err));
    const core::Run whole = core::readRun(path("whole.json").toStdString());
    QCOMPARE(QString::fromStdString(whole.header.environment.warnings.back()),
        QString("%1 of 60 cells were measured before, in a run that began at %2.")
            .arg(entry.kept)
            .arg(QString::fromStdString(run.header.startedAt)));
    QCOMPARE(whole.cells.size(), std::size_t { 60 });
    for (const core::Cell& cell : whole.cells)
        QVERIFY(cell.finished && !cell.samples.empty());
    QCOMPARE(whole.cells[0].summary.median, run.cells[0].summary.median);
    QCOMPARE(whole.cells[0].finished->recorded->startedAt, run.header.startedAt);
    QVERIFY(!whole.cells[59].finished->recorded);
    QCOMPARE(cli({ "continue", path("whole.json") }).err,
        "breakeven-cli: Cannot continue the sweep: all 60 cells of it are measured.\n");
    QCOMPARE(cli({ "continue", path("none.json") }).err,
        "breakeven-cli: Cannot read run: " + path("none.json") + ": no such file or directory.\n");
    QCOMPARE(cli({ "compare", id, path("whole.json") }).status, 0); // a run by its id
}

void TstCliRuns::sweepsWithoutALibrary()
{
    QFile file(path("breakeven")); // where the folder should be
    QVERIFY(file.open(QIODevice::WriteOnly));
    const CliResult result = sweep({ "--out", path("out.json") });
    QCOMPARE(result.status, 0);
    QVERIFY2(result.err.startsWith("breakeven-cli: Cannot open run library: " + path("breakeven/runs.sqlite"))
            && result.err.endsWith(" The run will not be in the library.\n"),
        qPrintable(result.err));
    QVERIFY(core::readRun(path("out.json").toStdString()).finished.has_value());
    const CliResult homeless = sweep({}, { "XDG_DATA_HOME=", "HOME=" });
    QCOMPARE(homeless.status, 0);
    QVERIFY2(
        homeless.err.contains("neither XDG_DATA_HOME nor HOME names a folder."), qPrintable(homeless.err));
}

void TstCliRuns::damaged()
{
    imported();
    QFile file(path("breakeven/runs.sqlite"));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QByteArray bytes = file.readAll();
    const auto at = bytes.indexOf("station");
    QVERIFY(at > 0);
    bytes[at] = 'S';
    file.seek(0);
    file.write(bytes);
    file.close();
    const CliResult result = cli({ "runs" });
    QCOMPARE(result.status, 1);
    QCOMPARE(result.err,
        "breakeven-cli: Cannot read all of the run library: " + file.fileName() + ": it is damaged.\n");
}

void TstCliRuns::refuses_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("no such run") << QStringList { "show", "zz" } << 1 << "no id begins with \"zz\"";
    QTest::newRow("no such file") << QStringList { "import", "/nowhere" } << 1 << "Cannot read run: /nowhere";
    QTest::newRow("bad day") << QStringList { "--since", "yesterday" } << 2
                             << "Cannot read --since: \"yesterday\"";
    QTest::newRow("bad month") << QStringList { "--until", "2026-13-01" } << 2 << "Cannot read --until";
    QTest::newRow("no id") << QStringList { "show" } << 2 << "ID is required";
}

void TstCliRuns::refuses()
{
    QFETCH(QStringList, command);
    QFETCH(int, status);
    QFETCH(QString, sentence);
    imported();
    const CliResult result = cli(QStringList { "runs" } + command);
    QCOMPARE(result.status, status);
    QVERIFY2(result.err.contains(sentence), qPrintable(result.err));
}

QTEST_GUILESS_MAIN(TstCliRuns)
#include "tst_cli_runs.moc"
