// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/stop_rule.h"
#include "tests/support/sentence.h"

#include <QTest>

using Seconds = std::chrono::duration<double>;

class TstStopRule : public QObject {
    Q_OBJECT

private slots:
    void quick();
    void standard();
    void everyNamedPresetExists();
    void unknownPreset();
    void namesOfCriteria();
    void namesOfReasons();
    void unknownReason();
    void estimate_data();
    void estimate();
};

void TstStopRule::quick()
{
    const core::StopRule rule = core::stopRulePreset("quick");
    QCOMPARE(rule.minSamples, std::size_t { 30 });
    QCOMPARE(rule.minTime.count(), 0.5);
    QCOMPARE(rule.maxTime.count(), 5.0);
    QCOMPARE(rule.relativeHalfWidth, 0.02);
    QCOMPARE(rule.fallbackSamples, std::size_t { 0 });
    QCOMPARE(rule.warmUpRuns, std::size_t { 3 });
    QCOMPARE(rule.warmUpTime.count(), 0.1);
}

void TstStopRule::standard()
{
    const core::StopRule rule = core::stopRulePreset("standard");
    QCOMPARE(rule.minSamples, core::samplesNeededFor(0.99));
    QCOMPARE(rule.fallbackSamples, std::size_t { 64 });
    QCOMPARE(rule.maxTime.count(), 30.0);
    QCOMPARE(rule.relativeHalfWidth, 0.01);
}

void TstStopRule::everyNamedPresetExists()
{
    QVERIFY(!core::stopRulePresets().empty());
    for (const std::string& name : core::stopRulePresets())
        QCOMPARE(core::stopRulePreset(name).preset, name);
}

void TstStopRule::unknownPreset()
{
    QCOMPARE(support::sentenceOf([] { core::stopRulePreset("slow"); }),
        "Cannot use stop rule \"slow\": the presets are quick, standard, rigorous, windows and "
        "percentile.");
}

void TstStopRule::namesOfCriteria()
{
    using core::Criterion;
    for (const Criterion criterion :
        { Criterion::MedianInterval, Criterion::ThreeWindows, Criterion::Percentile })
        QVERIFY(core::criterionFromName(core::criterionName(criterion)) == criterion);
    QCOMPARE(support::sentenceOf([] { core::criterionFromName("mood"); }),
        "Cannot read criterion: \"mood\" is none of median-interval, three-windows, percentile, "
        "blocks.");
}

void TstStopRule::namesOfReasons()
{
    using core::StoppedBy;
    for (const StoppedBy why :
        { StoppedBy::Converged, StoppedBy::TimeLimit, StoppedBy::TooFewSamples, StoppedBy::User })
        QVERIFY(core::stoppedByFromName(core::stoppedByName(why)) == why);
    QVERIFY(core::stoppedByName(StoppedBy::TooFewSamples) == "too-few-samples");
}

void TstStopRule::unknownReason()
{
    QCOMPARE(support::sentenceOf([] { core::stoppedByFromName("boredom"); }),
        "Cannot read stop reason: \"boredom\" is none of converged, time-limit, too-few-samples, user.");
}

void TstStopRule::estimate_data()
{
    QTest::addColumn<double>("latency");
    QTest::addColumn<double>("seconds");
    // quick: 0.1 s or 3 runs of warm-up, then 0.5 s or 30 runs, at most 5 s or one run.
    QTest::newRow("fast") << 0.001 << 0.6;
    QTest::newRow("30 runs matter") << 0.1 << 0.3 + 3.0;
    QTest::newRow("limit") << 1.0 << 3.0 + 5.0;
    QTest::newRow("one run over the limit") << 10.0 << 30.0 + 10.0;
}

void TstStopRule::estimate()
{
    QFETCH(double, latency);
    QTEST(core::estimatedTime(core::stopRulePreset("quick"), Seconds(latency)).count(), "seconds");
}

QTEST_GUILESS_MAIN(TstStopRule)
#include "tst_stop_rule.moc"
