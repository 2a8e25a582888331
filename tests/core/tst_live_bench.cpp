// SPDX-License-Identifier: GPL-3.0-or-later
// Policies before fake engines that take their time, and beside it the simulator.
#include "core/schedule/live_bench.h"
#include "tests/support/sentence.h"
#include "tests/support/sweeps.h"

#include <QTest>

using namespace std::chrono_literals;
using support::FakeEngine;

namespace {

support::FakeScript taking(std::chrono::nanoseconds time)
{
    support::FakeScript script;
    script.latency = [time](std::int64_t, std::size_t) { return time; };
    script.sleep = time;
    return script;
}

core::LiveBenchSettings quick()
{
    return { .dims = {}, .most = 2, .sampling = std::chrono::duration<double>(0.005) };
}

core::LiveLoad load(std::vector<std::string> policies)
{
    return { .policies = std::move(policies),
        .arrivals = core::arrivalsFromText("constant"),
        .rate = 100,
        .seconds = 0.3,
        .rehearsal = 0.1,
        .slo = {} };
}

} // namespace

class TstLiveBench : public QObject {
    Q_OBJECT

    const core::Model m_model = support::tinyModel();

private slots:
    void compares()
    {
        FakeEngine cpu(taking(12ms)), gpu(taking(1ms), FakeEngine::gpu());
        core::LiveBench bench(m_model, { { &cpu, { .engine = "cpu" } }, { &gpu, { .engine = "gpu" } } },
            quick(), support::machine());
        std::vector<std::string> seen;
        const core::LiveComparison found = bench.compare(
            load({ "round-robin" }), {}, [&](const std::string& policy, const core::LiveState*) {
                if (seen.empty() || seen.back() != policy)
                    seen.push_back(policy);
            });
        QCOMPARE(found.requests, std::size_t { 30 });
        QCOMPARE(found.runs.size(), std::size_t { 2 });
        QCOMPARE(found.live.runs[0].policy, std::string("round-robin"));
        QCOMPARE(found.live.runs[1].policy, std::string("gpu-only"));
        QVERIFY(!found.stopped);
        for (const core::PolicyComparison* each : { &found.live, &found.simulated }) {
            QCOMPARE(each->runs[0].result.completed, std::size_t { 30 });
            QVERIFY(each->runs[0].hybrid && !each->runs[1].hybrid);
            QVERIFY(*core::gainOfMix(*each, each->runs[0]) < 1); // half of them wait for the slow one
        }
        QVERIFY(!found.live.warnings.empty()
            && found.live.warnings.back().starts_with("Adding the CPU makes things worse than gpu-only"));
        QCOMPARE(found.runs[0].energy.size(), std::size_t { 2 });
        QCOMPARE(found.runs[0].joulesPerItem.unknown, std::string("No power reading: this is a test."));
        QCOMPARE(bench.devices()[0].name, std::string("cpu x1"));
        QVERIFY(bench.devices()[1].accelerator && bench.notes().empty());
        QCOMPARE(seen,
            (std::vector<std::string> { "", "round-robin", "round-robin (rehearsal)", "round-robin",
                "round-robin (rehearsal)", "gpu-only", "gpu-only (rehearsal)", "gpu-only",
                "gpu-only (rehearsal)" }));
    }

    void onlyTheCpu()
    {
        FakeEngine first(taking(1ms)), second(taking(3ms));
        core::LiveBench bench(m_model, { { &first, { .engine = "cpu" } }, { &second, { .engine = "cpu" } } },
            quick(), support::machine());
        const auto found = bench.compare(load({ "least-work" }), {});
        QCOMPARE(bench.notes(),
            std::vector<std::string> { "There is no GPU: cpu x1 stands in for one, as the fastest." });
        QVERIFY(bench.devices()[0].accelerator && !bench.devices()[1].accelerator);
        QCOMPARE(found.runs[0].energy.size(), std::size_t { 1 }); // they share its meter
    }

    /// Others wait for it to take their samples: they must not wait for ever.
    void aServerThatCannotBeMade()
    {
        support::FakeScript broken = taking(1ms);
        broken.compileErrors[2] = "Cannot compile batch 2: it is a test.";
        for (const bool firstIsBroken : { true, false }) {
            FakeEngine good(taking(1ms)), bad(broken);
            core::Engine* const one = firstIsBroken ? &bad : &good;
            core::Engine* const other = firstIsBroken ? &good : &bad;
            core::LiveBench bench(m_model, { { one, { .engine = "cpu" } }, { other, { .engine = "cpu" } } },
                quick(), support::machine());
            QCOMPARE(support::sentenceOf([&] { bench.compare(load({ "round-robin" }), {}); }),
                std::string("Cannot compile batch 2: it is a test."));
        }
    }

    void whatCannotBeServed()
    {
        support::FakeScript script = taking(1ms);
        script.refusals = { { 0, "conv1", "Conv", "no kernel for it" } };
        FakeEngine refusing(script);
        const std::string sentence = support::sentenceOf([&] {
            core::LiveBench(m_model, { { &refusing, { .engine = "cpu" } } }, quick(), support::machine());
        });
        QVERIFY2(sentence.starts_with("Cannot serve: ") && sentence.find("conv1") != sentence.npos,
            sentence.c_str());
        FakeEngine cpu(taking(1ms));
        core::LiveBench alone(m_model, { { &cpu, { .engine = "cpu" } } }, quick(), support::machine());
        QVERIFY(!support::sentenceOf([&] { alone.checkPolicies({ "gpu-only" }, {}); }).empty());
        alone.checkPolicies({ "cpu-only" }, {});
    }

    void stopped()
    {
        FakeEngine cpu(taking(1ms));
        core::LiveBench bench(m_model, { { &cpu, { .engine = "cpu" } } }, quick(), support::machine());
        std::stop_source stop;
        core::LiveLoad what = load({ "cpu-only", "round-robin" });
        what.seconds = 600;
        const auto found = bench.compare(
            what, stop.get_token(), [&](const std::string& policy, const core::LiveState* state) {
                if (policy == "cpu-only" && state)
                    stop.request_stop();
            });
        QVERIFY(found.stopped);
        QCOMPARE(found.runs.size(), std::size_t { 1 });
        QVERIFY(found.live.runs[0].result.arrived < found.requests);
    }
};

QTEST_GUILESS_MAIN(TstLiveBench)
#include "tst_live_bench.moc"
