// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/limits.h"
#include "core/analyse/targets.h"
#include "tests/support/sentence.h"

#include <QTest>

using core::Answer;
using core::Cell;
using core::CellStatus;
using core::Figure;
using core::Objective;
using core::Targets;
using namespace std::chrono_literals;

namespace {

/// `count` runs of `latency`; every hundredth takes twice as long.
Cell cell(std::int64_t batch, core::Nanoseconds latency, std::size_t count = 1000, const char* engine = "cpu")
{
    Cell made { .key = { .engine = engine, .batch = batch } };
    for (std::size_t i = 0; i < count; ++i)
        made.samples.push_back({ .latency = i % 100 == 99 ? 2 * latency : latency });
    made.finished = core::CellFinished { .memory
        = { .weights = 1'000'000, .arena = static_cast<std::size_t>(batch) * 1'000'000 },
        .powerMeanWatts = Figure::missing("No sensor."),
        .energyPerInferenceJoules = Figure::missing("No sensor.") };
    made.status = CellStatus::Ok;
    made.refreshSummary();
    return made;
}

Targets targets(std::initializer_list<const char*> texts)
{
    Targets all;
    for (const char* text : texts)
        core::addTarget(all, text);
    return all;
}

core::Run saturating()
{
    core::Run run;
    // Rates: 100, 190, 333, 470, 500, 505.
    for (const auto& [batch, ms] : std::vector<std::pair<std::int64_t, double>> {
             { 1, 10 }, { 2, 10.526 }, { 4, 12.012 }, { 8, 17.021 }, { 16, 32 }, { 32, 63.366 } })
        run.cells.push_back(cell(batch, core::Nanoseconds(static_cast<std::int64_t>(ms * 1e6))));
    core::Cell wall { .key = { .engine = "cpu", .batch = 64 }, .status = CellStatus::OutOfMemory };
    run.cells.push_back(wall);
    run.header.devices = { { .id = "cpu", .name = "Test CPU" } };
    return run;
}

} // namespace

class TstTargets : public QObject {
    Q_OBJECT

private slots:
    void reads()
    {
        const Targets all = targets({ "p99=20ms", "rate=500", "power=0.2kW", "memory=4GB", "cost=0.05" });
        QCOMPARE(all.percentile, 0.99);
        QCOMPARE(*all.latencySeconds, 0.02);
        QCOMPARE(*all.rate, 500.0);
        QCOMPARE(*all.watts, 200.0);
        QCOMPARE(*all.bytes, 4e9);
        QCOMPARE(*all.costPerMillion, 0.05);
        QCOMPARE(targets({ "latency=5" }).percentile, 0.5);
        QCOMPARE(*targets({ "p99.9=250us" }).latencySeconds, 250e-6);
        QVERIFY(!Targets {}.any() && all.any());
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("why");
        QTest::newRow("no value") << "p99"
                                  << "expected NAME=VALUE";
        QTest::newRow("name")
            << "p98=1ms"
            << "it is none of latency, p50, p90, p95, p99, p99.9, rate, power, memory and cost";
        QTest::newRow("number") << "p99=fast"
                                << "it needs a number over 0";
        QTest::newRow("zero") << "rate=0"
                              << "it needs a number over 0";
        QTest::newRow("unit") << "p99=1min"
                              << "\"min\" is none of ms, us, s";
    }
    void refuses()
    {
        QFETCH(QString, text);
        QFETCH(QString, why);
        Targets all;
        QCOMPARE(
            QString::fromStdString(support::sentenceOf([&] { core::addTarget(all, text.toStdString()); })),
            QStringLiteral("Cannot read target: \"%1\": %2.").arg(text, why));
    }

    void judges()
    {
        const Cell ten = cell(4, 10ms);
        QVERIFY(core::judge(ten, targets({ "latency=10ms", "rate=400" }), {}).feasible == Answer::Yes);
        const auto slow = core::judge(ten, targets({ "latency=9ms" }), {});
        QVERIFY(slow.feasible == Answer::No);
        QCOMPARE(slow.checks[0].words, "median is 10 ms, asked for at most 9 ms");
        QVERIFY(core::judge(ten, targets({ "memory=4MB" }), {}).feasible == Answer::No);
        QVERIFY(core::judge(ten, targets({ "cost=1" }), 0.5).feasible == Answer::Yes);
        QVERIFY(core::judge(ten, targets({ "cost=1" }), 2).feasible == Answer::No);
    }

    /// A condition on what nobody knows is unknown, not met; and one that is broken stays broken.
    void unknown()
    {
        const Cell ten = cell(4, 10ms, 100);
        const auto power = core::judge(ten, targets({ "power=200W", "latency=20ms" }), {});
        QVERIFY(power.feasible == Answer::Unknown);
        QCOMPARE(power.checks[1].words, "power is unknown, asked for at most 200 W: No sensor");
        QVERIFY(core::judge(ten, targets({ "power=200W", "latency=5ms" }), {}).feasible == Answer::No);
        const auto few = core::judge(ten, targets({ "p99=20ms" }), {});
        QVERIFY(few.feasible == Answer::Unknown);
        QCOMPARE(few.checks[0].words,
            "p99 is unknown, asked for at most 20 ms: it takes 459 samples, there are 100");
        QVERIFY(core::judge(ten, targets({ "cost=1" }), {}).feasible == Answer::Unknown);
        core::Cell refused { .key = {}, .status = CellStatus::Refused, .reason = "No kernel." };
        QVERIFY(core::judge(refused, {}, {}).feasible == Answer::No);
    }

    void objectives()
    {
        const Cell ten = cell(4, 10ms);
        QCOMPARE(*core::lossOf(ten, Objective::Latency, {}), 0.01);
        QCOMPARE(*core::lossOf(ten, Objective::Throughput, {}), 1 / 400.0);
        QVERIFY(!core::lossOf(ten, Objective::Energy, {}));
        QVERIFY(!core::lossOf(ten, Objective::Cost, {}));
        QCOMPARE(*core::lossOf(ten, Objective::Cost, 3), 3.0);
        QCOMPARE(support::sentenceOf([] { core::objectiveFromName("joy"); }),
            "Cannot read objective: \"joy\" is none of latency, throughput, energy and cost.");
    }

    void front()
    {
        core::Run run;
        run.cells = { cell(1, 10ms), cell(2, 12ms), cell(4, 30ms), cell(2, 11ms), {} };
        const std::vector<std::optional<double>> noCosts(5);
        // Batch 2 in 12 ms is beaten by the other one; batch 4 in 30 ms has a lower rate than it.
        QCOMPARE(core::paretoFront(run, noCosts), (std::vector<std::size_t> { 0, 3 }));
        // Known to be cheapest, it is on the front, too.
        QCOMPARE(core::paretoFront(run, { 3, 3, 1, 2, {} }), (std::vector<std::size_t> { 0, 2, 3 }));
    }

    void limits()
    {
        const core::Run run = saturating();
        const auto curves = core::curvesOf(run);
        const core::CurveLimits limits = core::limitsOf(curves[0], 0.5, 0.025);
        QCOMPARE(*limits.saturation, 8);
        QCOMPARE(limits.bestItems, 32);
        QCOMPARE(*limits.memoryWall, 64);
        QVERIFY(std::abs(*limits.withinLatency - (8 + 8 * (25 - 17.021) / (32 - 17.021))) < 1e-6);
        QVERIFY(core::limitsOf(curves[0], 0.5, 1).latencyAll);
        QVERIFY(!core::limitsOf(curves[0], 0.5, 0.001).withinLatency);
        QVERIFY(core::limitsOf(curves[0], 0.99, 0.025).withinLatency); // 1000 samples know p99
        QVERIFY(!core::limitsOf(curves[0], 0.999, 0.025).withinLatency); // and no p99.9
        QCOMPARE(core::overBatching(curves[0], limits),
            "Batch 32 takes 3.7 times as long as batch 8 for 1.07 times the rate.");
    }

    void stillRising()
    {
        core::Run run;
        run.cells = { cell(1, 10ms), cell(2, 11ms), cell(4, 12ms) };
        const core::CurveLimits limits = core::limitsOf(core::curvesOf(run)[0]);
        QVERIFY(!limits.saturation);
        QCOMPARE(core::overBatching(core::curvesOf(run)[0], limits), "");
    }

    void warnings()
    {
        core::Run run = saturating();
        run.header.devices.push_back({ .id = "gpu", .kind = core::DeviceKind::Gpu, .name = "Test GPU" });
        run.cells.push_back(cell(1, 1ms, 1000, "gpu"));
        for (core::Cell& each : run.cells)
            if (each.key.engine == "cpu")
                each.key.tuning.fuse = false;
        const auto said = core::warningsOf(run, core::curvesOf(run));
        QCOMPARE(said,
            (std::vector<std::string> {
                "cpu: Batch 32 takes 3.7 times as long as batch 8 for 1.07 times the rate.",
                "cpu was measured with its optimisations off: it can do better.",
                "gpu was measured with single requests only: batches are what it gains by." }));
    }
};

QTEST_GUILESS_MAIN(TstTargets)
#include "tst_targets.moc"
