// SPDX-License-Identifier: GPL-3.0-or-later
// breakeven-cli live: policies before real engines. What it takes to serve is the machine's affair; what is
// said of it is not.
#include "core/measure/model_summary.h"
#include "core/record/run_file.h"
#include "tests/support/cli.h"
#include "tests/support/cli_files.h"
#include "tests/support/profiles.h"

#include <nlohmann/json.hpp>

#include <QTest>

using nlohmann::json;
using support::cli;
using support::CliResult;

namespace {

/// A GPU that was recorded elsewhere: a quarter of a millisecond a batch of up to 4.
core::Run recordedMlp()
{
    core::Run run = support::otherRun();
    run.header.model = core::summarise(core::openModel("zoo:mlp"));
    return run;
}

CliResult live(const QStringList& arguments)
{
    return cli(QStringList { "live", "zoo:mlp", "--most", "2", "--seconds", "0.5", "--sampling", "0.02",
                   "--rehearsal", "0.2", "--rate", "100" }
        + arguments);
}

json parsed(const CliResult& result)
{
    return json::parse(result.out.toStdString(), nullptr, false);
}

} // namespace

class TstCliLive : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        qputenv("XDG_DATA_HOME", m_files.path("data").toUtf8());
        QVERIFY(QDir().mkpath(m_files.path("data/breakeven/profiles")));
        m_files.write("data/breakeven/profiles/h200.json", core::toJson(recordedMlp()));
    }

    void table()
    {
        const CliResult result = live({ "--policy", "round-robin", "--policy", "least-work" });
        QVERIFY2(result.status == 0, qPrintable(result.err));
        for (const char* word : { "POLICY", "P50 ms", "SIM", "OFF", "GAIN", "J/ITEM", "LATE us",
                 "\nround-robin ", "\nleast-work ", "\ngpu-only ", "50 requests at 100 a second",
                 "\nBest of these: ", "There is no GPU: cpu x1 stands in for one, as the fastest." })
            QVERIFY2(result.out.contains(word), qPrintable(word + ("\n" + result.out)));
        for (const QString& line : result.out.split('\n'))
            QVERIFY2(line.size() <= 100, qPrintable(line));
    }

    void figures()
    {
        const json found = parsed(live({ "--policy", "round-robin", "--json" }));
        QVERIFY(found.is_object());
        QCOMPARE(found["policies"].size(), std::size_t { 2 }); // and gpu-only
        QCOMPARE(found["requests"].get<int>(), 50);
        for (const json& policy : found["policies"]) {
            for (const char* kind : { "live", "simulated" }) {
                const json& run = policy[kind];
                QCOMPARE(run["arrived"].get<int>(), 50);
                QCOMPARE(run["completed"].get<int>() + run["dropped"].get<int>(), 50);
                QCOMPARE(run["devices"].size(), std::size_t { 2 });
                QVERIFY(!run["queue"]["mean"].empty());
                QVERIFY(run["p50_ns"].get<std::int64_t>() > 0);
                QVERIFY(!run.contains("p99_ns")); // too few requests for one
            }
            QVERIFY(!policy.contains("late_p99_ns"));
            QCOMPARE(policy["energy"].size(), std::size_t { 1 }); // both servers are one CPU
            QCOMPARE(policy["energy"][0]["devices"].size(), std::size_t { 2 });
            QVERIFY(policy.contains("joules_per_item") != policy.contains("joules_per_item_unknown"));
        }
        QVERIFY(found["policies"][0]["gain"].get<double>() > 0);
        QVERIFY(found["policies"][0]["predicted_gain"].get<double>() > 0);
        QVERIFY(!found["policies"][1].contains("gain"));
    }

    /// A device of another machine in its recorded times, and a CPU here that only slows it down.
    void aRecordedDevice()
    {
        const CliResult result = cli({ "live", "zoo:mlp", "--most", "4", "--seconds", "0.5", "--sampling",
            "0.02", "--rehearsal", "0.2", "--rate", "200", "--server", "recorded:h200", "--server",
            "reference", "--policy", "round-robin" });
        QVERIFY2(result.status == 0, qPrintable(result.err));
        const QString words = result.out.simplified();
        for (const char* word : { "recorded:h200 stands in with its times: Fake GPU, recorded on 2026-12-02.",
                 "what recorded:h200 uses, and so what a mix with it does: recorded:h200 is recorded and "
                 "uses no "
                 "power here." })
            QVERIFY2(words.contains(word), qPrintable(result.out));
        QVERIFY(!words.contains("There is no GPU"));
    }

    void whatCannotBeServed_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("sentence");
        const auto row
            = [](const char* name, const QStringList& arguments, int status, const char* sentence) {
                  QTest::newRow(name) << arguments << status << sentence;
              };
        row("time", { "--slo", "soon" }, 2, "Cannot read --slo: \"soon\" is no time as 20ms.");
        row("no time", { "--slo", "0ms" }, 2, "Cannot read --slo: \"0ms\" is no time as 20ms.");
        row("policy", { "--policy", "fifo" }, 2, "\"fifo\"");
        row("arrivals", { "--arrivals", "never" }, 2, "\"never\"");
        row("server", { "--server", "tpu" }, 1, "\"tpu\"");
        row("profile", { "--server", "recorded:tpu" }, 1, "Cannot find profile \"tpu\"");
        row("batch", { "--server", "recorded:h200,precision=bf16" }, 1,
            "Cannot serve: Fake GPU, recorded on 2026-12-02, has no cell of this model");
        row("deadline", { "--policy", "aimd" }, 2, "aimd");
    }
    void whatCannotBeServed()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QString, sentence);
        const CliResult result = live(arguments);
        QVERIFY2(result.status == status && result.err.contains(sentence),
            qPrintable(QString::number(result.status) + "\n" + result.err + result.out));
        QCOMPARE(result.err.count('\n'), 1);
        QCOMPARE(result.out, QString());
    }

private:
    const support::CliFiles m_files;
};

QTEST_GUILESS_MAIN(TstCliLive)
#include "tst_cli_live.moc"
