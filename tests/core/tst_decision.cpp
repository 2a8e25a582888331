// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/decision.h"

#include <QTest>

using core::Cell;
using core::CellStatus;
using core::DecisionSettings;
using core::Figure;
using core::Objective;
using core::Price;

namespace {

Cell cell(const char* engine, std::int64_t batch, double ms, int threads = 0, std::size_t count = 500)
{
    Cell made { .key = { .engine = engine, .threads = threads, .batch = batch } };
    for (std::size_t i = 0; i < count; ++i) // within 1 %, in a pattern that does not follow from itself
        made.samples.push_back({ .latency = core::Nanoseconds(static_cast<std::int64_t>(
                                     1e6 * ms * (0.99 + 0.02 * ((i * 7919) % 101) / 100.0))) });
    made.finished = core::CellFinished { .memory = { .weights = 1'000'000 },
        .powerMeanWatts = Figure::missing("No sensor."),
        .energyPerInferenceJoules = Figure::missing("No sensor.") };
    made.status = CellStatus::Ok;
    made.refreshSummary();
    return made;
}

/// A CPU of 1 ms an item and a GPU of 4 ms a call and 0.1 ms an item; their curves cross at 4.44.
core::Run run()
{
    core::Run run;
    run.header.environment.host = "station";
    run.header.startedAt = "2026-03-01T12:00:00+01:00";
    run.header.devices = { { .id = "cpu", .name = "Test CPU", .maxThreads = 2 },
        { .id = "gpu", .kind = core::DeviceKind::Gpu, .name = "Test GPU" } };
    for (const std::int64_t batch : { 1, 2, 4, 8, 16 }) {
        run.cells.push_back(cell("cpu", batch, static_cast<double>(batch), 2));
        run.cells.push_back(cell("gpu", batch, 4 + 0.1 * static_cast<double>(batch)));
    }
    return run;
}

Price price(double perHour, core::DeviceKind kind)
{
    return { .name = "m",
        .kind = kind,
        .perHour = perHour,
        .currency = "USD",
        .basis = "spot",
        .date = std::chrono::year(2026) / 6 / 1,
        .source = "a list" };
}

DecisionSettings settings(Objective objective, std::initializer_list<const char*> targets = {})
{
    DecisionSettings asked { .objective = objective };
    for (const char* target : targets)
        core::addTarget(asked.targets, target);
    return asked;
}

std::string keyOf(const core::Run& of, const core::Decision& decision)
{
    return decision.best ? core::curveAndBatch(of.cells[decision.candidates[*decision.best].cell].key) : "";
}

bool has(const std::vector<std::string>& sentences, const std::string& part)
{
    return std::ranges::any_of(sentences, [&](const std::string& s) { return s.find(part) != s.npos; });
}

} // namespace

class TstDecision : public QObject {
    Q_OBJECT

private slots:
    void latency()
    {
        const core::Run of = run();
        const core::Decision decision = core::decide(of, settings(Objective::Latency));
        QCOMPARE(keyOf(of, decision), "cpu x2 at batch 1");
        QCOMPARE(decision.recommendation, "cpu x2 at batch 1: a median latency of 1 ms.");
        QVERIFY2(
            has(decision.reasons,
                "The best of another device is gpu at batch 1, with a median latency of 4.1 ms: 4.1 times as "
                "much, which the 95 % intervals of both confirm."),
            decision.reasons[0].c_str());
        QVERIFY(has(decision.reasons, "gpu is faster than cpu x2 from batch 5 on"));
        QCOMPARE(decision.curves.size(), std::size_t { 2 });
        QVERIFY(std::abs(decision.curves[1].fit->overhead.value - 4e-3) < 0.1e-3);
        QVERIFY(decision.candidates[0].onFront);
    }

    void throughputWithinALatency()
    {
        const core::Run of = run();
        QCOMPARE(keyOf(of, core::decide(of, settings(Objective::Throughput))), "gpu at batch 16");
        const core::Decision held = core::decide(of, settings(Objective::Throughput, { "p99=5ms" }));
        QCOMPARE(keyOf(of, held), "gpu at batch 8");
        QVERIFY(has(held.reasons, "Its p99 is 4.8"));
        QVERIFY(has(held.wouldChange, "gpu keeps the latency target up to batch 9."));
    }

    void costAtARate()
    {
        const core::Run of = run();
        DecisionSettings asked = settings(Objective::Cost);
        asked.prices = { { "cpu", { price(0.5, core::DeviceKind::Cpu) } },
            { "gpu", { price(1.0, core::DeviceKind::Gpu) } } };
        // At 500 a second one CPU of 1000 (700 used) does it for 0.5.
        asked.rate = 500;
        core::Decision decision = core::decide(of, asked);
        QCOMPARE(of.cells[decision.candidates[*decision.best].cell].key.engine, "cpu");
        QCOMPARE(*decision.candidates[*decision.best].serving.machines, 1);
        QVERIFY(std::abs(*decision.candidates[*decision.best].serving.costPerMillion - 0.5 / 500 / 3600 * 1e6)
            < 1e-9);
        // At 1500 three of them cost more than one GPU of 2857 at batch 16.
        asked.rate = 1500;
        decision = core::decide(of, asked);
        QCOMPARE(keyOf(of, decision), "gpu at batch 16");
        QVERIFY2(decision.recommendation.ends_with(", 1 machine for 1500 items/s."),
            decision.recommendation.c_str());
        QVERIFY(has(decision.assumptions, "cpu costs 0.5 USD an hour (m, spot, 2026-06, a list)."));
        // Without a price nothing is known of it.
        asked.prices.erase("gpu");
        decision = core::decide(of, asked);
        QCOMPARE(of.cells[decision.candidates[*decision.best].cell].key.engine, "cpu");
        QVERIFY(!decision.runnerUp);
    }

    void nothingFits()
    {
        const core::Run of = run();
        core::Decision decision = core::decide(of, settings(Objective::Latency, { "p99=0.1ms" }));
        QVERIFY(!decision.best);
        QCOMPARE(
            decision.recommendation, "No recommendation: none of the 10 measured cells meets the targets.");
        QVERIFY(has(decision.reasons,
            "10 of 10 cells: p99 is 1.01 ms, asked for at most 0.1 ms (cpu x2 at batch 1)."));
        decision = core::decide(of, settings(Objective::Latency, { "power=100W" }));
        QVERIFY(!decision.best);
        QCOMPARE(decision.recommendation,
            "No recommendation: of 10 measured cells none surely meets the targets; of 10 a figure is "
            "unknown.");
        decision = core::decide(of, settings(Objective::Energy));
        QVERIFY(!decision.best);
        QCOMPARE(core::decide({}, {}).recommendation, "No recommendation: nothing was measured.");
    }

    void howSure()
    {
        core::Run of = run();
        of.cells = { cell("cpu", 1, 1.000, 2), cell("gpu", 1, 1.0005) };
        QVERIFY(has(core::decide(of, settings(Objective::Latency)).reasons,
            "overlap: it may as well be the other way round"));
        of.cells[0].status = CellStatus::Disturbed;
        of.cells[0].reason = "Others took 9 %.";
        QVERIFY(has(core::decide(of, settings(Objective::Latency)).assumptions,
            "The recommended cell is disturbed: Others took 9 %."));
    }
};

QTEST_GUILESS_MAIN(TstDecision)
#include "tst_decision.moc"
