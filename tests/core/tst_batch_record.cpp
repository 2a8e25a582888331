// SPDX-License-Identifier: GPL-3.0-or-later
// What is written down of a run, against the run itself.
#include "core/schedule/batch_record.h"
#include "tests/support/sanitized.h"
#include "tests/support/schedules.h"

#include <QTest>
#include <cmath>

using namespace std::chrono_literals;
using core::Nanoseconds;
using core::RecordedBatch;
using support::Scenario;

namespace {

constexpr std::uint64_t kScenarios = support::kSanitized ? 200 : 2'000;

core::RecordedRun recorded(const Scenario& scenario)
{
    return core::simulateRecorded(scenario.requests, scenario.devices, scenario.policy,
        { .slo = scenario.slo, .seed = scenario.seed, .watch = {} });
}

core::SimulationResult plain(const Scenario& scenario)
{
    const auto policy = core::makePolicy(scenario.policy, { scenario.devices, scenario.slo });
    return core::simulate(scenario.requests, scenario.devices, *policy,
        { .slo = scenario.slo, .seed = scenario.seed, .watch = {} });
}

} // namespace

class TstBatchRecord : public QObject {
    Q_OBJECT

private slots:
    void agreesWithTheRun()
    {
        for (std::uint64_t seed = 1; seed <= kScenarios; ++seed) {
            const Scenario scenario = support::randomScenario(seed);
            const core::RecordedRun run = recorded(scenario);
            QVERIFY2(support::digestOf(run.result) == support::digestOf(plain(scenario)),
                "writing down changed the run");
            QVERIFY(!run.record.cut);
            QCOMPARE(run.record.drops.size(), run.result.dropped);
            std::vector<core::DeviceFigures> told(scenario.devices.size());
            std::vector<Nanoseconds> busy(scenario.devices.size());
            bool split = false;
            Nanoseconds before {};
            for (const RecordedBatch& batch : run.record.batches) {
                QVERIFY(batch.started >= before && batch.ended >= batch.started);
                before = batch.started;
                ++told[batch.device].batches;
                told[batch.device].requests += batch.requests;
                told[batch.device].items += static_cast<std::uint64_t>(batch.items);
                busy[batch.device] += batch.ended - batch.started;
                split = split || batch.servers > 1;
                QVERIFY(batch.servers == 1 || batch.requests == 1);
            }
            QVERIFY(!split || scenario.splits);
            for (std::size_t device = 0; device < told.size(); ++device) {
                const core::DeviceFigures& figures = run.result.devices[device];
                QCOMPARE(told[device].batches, figures.batches);
                QCOMPARE(told[device].requests, figures.requests);
                QCOMPARE(told[device].items, figures.items);
                const double share = std::chrono::duration<double>(busy[device]).count()
                    / (std::chrono::duration<double>(run.result.duration).count()
                        * scenario.devices[device].servers);
                QVERIFY(split || run.result.completed == 0 || std::abs(share - figures.utilisation) < 1e-9);
            }
        }
    }

    void keepsTheBeginning()
    {
        std::vector<core::Request> requests;
        for (int i = 0; i < 100; ++i)
            requests.push_back({ .at = i * 10ms });
        const std::vector<core::Device> devices {
            { .name = "cpu", .servers = 2, .most = 1, .time = core::ServiceTime::deterministic(0.015) }
        };
        const auto recordOf = [&](std::size_t most) {
            const auto policy = core::makePolicy("cpu-only", { devices, {} });
            core::BatchRecorder recorder(*policy, most);
            core::simulate(requests, devices, recorder);
            return recorder.take();
        };
        const core::BatchRecord all = recordOf(100), some = recordOf(30);
        QVERIFY(!all.cut);
        QCOMPARE(all.batches.size(), std::size_t { 100 });
        QCOMPARE(some.cut, std::optional(Nanoseconds(300ms))); // the 31st
        QCOMPARE(some.batches.size(), std::size_t { 30 });
        for (std::size_t i = 0; i < some.batches.size(); ++i)
            QVERIFY(some.batches[i].started == all.batches[i].started
                && some.batches[i].ended == all.batches[i].ended);
        QVERIFY(recordOf(0).batches.empty());
        QCOMPARE(recordOf(0).cut, std::optional(Nanoseconds(0)));
    }

    void aClientThatWaits()
    {
        // Sent at 0; answered at 25: the one at 30 is next, the one at 40 has no answer.
        const std::vector<core::Request> requests { { 0ms }, { 10ms }, { 20ms }, { 30ms }, { 40ms },
            { 50ms } };
        const std::vector<Nanoseconds> latencies { 25ms, 15ms, 9ms, 1ms, -1ns, 2ms };
        QVERIFY(core::closedLoopRequests(requests, latencies) == std::vector<std::size_t>({ 0, 3, 5 }));
        QVERIFY(core::closedLoopOf(requests, latencies) == std::vector<Nanoseconds>({ 25ms, 1ms, 2ms }));
    }
};

QTEST_APPLESS_MAIN(TstBatchRecord)
#include "tst_batch_record.moc"
