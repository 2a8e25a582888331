// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/run_file.h"
#include "tests/support/cli.h"
#include "tests/support/runs.h"

#include <nlohmann/json.hpp>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using support::cli;
using support::CliResult;

class TstCliDecide : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { core::writeRun(support::exampleRun(), path("run.json").toStdString()); }

    void says()
    {
        const CliResult result = cli({ "decide", path("run.json"), "--objective", "throughput" });
        QCOMPARE(result.status, 0);
        QVERIFY2(result.out.contains("\nanswer: "), qPrintable(result.out));
        QVERIFY(result.out.contains("BEST"));
        for (const QString& line : result.out.split('\n'))
            QVERIFY2(line.size() <= 100, qPrintable(line));
    }

    void asJson()
    {
        const CliResult result = cli({ "decide", path("run.json"), "--json", "--target", "latency=1s",
            "--rate", "500", "--objective", "cost", "--price", "cpu=0.68" });
        QCOMPARE(result.status, 0);
        const auto json = nlohmann::json::parse(result.out.toStdString());
        QCOMPARE(json.at("objective").get<std::string>(), "cost");
        QVERIFY(json.at("best").is_object());
        QVERIFY(json.at("candidates").at(0).at("machines") >= 1);
        QVERIFY(json.at("candidates").at(0).at("cost_per_million") > 0);
    }

    void owned()
    {
        const QStringList asked { "decide", path("run.json"), "--objective", "cost", "--rate", "500",
            "--price", "cpu=owned(price=3000,years=3,rent=1)", "--pue", "1.2", "--tariff", "0.3", "--carbon",
            "400" };
        const CliResult result = cli(asked);
        QCOMPARE(result.status, 0);
        for (const QString& line : result.out.split('\n'))
            QVERIFY2(line.size() <= 100, qPrintable(line));
        for (const char* words : { "kgCO2/1M", "life of cpu", "tariff", "power of cpu", "PUE",
                 "cpu is owned: 3000 USD over 3 years, is 0.1142 an hour.", "RAPL package-0, powercap" })
            QVERIFY2(result.out.contains(words), qPrintable(result.out));
        const auto json = nlohmann::json::parse(cli(asked + QStringList { "--json" }).out.toStdString());
        const auto& first = json.at("candidates").at(0);
        QVERIFY(first.at("co2_grams_per_inference") > 0 && first.at("joules_per_inference") > 0);
        QVERIFY(json.at("sensitivity").size() >= 5);
        QVERIFY(json.at("over_rate").at("curves").at(0).at("cost_per_million").is_array());
    }

    /// What nobody measured is a reason, in words and in JSON.
    void ownedOfUnknownPower()
    {
        core::Run run = support::exampleRun();
        for (core::Cell& cell : run.cells)
            if (cell.finished)
                cell.finished->energyPerInferenceJoules = core::Figure::missing("No sensor: a test.");
        core::writeRun(run, path("dark.json").toStdString());
        const QStringList asked { "decide", path("dark.json"), "--price", "cpu=owned(price=3000)", "--carbon",
            "400" };
        const CliResult result = cli(asked);
        QVERIFY(result.out.contains("What cpu costs is unknown: No sensor: a test."));
        QVERIFY(result.out.contains("What cpu emits is unknown: No sensor: a test."));
        QVERIFY(!result.out.contains("COST/1M") && !result.out.contains("kgCO2"));
        const auto json = nlohmann::json::parse(cli(asked + QStringList { "--json" }).out.toStdString());
        QCOMPARE(json.at("over_rate").at("curves").at(0).at("joules_per_inference").get<std::string>(),
            "No sensor: a test.");
        QVERIFY(!json.at("candidates").at(0).contains("cost_per_million"));
    }

    void spot()
    {
        QFile file(path("spot.csv"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("name,kind,price_per_hour,currency,basis,date\nmine,cpu,0.1,USD,spot,2026-06\n");
        file.close();
        const CliResult result = cli({ "decide", path("run.json"), "--objective", "cost", "--prices",
            path("spot.csv"), "--price", "cpu=mine", "--interrupted", "10", "--billed", "busy" });
        QCOMPARE(result.status, 0);
        QVERIFY2(QString(result.out)
                     .simplified()
                     .remove(' ')
                     .contains(QString(
                         "an hour while it works; 10 % of its work is lost to interruptions and done again")
                                   .remove(' ')),
            qPrintable(result.out));
    }

    /// A figure that nobody knows meets nothing: no answer, and status 1.
    void nothingMeets()
    {
        const CliResult result = cli({ "decide", path("run.json"), "--target", "latency=1us" });
        QCOMPARE(result.status, 1);
        QVERIFY2(result.out.contains("No recommendation: none of the "), qPrintable(result.out));
    }

    void page()
    {
        QCOMPARE(cli({ "decide", path("run.json"), "--html", path("report.html") }).status, 0);
        QFile file(path("report.html"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("<svg"));
        QCOMPARE(cli({ "decide", path("run.json"), "--html", "/proc/none/report.html" }).err,
            "breakeven-cli: Cannot write report: /proc/none/report.html: no such folder.\n");
    }

    void prices()
    {
        const CliResult list = cli({ "prices" });
        QCOMPARE(list.status, 0);
        QVERIFY(list.out.contains("g4dn.xlarge (T4)"));
        const CliResult csv = cli({ "prices", "--csv" });
        QFile file(path("prices.csv"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            QString(csv.out).replace("c5.4xlarge", "mine").replace("2026-06-01", "2020-06-01").toUtf8());
        file.close();
        QVERIFY(cli({ "prices", "--prices", path("prices.csv") }).out.contains("2020-06 (old)"));
        const CliResult result = cli({ "decide", path("run.json"), "--objective", "cost", "--prices",
            path("prices.csv"), "--price", "cpu=mine" });
        QCOMPARE(result.status, 0);
        QVERIFY2(result.out.contains("The price of cpu is over a year old."), qPrintable(result.out));
    }

    void refuses_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const QStringList& arguments, const char* sentence) {
            QTest::newRow(name) << arguments << QString(sentence);
        };
        row("target", { "--target", "p98=1ms" },
            "Cannot read target: \"p98=1ms\": it is none of latency, p50, p90, p95, p99, p99.9, rate, power, "
            "memory and cost.");
        row("objective", { "--objective", "joy" },
            "Cannot read objective: \"joy\" is none of latency, throughput, energy and cost.");
        row("no price", { "--objective", "cost" },
            "Cannot decide by cost: no machine has a price (--price cpu=0.68 --price gpu=1.006).");
        row("engine", { "--price", "tpu=1" }, "Cannot read --price: \"tpu=1\" names no engine of the run.");
        row("name", { "--price", "cpu=c99" }, "Cannot read --price: the table has no \"c99\" (see prices).");
        row("kind", { "--price", "cpu=g4dn.xlarge (T4)" },
            "Cannot read --price: \"g4dn.xlarge (T4)\" is no machine for cpu.");
        row("free", { "--price", "cpu=0" }, "Cannot read --price: 0 is no price an hour.");
        row("owned", { "--price", "cpu=owned(years=2)" },
            "Cannot read price: \"owned(years=2)\": it needs a price.");
        row("billed", { "--price", "cpu=1", "--billed", "monthly" },
            "Cannot read --billed: \"monthly\" is neither hour nor busy.");
        row("no spot", { "--price", "cpu=1", "--interrupted", "5" },
            "Cannot use --interrupted: no machine's price has the basis \"spot\".");
        row("table", { "--prices", "/nowhere.csv" },
            "Cannot read prices: /nowhere.csv: no such file or directory.");
    }
    void refuses()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, sentence);
        const CliResult result = cli(QStringList { "decide", path("run.json") } + arguments);
        QVERIFY(result.status != 0);
        QVERIFY2(result.err.startsWith("breakeven-cli: " + sentence), qPrintable(result.err));
    }

private:
    QString path(const QString& name) const { return m_folder.filePath(name); }
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TstCliDecide)
#include "tst_cli_decide.moc"
