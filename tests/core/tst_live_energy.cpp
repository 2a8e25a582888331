// SPDX-License-Identifier: GPL-3.0-or-later
// What live runs use, by meters that count what a test says; and recorded devices as servers.
#include "core/error.h"
#include "core/record/profile.h"
#include "core/record/recorded_engine.h"
#include "core/schedule/live_bench.h"
#include "core/schedule/live_energy.h"
#include "core/schedule/recorded_server.h"
#include "tests/support/profiles.h"
#include "tests/support/sentence.h"

#include <QTest>

using core::Nanoseconds;
using namespace std::chrono_literals;

namespace {

/// Each reading is `step` joules more than the one before.
class CountingMeter final : public core::PowerMeter {
public:
    explicit CountingMeter(double step)
        : m_step(step)
    {
    }
    core::Figure joules() override
    {
        if (m_step < 0)
            return core::Figure::missing("The counter is gone.");
        return core::Figure::known(m_joules += m_step, "counter");
    }
    std::string source() const override { return "counter"; }

private:
    const double m_step;
    double m_joules = 0;
};

core::LiveMeter meter(const char* name, std::vector<std::size_t> devices, double step)
{
    return { .name = name,
        .devices = std::move(devices),
        .found = { .meter = std::make_unique<CountingMeter>(step), .unavailable = {} } };
}

core::LiveMeters metersOf(core::LiveMeter first, std::optional<core::LiveMeter> second = {})
{
    std::vector<core::LiveMeter> all;
    all.push_back(std::move(first));
    if (second)
        all.push_back(std::move(*second));
    return core::LiveMeters(std::move(all));
}

core::SimulationResult answered(std::vector<std::uint64_t> items)
{
    core::SimulationResult result;
    for (const std::uint64_t each : items)
        result.devices.push_back({ .items = each });
    return result;
}

std::shared_ptr<core::Profile> profile()
{
    auto made = std::make_shared<core::Profile>();
    made->runs.push_back(support::otherRun());
    return made;
}

} // namespace

class TstLiveEnergy : public QObject {
    Q_OBJECT

private slots:
    void byMeter()
    {
        core::LiveMeters meters = metersOf(meter("CPU", { 0, 1 }, 6), meter("gpu", { 2 }, 30));
        meters.begin();
        QTest::qSleep(5);
        meters.end();
        const auto served = answered({ 10, 20, 60 });
        const auto used = meters.used(served);
        QCOMPARE(used.size(), std::size_t { 2 });
        QCOMPARE(used[0].name, std::string("CPU"));
        QCOMPARE(*used[0].joulesPerItem.value, 0.2);
        QCOMPARE(*used[1].joulesPerItem.value, 0.5);
        QVERIFY(*used[0].watts.value > 0 && *used[0].watts.value <= 6 / 0.005);
        QVERIFY(std::abs(*used[1].watts.value / *used[0].watts.value - 5) < 1e-9);
        QCOMPARE(*meters.joulesPerItem(served).value, 36.0 / 90);
    }

    void whoAnsweredNothing()
    {
        core::LiveMeters meters = metersOf(meter("CPU", { 0 }, 6), meter("gpu", { 1 }, 30));
        meters.begin();
        QTest::qSleep(1);
        meters.end();
        const auto used = meters.used(answered({ 0, 60 }));
        QVERIFY(used[0].watts && !used[0].joulesPerItem);
        QCOMPARE(used[0].joulesPerItem.unknown, std::string("It answered nothing."));
        QCOMPARE(*meters.joulesPerItem(answered({ 0, 60 })).value, 36.0 / 60); // what idles counts
        QCOMPARE(meters.joulesPerItem(answered({ 0, 0 })).unknown, std::string("Nothing was answered."));
    }

    void unknownIsNeverZero()
    {
        core::LiveMeters meters = metersOf(meter("CPU", { 0 }, 6), meter("gpu", { 1 }, -1));
        meters.begin();
        QTest::qSleep(1);
        meters.end();
        const auto served = answered({ 10, 10 });
        QVERIFY(meters.used(served)[0].joulesPerItem);
        QCOMPARE(meters.used(served)[1].watts.unknown, std::string("The counter is gone."));
        QCOMPARE(meters.joulesPerItem(served).unknown, std::string("The counter is gone."));
        core::LiveMeters none = metersOf(
            { .name = "gpu", .devices = { 0 }, .found = { .meter = {}, .unavailable = "No meter." } });
        none.begin();
        none.end();
        QCOMPARE(none.used(answered({ 3 }))[0].joulesPerItem.unknown, std::string("No meter."));
        core::LiveMeters still = metersOf(meter("CPU", { 0 }, 0));
        still.begin();
        QTest::qSleep(1);
        still.end();
        QCOMPARE(still.joulesPerItem(answered({ 3 })).unknown,
            std::string("The energy counter did not move while this was measured."));
    }

    void aRecordedDeviceTakesItsTime()
    {
        core::RecordedServer server(core::ServiceTime::affine(1e-3, 2e-3), 1);
        for (const int items : { 1, 4 }) {
            const auto begin = std::chrono::steady_clock::now();
            server.run(items);
            QVERIFY(std::chrono::steady_clock::now() - begin >= 2ms + items * 1ms);
        }
    }

    void timesOfARecording()
    {
        const core::RecordedEngine engine("recorded:other", "gpu", profile());
        const core::Run run = support::otherRun();
        const core::ModelSummary model = run.header.model;
        const core::ServiceTime time = core::recordedTimes(engine, model, {}, { .engine = "gpu" }, 8);
        QCOMPARE(time.largest(), 4); // batch 8 ran out of memory there
        const core::Cell* first = nullptr;
        for (const core::Cell& cell : run.cells)
            if (cell.key.engine == "gpu" && cell.key.batch == 2)
                first = &cell;
        double sum = 0;
        for (const core::TimedSample& sample : first->samples)
            sum += std::chrono::duration<double>(sample.latency).count();
        QVERIFY(std::abs(time.meanSeconds(2) - sum / double(first->samples.size())) < 1e-9);
        QCOMPARE(core::recordedTimes(engine, model, {}, { .engine = "gpu" }, 2).largest(), 2);
    }

    void timesInService()
    {
        const auto samples = [](std::size_t count, Nanoseconds time) { return std::vector(count, time); };
        const std::vector<core::ServiceTime::Point> alone { { 1, samples(9, 2ms) }, { 2, samples(9, 3ms) },
            { 4, samples(9, 5ms) } };
        const auto found = core::inService(
            { { 1, samples(30, 3ms) }, { 2, samples(49, 90ms) }, { 1, samples(20, 3ms) } }, alone);
        QCOMPARE(found.size(), std::size_t { 3 });
        QCOMPARE(found[0].samples, samples(50, 3ms)); // half as much again as alone
        QCOMPARE(found[1].items, std::int64_t { 2 });
        QCOMPARE(found[1].samples, samples(9, 4'500us));
        QCOMPARE(found[2].samples, samples(9, 7'500us));
        QCOMPARE(core::inService({}, alone)[1].samples, alone[1].samples);
    }

    void nothingRecorded()
    {
        const core::RecordedEngine engine("recorded:other", "gpu", profile());
        core::ModelSummary model = support::otherRun().header.model;
        model.name = "another";
        model.sha256 = std::string(64, 'c');
        const std::string sentence
            = support::sentenceOf([&] { core::recordedTimes(engine, model, {}, { .engine = "gpu" }, 8); });
        QVERIFY2(
            sentence.starts_with("Cannot serve: Fake GPU, recorded on 2026-12-02, has no cell of another"),
            sentence.c_str());
    }
};

QTEST_GUILESS_MAIN(TstLiveEnergy)
#include "tst_live_energy.moc"
