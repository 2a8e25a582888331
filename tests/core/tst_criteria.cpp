// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/criteria.h"
#include "core/measure/sweep_spec.h"
#include "core/record/event_json.h"

#include <QTest>
#include <cmath>

using core::Criterion;
using core::Nanoseconds;
using core::StopRule;
using core::TimedSample;
using namespace std::chrono_literals;

namespace {

/// Runs one after the other for `seconds`, each taking what `latency` says at its start, in milliseconds.
template <typename Latency> std::vector<TimedSample> runs(double seconds, Latency latency)
{
    std::vector<TimedSample> samples;
    for (double at = 0; at < seconds;) {
        const double taken = latency(at) / 1e3;
        samples.push_back(
            { .at = Nanoseconds(std::llround(at * 1e9)), .latency = Nanoseconds(std::llround(taken * 1e9)) });
        at += taken;
    }
    return samples;
}

std::string words(Criterion criterion, const StopRule& rule, std::span<const TimedSample> samples)
{
    return core::stateOf(criterion, rule, samples).words;
}

} // namespace

class TstCriteria : public QObject {
    Q_OBJECT

private slots:
    /// measuring.md: the least n for t samples over the limit.
    void samplesNeeded_data()
    {
        QTest::addColumn<double>("p");
        QTest::addColumn<int>("over");
        QTest::addColumn<int>("needed");
        const auto rows = [](double p, std::array<int, 4> needed) {
            const int over[] { 0, 1, 5, 10 };
            for (std::size_t i = 0; i < 4; ++i)
                QTest::addRow("p%g, %d over", p * 100, over[i]) << p << over[i] << needed[i];
        };
        rows(0.90, { 44, 64, 127, 197 });
        rows(0.95, { 90, 130, 259, 398 });
        rows(0.99, { 459, 662, 1307, 2010 });
        rows(0.999, { 4603, 6636, 13105, 20140 });
    }
    void samplesNeeded()
    {
        QFETCH(double, p);
        QFETCH(int, over);
        QFETCH(int, needed);
        QCOMPARE(core::samplesNeededFor(p, static_cast<std::size_t>(over)), static_cast<std::size_t>(needed));
    }

    void windows()
    {
        const StopRule rule = core::stopRulePreset("windows");
        QCOMPARE(words(Criterion::ThreeWindows, rule, runs(12, [](double) { return 10; })),
            "2 of three windows of 5 s are over.");
        const auto steady = core::stateOf(Criterion::ThreeWindows, rule, runs(16, [](double) { return 10; }));
        QVERIFY2(steady.met, steady.words.c_str());
        // It slows down by a third after 11 s: the third window is another.
        const auto slowing = core::stateOf(
            Criterion::ThreeWindows, rule, runs(16, [](double at) { return at < 11 ? 9.0 : 12.0; }));
        QVERIFY(!slowing.met);
        QCOMPARE(QString::fromStdString(slowing.words),
            QString("The last three windows of 5 s differ by 25 % in rate and 33 % in latency; the rule "
                    "allows 10 %."));
        // Later on it is what it is.
        QVERIFY(core::stateOf(Criterion::ThreeWindows, rule, runs(31, [](double at) {
            return at < 11 ? 9.0 : 12.0;
        })).met);
        const auto slow
            = core::stateOf(Criterion::ThreeWindows, rule, runs(40, [](double) { return 11'000; }));
        QVERIFY2(!slow.met, slow.words.c_str()); // windows without a run
        QVERIFY(!core::stateOf(Criterion::ThreeWindows, rule, {}).met);
    }

    void percentile()
    {
        StopRule rule = core::stopRulePreset("percentile");
        auto samples = runs(4.585, [](double) { return 10; });
        QCOMPARE(samples.size(), std::size_t { 459 });
        QVERIFY(core::stateOf(Criterion::Percentile, rule, samples).met);
        rule.latencyLimit = 15ms;
        samples[7].latency = 16ms;
        const auto one = core::stateOf(Criterion::Percentile, rule, samples);
        QVERIFY(!one.met);
        QCOMPARE(one.words, "1 of 459 samples lie over 15 ms: p99 takes 662.");
        rule.latencyLimit = 5ms;
        QVERIFY(!core::stateOf(Criterion::Percentile, rule, samples).met);
        QCOMPARE(words(Criterion::Percentile, core::stopRulePreset("percentile"), {}),
            "There are 0 samples: p99 takes 459.");
    }

    void medianInterval()
    {
        const StopRule rule = core::stopRulePreset("quick");
        QCOMPARE(words(Criterion::MedianInterval, rule, {}),
            "The median is known to within an unknown margin; the rule asks for 2 %.");
        const auto state = core::stateOf(Criterion::MedianInterval, rule, runs(1, [](double) { return 10; }));
        QVERIFY(state.met);
        QCOMPARE(state.words, "The median is known to within 0 %; the rule asks for 2 %.");
        QCOMPARE(core::statesOf(rule, {}).size(), std::size_t { 3 });
    }

    void survivesAsJsonAndAsACommand()
    {
        core::SweepSpec spec { .model = "zoo:mlp", .engines = { { "cpu" } } };
        spec.rule = core::stopRulePreset("percentile");
        spec.rule.latencyLimit = 15ms;
        const core::SweepSpec read = core::specFromJson(core::specToJson(spec));
        QVERIFY(read.rule.criterion == Criterion::Percentile);
        QCOMPARE(read.rule.latencyLimit.count(), 0.015);
        QVERIFY(core::commandLine(spec).find("--preset percentile --latency-limit 15") != std::string::npos);
        spec.rule = core::stopRulePreset("windows");
        spec.rule.preset = "custom";
        QVERIFY(core::commandLine(spec).find("--preset windows --min-time 15 --max-time 50")
            != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TstCriteria)
#include "tst_criteria.moc"
