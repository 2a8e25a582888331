// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/measure/parallel_requests.h"
#include "core/record/run.h"
#include "tests/support/fake_engine.h"
#include "tests/support/sentence.h"
#include "tests/support/sweeps.h"

#include <QTest>
#include <mutex>
#include <set>
#include <thread>

namespace {

/// Counts runs and the threads they were on.
struct Watch {
    std::mutex mutex;
    std::map<std::thread::id, int> runs;

    support::FakeScript script()
    {
        support::FakeScript script;
        script.beforeRun = [this](std::int64_t, std::size_t) {
            const std::lock_guard lock(mutex);
            ++runs[std::this_thread::get_id()];
        };
        return script;
    }
    int total()
    {
        int sum = 0;
        for (const auto& [thread, count] : runs)
            sum += count;
        return sum;
    }
};

std::unique_ptr<core::ParallelRequests> requests(core::Engine& engine, int count, int lanes)
{
    return std::make_unique<core::ParallelRequests>(
        engine, support::tinyModel().graph, core::CompileOptions { .dims = { .batch = 2 } }, count, lanes);
}

} // namespace

/// Requests that come in at once: every one is answered, each lane has a program and a place of its own, and
/// what goes wrong in one reaches the caller.
class TstParallelRequests : public QObject {
    Q_OBJECT

private slots:
    void lanesAreAsManyAsHaveCores_data()
    {
        QTest::addColumn<int>("requests");
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("most");
        QTest::addColumn<int>("streams");
        QTest::addColumn<int>("lanes");
        QTest::newRow("one") << 1 << 1 << 8 << 1 << 1;
        QTest::newRow("a core each") << 4 << 1 << 8 << 1 << 4;
        QTest::newRow("two cores each") << 8 << 2 << 8 << 1 << 4;
        QTest::newRow("all cores for one") << 8 << 8 << 8 << 1 << 1;
        QTest::newRow("more than there are") << 8 << 3 << 8 << 1 << 2;
        QTest::newRow("a device without threads") << 8 << 0 << 0 << 1 << 1;
        QTest::newRow("a device with streams") << 8 << 0 << 0 << 4 << 4;
        QTest::newRow("more streams than requests") << 2 << 0 << 0 << 4 << 2;
    }
    void lanesAreAsManyAsHaveCores()
    {
        QFETCH(int, requests);
        QFETCH(int, threads);
        QFETCH(int, most);
        QFETCH(int, streams);
        QTEST(core::lanesFor(requests, threads, { .maxThreads = most, .streams = streams }), "lanes");
    }

    void everyRequestIsAnswered()
    {
        Watch watch;
        support::FakeEngine engine(watch.script());
        const auto program = requests(engine, 7, 3);
        constexpr int kRounds = 200;
        for (int round = 0; round < kRounds; ++round)
            QVERIFY(program->run().host.count() > 0);
        QCOMPARE(watch.total(), 7 * kRounds);
        QVERIFY(watch.runs.size() <= 3);
    }

    void everyLaneHasAPlace()
    {
        support::FakeEngine engine;
        requests(engine, 4, 3);
        std::set<int> places;
        for (const core::CompileOptions& options : engine.compiled())
            places.insert(options.place);
        QCOMPARE(places, (std::set { 0, 1, 2 }));
    }

    void memoryIsThatOfAllLanes()
    {
        support::FakeEngine engine;
        const auto program = requests(engine, 4, 4);
        QCOMPARE(program->memory().total(), 4 * engine.script().memory.total());
    }

    void failuresReachTheCaller()
    {
        support::FakeScript script;
        script.runErrors[2] = { 1, "Cannot run: it broke." };
        support::FakeEngine engine(script);
        const auto program = requests(engine, 2, 2);
        QCOMPARE(support::sentenceOf([&] {
            for (int round = 0; round < 3; ++round)
                program->run();
        }),
            std::string("Cannot run: it broke."));
    }

    void aLaneThatCannotBeCompiledEndsTheRest()
    {
        support::FakeScript script;
        script.outOfMemory[2] = "Cannot compile: out of memory.";
        support::FakeEngine engine(script);
        QCOMPARE(support::sentenceOf([&] { requests(engine, 4, 4); }),
            std::string("Cannot compile: out of memory."));
    }

    void tracesOneRequest()
    {
        Watch watch;
        support::FakeScript script = watch.script();
        script.steps = { { .node = 0, .name = "fc", .kernel = "gemm" } };
        support::FakeEngine engine(script);
        core::Trace trace;
        requests(engine, 4, 2)->run(&trace);
        QCOMPARE(trace.steps.size(), std::size_t { 1 });
        QCOMPARE(watch.total(), 1);
    }

    void aSweepCountsTheirItems()
    {
        support::FakeEngine engine({ .latency = support::steadyLatency });
        core::SweepSpec spec = support::spec();
        spec.batches = { 2 };
        spec.requests = { 1, 4 };
        spec.rule.minTime = spec.rule.maxTime = spec.rule.warmUpTime = std::chrono::milliseconds(20);
        const support::SweepResult result = support::sweep(spec, { &engine });
        QCOMPARE(result.run.cells.size(), std::size_t { 2 });
        const core::Cell& cell = result.run.cells[1];
        QCOMPARE(cell.key.requests, 4);
        QCOMPARE(cell.key.items(), std::int64_t { 8 });
        QVERIFY(cell.throughput());
        const double perSecond = 8 * 1e9 / static_cast<double>(cell.summary.median->count());
        QVERIFY(std::abs(*cell.throughput() / perSecond - 1) < 1e-9);
    }
};

QTEST_GUILESS_MAIN(TstParallelRequests)
#include "tst_parallel_requests.moc"
