// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/disturbance.h"
#include "core/measure/measure.h"
#include "tests/support/fake_engine.h"
#include "tests/support/sentence.h"

#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <fstream>

using namespace std::chrono_literals;
using core::Nanoseconds;
using core::StoppedBy;

namespace {

core::StopRule rule()
{
    return core::stopRulePreset("quick");
}

std::chrono::nanoseconds wild(std::int64_t, std::size_t index)
{
    return index % 2 == 0 ? 1ms : 3ms; // a median of two halves: the interval spans both
}

core::TimedSample sample(Nanoseconds latency)
{
    return { .at = {}, .latency = latency, .device = {} };
}

} // namespace

class TstMeasure : public QObject {
    Q_OBJECT

private slots:
    void converges();
    void keepsTheLeastTime();
    void keepsTheLeastSamples();
    void endsAtTheTimeLimit();
    void tooFewSamples();
    void fallbackSamplesAreEnough();
    void endsWhenMemoryWouldFill();
    void stopsBetweenTwoRuns();
    void stopsInTheWarmUp();
    void failureKeepsSamples();
    void warmsUp_data();
    void warmsUp();
    void sinkGetsEverySampleOnce();
    void sinkIsCalledAtMostEvery50ms();
    void worksWithoutASink();
    void samplesFollowEachOther();
    void deviceTimesArePassedOn();
    void hiccups_data();
    void hiccups();
    void othersOnTheCpu();
    void othersUnknown();
};

void TstMeasure::converges()
{
    support::FakeProgram program({});
    const core::Measurement result = core::measure(program, rule(), {}, {});
    QVERIFY(result.stoppedBy == StoppedBy::Converged);
    QVERIFY(result.samples.size() >= 30);
    QVERIFY(result.measured >= 500ms);
    QVERIFY(result.measured < 5s);
    QCOMPARE(
        result.samples.front().latency, support::steadyLatency(1, program.runs() - result.samples.size()));
}

void TstMeasure::keepsTheLeastTime()
{
    core::StopRule longer = rule();
    longer.minTime = 2s;
    support::FakeProgram program({});
    QVERIFY(core::measure(program, longer, {}, {}).measured >= 2s);
}

void TstMeasure::keepsTheLeastSamples()
{
    core::StopRule more = rule();
    more.minSamples = 1000;
    support::FakeProgram program({});
    const core::Measurement result = core::measure(program, more, {}, {});
    QVERIFY(result.stoppedBy == StoppedBy::Converged);
    QVERIFY(result.samples.size() >= 1000);
}

void TstMeasure::endsAtTheTimeLimit()
{
    support::FakeProgram program({ .latency = wild });
    const core::Measurement result = core::measure(program, rule(), {}, {});
    QVERIFY(result.stoppedBy == StoppedBy::TimeLimit);
    QVERIFY(result.measured >= 5s);
    QVERIFY(result.samples.size() >= 2000); // the data of an unstable cell is kept
}

void TstMeasure::tooFewSamples()
{
    support::FakeProgram program({ .latency = [](auto, auto) { return 1s; } });
    const core::Measurement result = core::measure(program, rule(), {}, {});
    QVERIFY(result.stoppedBy == StoppedBy::TooFewSamples);
    QCOMPARE(result.samples.size(), std::size_t { 5 });
}

void TstMeasure::fallbackSamplesAreEnough()
{
    const core::StopRule standard = core::stopRulePreset("standard");
    support::FakeProgram steady({ .latency = [](auto, auto) { return 400ms; } }); // 75 runs in 30 s
    QVERIFY(core::measure(steady, standard, {}, {}).stoppedBy == StoppedBy::Converged);
    support::FakeProgram slow({ .latency = [](auto, auto) { return 500ms; } }); // 60 runs
    QVERIFY(core::measure(slow, standard, {}, {}).stoppedBy == StoppedBy::TooFewSamples);
}

void TstMeasure::endsWhenMemoryWouldFill()
{
    core::StopRule endless = rule();
    endless.minSamples = endless.warmUpRuns = 0;
    endless.minTime = endless.maxTime = std::chrono::hours(24);
    endless.warmUpTime = 0s;
    support::FakeProgram program({});
    const core::Measurement result = core::measure(program, endless, {}, {});
    QCOMPARE(result.samples.size(), core::kMostSamples);
}

void TstMeasure::stopsBetweenTwoRuns()
{
    std::stop_source stop;
    support::FakeScript script;
    script.beforeRun = [&](std::int64_t, std::size_t index) {
        if (index == 200)
            stop.request_stop();
    };
    support::FakeProgram program(script);
    std::size_t delivered = 0;
    const auto sink = [&](std::span<const core::TimedSample> samples) { delivered += samples.size(); };
    const core::Measurement result = core::measure(program, rule(), stop.get_token(), sink);
    QVERIFY(result.stoppedBy == StoppedBy::User);
    QCOMPARE(program.runs(), std::size_t { 201 }); // the run in flight ended, no other began
    QVERIFY(!result.samples.empty());
    QCOMPARE(delivered, result.samples.size());
}

void TstMeasure::stopsInTheWarmUp()
{
    std::stop_source stop;
    stop.request_stop();
    support::FakeProgram program({});
    const core::Measurement result = core::measure(program, rule(), stop.get_token(), {});
    QVERIFY(result.stoppedBy == StoppedBy::User);
    QVERIFY(result.samples.empty());
    QCOMPARE(program.runs(), std::size_t { 0 });
}

void TstMeasure::failureKeepsSamples()
{
    support::FakeScript script;
    script.runErrors[1] = { 300, "Cannot run: the device fell off the bus." };
    support::FakeProgram program(script);
    std::size_t delivered = 0;
    const auto sink = [&](std::span<const core::TimedSample> samples) { delivered += samples.size(); };
    QCOMPARE(support::sentenceOf([&] { core::measure(program, rule(), {}, sink); }),
        "Cannot run: the device fell off the bus.");
    QVERIFY(delivered >= 190); // 300 runs less the warm-up of 100 ms
    QVERIFY(delivered < 300);
}

void TstMeasure::warmsUp_data()
{
    QTest::addColumn<int>("latencyMs");
    QTest::addColumn<int>("runs");
    QTest::newRow("100 ms of short runs") << 10 << 10;
    QTest::newRow("3 long runs") << 1000 << 3;
}

void TstMeasure::warmsUp()
{
    QFETCH(int, latencyMs);
    QFETCH(int, runs);
    support::FakeProgram program(
        { .latency = [&](auto, auto) { return std::chrono::milliseconds(latencyMs); } });
    const core::Measurement result = core::measure(program, rule(), {}, {});
    QCOMPARE(static_cast<int>(program.runs() - result.samples.size()), runs);
    QVERIFY(result.warmUp >= std::chrono::milliseconds(latencyMs * runs));
}

void TstMeasure::sinkGetsEverySampleOnce()
{
    support::FakeProgram program({});
    std::vector<core::TimedSample> delivered;
    const auto sink = [&](std::span<const core::TimedSample> samples) {
        QVERIFY(!samples.empty());
        delivered.insert(delivered.end(), samples.begin(), samples.end());
    };
    const core::Measurement result = core::measure(program, rule(), {}, sink);
    QCOMPARE(delivered.size(), result.samples.size());
    for (std::size_t k = 0; k < delivered.size(); ++k)
        QCOMPARE(delivered[k].at, result.samples[k].at);
}

void TstMeasure::sinkIsCalledAtMostEvery50ms()
{
    support::FakeProgram program({});
    std::vector<Nanoseconds> firsts;
    const auto sink
        = [&](std::span<const core::TimedSample> samples) { firsts.push_back(samples.front().at); };
    core::measure(program, rule(), {}, sink);
    QVERIFY(firsts.size() >= 9); // of 0.5 s
    for (std::size_t k = 1; k + 1 < firsts.size(); ++k)
        QVERIFY(firsts[k] - firsts[k - 1] >= 50ms);
}

void TstMeasure::worksWithoutASink()
{
    support::FakeProgram program({});
    QVERIFY(!core::measure(program, rule(), {}, nullptr).samples.empty());
}

void TstMeasure::samplesFollowEachOther()
{
    support::FakeProgram program({});
    const core::Measurement result = core::measure(program, rule(), {}, {});
    for (std::size_t k = 1; k < result.samples.size(); ++k)
        QVERIFY(result.samples[k].at >= result.samples[k - 1].at + result.samples[k - 1].latency);
    QVERIFY(result.samples.back().at + result.samples.back().latency <= result.measured);
}

void TstMeasure::deviceTimesArePassedOn()
{
    support::FakeProgram program({ .deviceTimes = true });
    const core::Measurement result = core::measure(program, rule(), {}, {});
    const core::TimedSample& first = result.samples.front();
    QVERIFY(first.device.has_value());
    QCOMPARE(first.device->compute, first.latency / 2);
    QCOMPARE(first.device->copyOut, first.latency / 16);
}

void TstMeasure::hiccups_data()
{
    QTest::addColumn<int>("gapUs");
    QTest::addColumn<int>("longRunUs");
    QTest::addColumn<double>("percent");
    // 99 runs of 10 ms and one other, in 1 s.
    QTest::newRow("quiet") << 0 << 10'000 << 0.0;
    QTest::newRow("a gap of 0.3 ms is the machine's own") << 300 << 10'000 << 0.0;
    QTest::newRow("a gap over 0.3 ms is lost whole") << 5000 << 10'000 << 0.5;
    QTest::newRow("a run 25 % over the median is no hiccup") << 0 << 12'500 << 0.0;
    QTest::newRow("a longer run lost what is over the median") << 0 << 30'000 << 2.0;
    QTest::newRow("both") << 5000 << 30'000 << 2.5;
    QTest::newRow("never over 100") << 5'000'000 << 10'000 << 100.0;
}

void TstMeasure::hiccups()
{
    QFETCH(int, gapUs);
    QFETCH(int, longRunUs);
    core::Hiccups hiccups;
    hiccups.gap(std::chrono::microseconds(gapUs));
    std::vector<core::TimedSample> samples(99, sample(10ms));
    samples.push_back(sample(std::chrono::microseconds(longRunUs)));
    QTEST(hiccups.percent(samples, 1s), "percent");
}

void TstMeasure::othersOnTheCpu()
{
    // Counters far ahead of what this process has used; read twice 0.25 s apart by the test's own rewriting.
    QTemporaryDir folder;
    const std::filesystem::path root = folder.path().toStdString();
    std::filesystem::create_directories(root / "proc");
    const auto write = [&](long long user) {
        std::ofstream file(root / "proc/stat");
        file << "cpu  0 0 0 0 0 0 0 0 0 0\n";
        for (int cpu = 0; cpu < 1024; ++cpu)
            file << "cpu" << cpu << " " << user << " 0 0 1000 0 0 0 0 0 0\n";
    };
    write(1000);
    const core::OtherLoad load(root.string());
    QVERIFY(!load.percent()); // too short to tell
    QVERIFY(load.percent().unknown.find("too short") != std::string::npos);
    QTest::qSleep(250);
    write(1'001'000);
    const core::Figure percent = load.percent();
    QVERIFY2(percent.value.has_value(), percent.unknown.c_str());
    QCOMPARE(*percent.value, 100.0);
}

void TstMeasure::othersUnknown()
{
    QTemporaryDir folder;
    const core::OtherLoad load(folder.path().toStdString());
    QCOMPARE(
        load.percent().unknown, (folder.path() + "/proc/stat: no such file or directory.").toStdString());
}

QTEST_GUILESS_MAIN(TstMeasure)
#include "tst_measure.moc"
