// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/run_file.h"
#include "tests/support/cli.h"
#include "tests/support/runs.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

class TstCliCompare : public QObject {
    Q_OBJECT

    QString path(const char* name) const { return m_folder.filePath(name); }
    QString text(const char* name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    }

    QTemporaryDir m_folder;

private slots:
    void initTestCase()
    {
        core::Run run = support::exampleRun();
        core::writeRun(run, path("before.json").toStdString());
        for (core::TimedSample& sample : run.cells[0].samples)
            sample.latency = sample.latency * 108 / 100;
        core::writeRun(run, path("after.json").toStdString());
    }

    void runs()
    {
        const auto result = support::cli({ "compare", path("before.json"), path("after.json") });
        QVERIFY2(result.status == 0, qPrintable(result.err));
        QVERIFY2(result.out.contains("1.080") && result.out.contains("SLOWER"), qPrintable(result.out));
        QVERIFY(result.out.contains("disturbed in the first run"));
        for (const QString& line : result.out.split('\n'))
            QVERIFY2(line.size() <= 100, qPrintable(line));
    }

    void beyondALimit()
    {
        const QStringList compare { "compare", path("before.json"), path("after.json"), "--limit" };
        QCOMPARE(support::cli(compare + QStringList { "10" }).status, 0);
        const auto result
            = support::cli(compare + QStringList { "5", "--junit", path("report.xml"), "--json" });
        QCOMPARE(result.status, 1);
        const QJsonObject json = QJsonDocument::fromJson(result.out.toUtf8()).object();
        QCOMPARE(json["ok"].toBool(true), false);
        QCOMPARE(json["cells"].toArray()[0].toObject()["verdict"].toString(), QString("SLOWER"));
        const QString xml = text("report.xml");
        QVERIFY2(xml.contains("<failure message=\"slower by 8.0 %, the limit is 5 %\"/>"), qPrintable(xml));
        QVERIFY(xml.contains("tests=\"4\" failures=\"1\" skipped=\"3\""));
    }

    void whatCannotBeRead()
    {
        const auto result = support::cli({ "compare", path("before.json"), path("nowhere.json") });
        QCOMPARE(result.status, 1);
        QVERIFY2(result.err.contains("no such file"), qPrintable(result.err));
    }

    void byTurns()
    {
        const auto result = support::cli({ "ab", "zoo:mlp", "-a", "cpu,threads=1", "-b", "reference,batch=2",
            "--rounds", "5", "--builds", "5", "--seconds", "0.01", "--json" });
        QVERIFY2(result.status == 0, qPrintable(result.err));
        const QJsonObject json = QJsonDocument::fromJson(result.out.toUtf8()).object();
        QCOMPARE(json["rounds"].toArray().size(), 5);
        QCOMPARE(json["b"].toObject()["batch"].toInt(), 2);
        QVERIFY((QStringList { "SLOWER", "UNCLEAR" }).contains(json["verdict"].toString()));
    }

    void presets()
    {
        const QStringList words { "ab", "zoo:mlp", "-a", "cpu,threads=1", "-b", "cpu,threads=1", "--seconds",
            "0.001", "--json" };
        const auto quick = support::cli(words + QStringList { "--preset", "quick" });
        QVERIFY2(quick.status == 0, qPrintable(quick.err));
        const QJsonArray rounds = QJsonDocument::fromJson(quick.out.toUtf8()).object()["rounds"].toArray();
        QCOMPARE(rounds.size(), 12);
        const auto unknown = support::cli(words + QStringList { "--preset", "best" });
        QCOMPARE(unknown.status, 2);
        QCOMPARE(unknown.err,
            QStringLiteral("breakeven-cli: Cannot compare: there is no preset \"best\": quick, standard, "
                           "rigorous.\n"));
    }

    void settingsThatAreNone_data()
    {
        QTest::addColumn<QString>("settings");
        QTest::addColumn<QString>("why");
        QTest::addColumn<int>("status");
        const QString head = "breakeven-cli: Cannot read settings: ";
        QTest::newRow("word") << "cpu,thread=1"
                              << head
                + "\"thread=1\" is none of ENGINE, threads=N, batch=N, precision=WORD and tuning=WORD.\n"
                              << 2;
        QTest::newRow("number") << "batch=none" << head + "\"none\" is not a whole number of at least 1.\n"
                                << 2;
        QTest::newRow("zero") << "batch=0" << head + "\"0\" is not a whole number of at least 1.\n" << 2;
        QTest::newRow("limit") << "tuning=baseline"
                               << "breakeven-cli: Cannot compare: kernels are limited to baseline in a "
                                  "process of their own, as sweep "
                                  "has them.\n"
                               << 1;
        QTest::newRow("threads") << "threads=100000"
                                 << "breakeven-cli: Cannot compare: engine \"cpu\" has " << 1;
    }
    void settingsThatAreNone()
    {
        QFETCH(QString, settings);
        QFETCH(QString, why);
        QFETCH(int, status);
        qunsetenv("ONEDNN_MAX_CPU_ISA");
        const auto result = support::cli({ "ab", "zoo:mlp", "-b", settings });
        QVERIFY2(result.err.startsWith(why), qPrintable(result.err));
        QCOMPARE(result.status, status);
    }
};

QTEST_GUILESS_MAIN(TstCliCompare)
#include "tst_cli_compare.moc"
