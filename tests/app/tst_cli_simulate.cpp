// SPDX-License-Identifier: GPL-3.0-or-later
// breakeven-cli simulate on runs whose latencies are known.
#include "core/record/run_file.h"
#include "tests/support/cli.h"
#include "tests/support/runs.h"

#include <nlohmann/json.hpp>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace std::chrono_literals;
using nlohmann::json;
using support::cli;
using support::CliResult;

namespace {

/// `engines` with batches 1 and 8: a GPU that takes 4 ms and 5 ms, CPUs that take 8 ms and 50 ms.
core::Run runOf(const std::vector<std::pair<const char*, core::DeviceKind>>& engines)
{
    core::RunStarted start = support::exampleStart();
    start.devices.clear();
    start.cells.clear();
    std::vector<core::SweepEvent> events;
    for (const auto& [id, kind] : engines) {
        start.devices.push_back({ .id = id, .kind = kind, .name = "a device" });
        for (const int batch : { 1, 8 }) {
            const int cell = static_cast<int>(start.cells.size());
            const bool fast = start.devices.size() == 1;
            start.cells.push_back({ .engine = id, .batch = batch });
            events.emplace_back(core::CellStarted { cell, 1s });
            events.emplace_back(core::SamplesTaken { cell,
                support::exampleSamples(500, fast ? (batch == 1 ? 4ms : 5ms) : (batch == 1 ? 8ms : 50ms)) });
            events.emplace_back(core::CellFinished { .cell = cell, .at = 2s });
        }
    }
    core::Run run;
    run.apply(start);
    for (const core::SweepEvent& event : events)
        run.apply(event);
    run.apply(core::RunFinished { .at = 9s, .finishedAt = "2026-03-01T12:01:00+01:00" });
    return run;
}

} // namespace

class TstCliSimulate : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        using enum core::DeviceKind;
        core::writeRun(runOf({ { "gpu", Gpu }, { "cpu", Cpu } }), path("run.json").toStdString());
        core::writeRun(runOf({ { "fast", Cpu }, { "cpu", Cpu } }), path("cpus.json").toStdString());
        core::writeRun(runOf({ { "cpu", Cpu } }), path("one.json").toStdString());
        core::Run none = runOf({ { "cpu", Cpu } });
        for (core::Cell& cell : none.cells) {
            cell.samples.clear();
            cell.finished.reset();
            cell.status = core::CellStatus::Waiting;
            cell.refreshSummary();
        }
        core::writeRun(none, path("none.json").toStdString());
    }

    void table()
    {
        const CliResult result = simulate({ "--rate", "200", "--slo", "30ms", "--policy", "round-robin",
            "--policy", "timeout-batch(max=4,delay=2ms)", "--requests", "20000" });
        QCOMPARE(result.err, "");
        QCOMPARE(result.status, 0);
        for (const char* word : { "POLICY", "P99 ms", "SHARE", "DROPPED", "ORACLE", "BEST", "round-robin",
                 "timeout-batch(max=4,delay=2ms)", "gpu-only", "oracle",
                 "Best of these: ", "A client that waits for each answer would have sent ",
                 "Adding the CPU makes things worse than gpu-only (p99 " })
            QVERIFY2(result.out.contains(word), qPrintable(word + ("\n" + result.out)));
        for (const QString& line : result.out.split('\n'))
            QVERIFY2(line.size() <= 100, qPrintable(line));
    }

    void allPolicies()
    {
        const json found
            = parsed(simulate({ "--rate", "300", "--slo", "20ms", "--json", "--requests", "5000" }));
        const json& rate = found["rates"][0];
        QCOMPARE(rate["policies"].size(), std::size_t { 11 });
        for (const json& policy : rate["policies"]) {
            QCOMPARE(policy["arrived"].get<int>(), 5000);
            QCOMPARE(policy["completed"].get<int>() + policy["dropped"].get<int>(), 5000);
            QVERIFY(policy["little"]["error"].get<double>() < 1e-6);
            QVERIFY(policy["policy"] == "eft-deadline" || policy["mean_over_oracle"].get<double>() > 0.99);
            QCOMPARE(policy["devices"].size(), std::size_t { 2 });
            QVERIFY(!policy["queue"]["mean"].empty());
        }
        QVERIFY(rate["best"].is_string() && rate["oracle"]["mean_ms"].get<double>() > 0);
        QCOMPARE(found["devices"][0]["name"].get<std::string>(), "gpu");
        QVERIFY(found["devices"][0]["accelerator"].get<bool>()
            && !found["devices"][1]["accelerator"].get<bool>());
    }

    void sameSeedSameBytes()
    {
        const QStringList options { "--rate", "300", "--slo", "20ms", "--json", "--requests", "5000" };
        const QString first = simulate(options).out;
        QCOMPARE(simulate(options).out, first);
        QVERIFY(simulate(options + QStringList { "--seed", "2" }).out != first);
    }

    void sweepsRates()
    {
        const QStringList options { "--sweep", "rate=100-300+100", "--policy", "gpu-only", "--policy",
            "cpu-only", "--requests", "3000" };
        const CliResult result = simulate(options);
        QCOMPARE(result.status, 0);
        for (const char* word : { "RATE", "100.0/s:", "200.0/s:", "300.0/s:", "Cannot keep up: cpu-only." })
            QVERIFY2(result.out.contains(word), qPrintable(word + ("\n" + result.out)));
        const json found = parsed(simulate(options + QStringList { "--json" }));
        QCOMPARE(found["rates"].size(), std::size_t { 3 });
        QVERIFY(found["rates"][0]["policies"][1]["keeps_up"].get<bool>()
            && !found["rates"][2]["policies"][1]["keeps_up"].get<bool>());
        QVERIFY2(result.out.contains("Best by rate: gpu-only at 100 to 300."), qPrintable(result.out));
    }

    void sweepsBurstiness()
    {
        const QStringList options { "--rate", "150", "--sweep", "cv=0.5,2.5", "--policy", "gpu-only",
            "--requests", "5000" };
        const CliResult result = simulate(options);
        QCOMPARE(result.err, "");
        for (const char* word : { "5000, gamma, ", "CV", "cv 0.5:", "cv 2.5:", "Best by cv: gpu-only at 0.5 to 2.5." })
            QVERIFY2(result.out.contains(word), qPrintable(word + ("\n" + result.out)));
        const json found = parsed(simulate(options + QStringList { "--json" }));
        QCOMPARE(found["sweep"].get<std::string>(), "cv");
        QCOMPARE(found["rates"][1]["value"].get<double>(), 2.5);
        QCOMPARE(found["rates"][1]["rate_per_s"].get<double>(), 150.0);
        const auto mean = [&](int value) {
            return found["rates"][value]["policies"][0]["latency"]["mean_ms"].get<double>();
        };
        QVERIFY(mean(1) > mean(0));
        // What a sweep says of a value is what that value says alone.
        const json alone = parsed(simulate({ "--rate", "150", "--arrivals", "gamma(cv=2.5)", "--policy",
            "gpu-only", "--requests", "5000", "--json" }));
        QVERIFY(alone["rates"][0]["policies"] == found["rates"][1]["policies"]);
    }

    void sweepsThresholds()
    {
        const json found = parsed(simulate({ "--rate", "100", "--sizes", "1-8", "--sweep", "T=1-8x2",
            "--policy", "size-threshold(T=5,split=1)", "--requests", "2000", "--json" }));
        QCOMPARE(found["sweep"].get<std::string>(), "T");
        QCOMPARE(found["rates"].size(), std::size_t { 4 });
        double before = 1;
        for (const json& each : found["rates"]) {
            const double share = each["policies"][0]["devices"][0]["share"].get<double>();
            QVERIFY(share < before); // fewer requests are over T
            before = share;
        }
        QCOMPARE(before, 0.0);
        QCOMPARE(found["rates"][3]["policies"][0]["policy"].get<std::string>(), "size-threshold(T=8,split=1)");
    }

    void aTrace()
    {
        QFile file(path("trace.csv"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("time,items,priority\n");
        for (int i = 0; i < 200; ++i)
            file.write(QString("%1,%2,%3\n").arg(i * 0.02).arg(1 + i % 3).arg(i % 2).toUtf8());
        file.close();
        const json found = parsed(
            simulate({ "--arrivals", "trace(" + path("trace.csv") + ")", "--policy", "gpu-only", "--json" }));
        QCOMPARE(found["requests"].get<int>(), 200);
        QVERIFY(std::abs(found["rates"][0]["rate_per_s"].get<double>() - 50) < 1);
    }

    void devicesChosen()
    {
        const json four = parsed(simulate({ "--rate", "300", "--device", "gpu", "--device", "cpu=4",
            "--policy", "cpu-only", "--json", "--requests", "2000" }));
        QCOMPARE(four["devices"][1]["servers"].get<int>(), 4);
        const CliResult cpus = cli({ "simulate", path("cpus.json"), "--rate", "100", "--requests", "2000" });
        QVERIFY2(cpus.out.contains("There is no GPU: fast stands in for one, as the fastest."),
            qPrintable(cpus.out));
        const CliResult one = cli({ "simulate", path("one.json"), "--rate", "50", "--requests", "2000" });
        QCOMPARE(one.status, 0);
        QVERIFY(!one.out.contains("gpu-only") && one.out.contains("cpu-only"));
    }

    void mistakes_data()
    {
        QTest::addColumn<QString>("run");
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const QStringList& options, int status, const QString& sentence,
                             const QString& run = "run.json") {
            QTest::newRow(name) << run << options << status << sentence;
        };
        row("no rate", {}, 2, "Cannot simulate: it needs --rate R or --sweep rate=LIST.");
        row("both", { "--rate", "1", "--sweep", "rate=1" }, 2,
            "Cannot simulate: it is either --rate or --sweep rate.");
        row("sweep", { "--sweep", "50-100" }, 2,
            "Cannot read sweep: \"50-100\" is none of rate=LIST, cv=LIST and T=LIST.");
        row("rates", { "--sweep", "rate=1-500" }, 2, "Cannot read values: there are more than 100.");
        row("cv without a rate", { "--sweep", "cv=1,2" }, 2,
            "Cannot simulate: it needs --rate R or --sweep rate=LIST.");
        row("cv of bursts", { "--rate", "1", "--arrivals", "mmpp", "--sweep", "cv=1" }, 2,
            "Cannot sweep cv: it is of gamma arrivals, which bursts, days and traces are not.");
        row("T of nobody", { "--rate", "1", "--policy", "gpu-only", "--sweep", "T=1" }, 2,
            "Cannot sweep T: size-threshold is not among the policies.");
        row("slo", { "--rate", "1", "--slo", "20" }, 2, "Cannot read --slo: \"20\" is no time as 20ms.");
        row("policy", { "--rate", "1", "--policy", "aimd" }, 2,
            "Cannot read policy: \"aimd\": it needs a time to keep, as slo=20ms.");
        row("arrivals", { "--rate", "1", "--arrivals", "gamma(cv=x)" }, 2,
            "Cannot read arrivals: \"gamma(cv=x)\": cv is a number from 0.01 to 100, not \"x\".");
        row("device", { "--rate", "1", "--device", "tpu" }, 1,
            "Cannot simulate: the run has no device \"tpu\", it has gpu, cpu.");
        row("servers", { "--rate", "1", "--device", "cpu=0" }, 2,
            "Cannot read device: \"0\" is no number of devices.");
        row("trace and rate", { "--rate", "1", "--arrivals", "trace(x)" }, 2,
            "Cannot simulate: a trace has its own rate, so no --rate and no --sweep of it.");
        row("no trace", { "--arrivals", "trace(/nowhere)" }, 1,
            "Cannot read trace: /nowhere: No such file or directory.");
        row("no GPU", { "--rate", "1", "--policy", "gpu-only" }, 2,
            "Cannot read policy: \"gpu-only\": there is no GPU.", "one.json");
        row("nothing measured", { "--rate", "1" }, 1, "Cannot simulate: the run has no cell with a latency.",
            "none.json");
    }
    void mistakes()
    {
        QFETCH(QString, run);
        QFETCH(QStringList, options);
        QFETCH(int, status);
        QFETCH(QString, sentence);
        const CliResult result = cli(QStringList { "simulate", path(run) } + options);
        QCOMPARE(result.err, "breakeven-cli: " + sentence + "\n");
        QCOMPARE(result.status, status);
        QCOMPARE(result.out, "");
    }

private:
    QString path(const QString& name) const { return m_folder.path() + "/" + name; }
    CliResult simulate(const QStringList& options) const
    {
        return cli(QStringList { "simulate", path("run.json") } + options);
    }
    static json parsed(const CliResult& result)
    {
        return json::parse(result.out.toStdString(), nullptr, false);
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TstCliSimulate)
#include "tst_cli_simulate.moc"
