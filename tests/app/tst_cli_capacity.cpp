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

class TstCliCapacity : public QObject {
    Q_OBJECT

private slots:
    /// cpu: 1 ms an item with its power; gpu: 3 ms, and nobody knows what it draws.
    void initTestCase() { core::writeRun(support::exampleRun(), path("run.json").toStdString()); }

    void says()
    {
        const CliResult result = cli(asked({ "--rate", "1200", "--price", "cpu=0.68", "--price", "gpu=1" }));
        QCOMPARE(result.status, 0);
        for (const QString& line : result.out.split('\n'))
            QVERIFY2(line.size() <= 100, qPrintable(line));
        for (const char* words : { "BEST", "COST/day", "kWh/day", "is the cheapest of the ", "diurnal, 1200",
                 "The energy of gpu fp16 is unknown: " })
            QVERIFY2(result.out.contains(words), qPrintable(result.out));
        QCOMPARE(cli(asked({ "--rate", "1200", "--price", "cpu=0.68", "--price", "gpu=1" })).out, result.out);
    }

    void asJson()
    {
        const auto json = nlohmann::json::parse(
            cli(asked({ "--rate", "1200", "--price", "cpu=0.68", "--cache", "hit=0.25", "--json" }))
                .out.toStdString());
        QVERIFY(json.at("meets").get<bool>());
        QCOMPARE(json.at("rates").size(), std::size_t { 1440 });
        QCOMPARE(json.at("cache_hits").get<double>(), 0.25);
        const auto& best = json.at("mixes").at(0);
        QCOMPARE(best.at("instances").size(), std::size_t { 1440 });
        QVERIFY(best.at("cost") > 0 && best.at("joules") > 0 && best.at("late") <= 0.01);
        for (const auto& rate : json.at("rates"))
            QVERIFY(rate > 0 && rate < 1200 * 0.75 * 1.81);
    }

    /// The GPU's power is nowhere: null, not 0.
    void unknownEnergy()
    {
        const auto json = nlohmann::json::parse(
            cli(asked({ "--rate", "200", "--price", "gpu=1", "--device", "gpu", "--json" }))
                .out.toStdString());
        QVERIFY(json.at("mixes").at(0).at("joules").is_null());
    }

    void nothingMeets()
    {
        const CliResult result = cli(
            asked({ "--rate", "5000", "--price", "cpu=1", "--device", "cpu", "--instances", "cpu x2=0-1" }));
        QCOMPARE(result.status, 1);
        QVERIFY2(result.out.contains("keeps the SLO; "), qPrintable(result.out));
    }

    void trace()
    {
        QFile file(path("trace.csv"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (int second = 0; second < 600; ++second)
            file.write(QByteArray::number(second) + ",100\n");
        file.close();
        const CliResult result = cli(asked(
            { "--arrivals", "trace(" + path("trace.csv") + ")", "--price", "cpu=1", "--device", "cpu" }));
        QCOMPARE(result.status, 0);
        QVERIFY2(result.out.contains("100.0 items/s on average"), qPrintable(result.out));
    }

    void refuses_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const QStringList& arguments, const char* sentence) {
            QTest::newRow(name) << arguments << QString(sentence);
        };
        row("rate", { "--price", "cpu=1" }, "Cannot plan capacity: it needs --rate R.");
        row("both", { "--price", "cpu=1", "--rate", "5", "--arrivals", "trace(x.csv)" },
            "Cannot plan capacity: a trace has its own rate, so no --rate.");
        row("price", { "--rate", "5" },
            "Cannot plan capacity: no machine has a price (--price cpu=0.68 --price gpu=1.006).");
        row("arrivals", { "--rate", "5", "--price", "cpu=1", "--arrivals", "gamma" },
            "Cannot plan capacity: gamma has the same rate all the time");
        row("device", { "--rate", "5", "--price", "cpu=1", "--device", "tpu" },
            "Cannot simulate: the run has no device \"tpu\", it has ");
        row("bounds", { "--rate", "5", "--price", "cpu=1", "--instances", "tpu=3" },
            "Cannot read --instances: \"tpu=3\" names no device of the plan.");
        row("range", { "--rate", "5", "--price", "cpu=1", "--instances", "cpu x2=4-3" },
            "Cannot read --instances: \"4-3\" is neither 3 nor 0-4, of at most 10000.");
        row("startup", { "--rate", "5", "--price", "cpu=1", "--startup", "soon" },
            "Cannot read --startup: \"soon\" is no time as 60s.");
        row("down", { "--rate", "5", "--price", "cpu=1", "--up", "40", "--down", "50" },
            "Cannot plan capacity: --down is not below --up.");
        row("cache", { "--rate", "5", "--price", "cpu=1", "--cache", "big" }, "Cannot read cache: \"big\": ");
        row("interval", { "--rate", "5", "--price", "cpu=1", "--interval", "1us" },
            "Cannot plan capacity: these are 86400000000 intervals of 1e-06 s, at most 100000 can be.");
    }
    void refuses()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, sentence);
        const CliResult result = cli(asked(arguments));
        QVERIFY(result.status != 0);
        QVERIFY2(result.err.startsWith("breakeven-cli: " + sentence), qPrintable(result.err));
    }

private:
    QStringList asked(const QStringList& more) const
    {
        return QStringList { "capacity", path("run.json"), "--slo", "50ms" } + more;
    }
    QString path(const QString& name) const { return m_folder.filePath(name); }
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TstCliCapacity)
#include "tst_cli_capacity.moc"
