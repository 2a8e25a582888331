// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/statistics.h"

#include <QTest>
#include <algorithm>
#include <numeric>
#include <random>

using core::Nanoseconds;

namespace {

std::vector<Nanoseconds> oneTo(int n)
{
    std::vector<Nanoseconds> samples;
    for (int k = 1; k <= n; ++k)
        samples.emplace_back(k);
    return samples;
}

} // namespace

class TstStatistics : public QObject {
    Q_OBJECT

private slots:
    void percentileIsTheNearestRank_data();
    void percentileIsTheNearestRank();
    void samplesNeeded_data();
    void samplesNeeded();
    void samplesNeededIsTheLeast();
    void intervalRanks_data();
    void intervalRanks();
    void approximationContinuesTheExactRanks();
    void noIntervalBelowSixSamples();
    void intervalCoversTheMedian();
    void percentilesOnlyWhereSamplesSupportThem_data();
    void percentilesOnlyWhereSamplesSupportThem();
    void summaryOfSamplesInAnyOrder();
    void summaryOfNothing();
    void halfWidth();
};

void TstStatistics::percentileIsTheNearestRank_data()
{
    QTest::addColumn<int>("n");
    QTest::addColumn<double>("p");
    QTest::addColumn<int>("expected");
    QTest::newRow("p99 of 1..100") << 100 << 0.99 << 99;
    QTest::newRow("p50 of 1..100") << 100 << 0.5 << 50;
    QTest::newRow("p95 of 1..100") << 100 << 0.95 << 95;
    QTest::newRow("p7 of 1..100, where n p rounds up") << 100 << 0.07 << 7;
    QTest::newRow("p5 of 1..20") << 20 << 0.05 << 1;
    QTest::newRow("p99.9 of 1..1000") << 1000 << 0.999 << 999;
    QTest::newRow("p100") << 10 << 1.0 << 10;
    QTest::newRow("p50 of one") << 1 << 0.5 << 1;
    QTest::newRow("p50 of five") << 5 << 0.5 << 3;
}

void TstStatistics::percentileIsTheNearestRank()
{
    QFETCH(int, n);
    QFETCH(double, p);
    QFETCH(int, expected);
    QCOMPARE(core::percentile(oneTo(n), p).count(), expected);
}

void TstStatistics::samplesNeeded_data()
{
    QTest::addColumn<double>("p");
    QTest::addColumn<int>("expected");
    // MLPerf LoadGen's early stopping at 99 % confidence, no sample over the limit.
    QTest::newRow("p90") << 0.90 << 44;
    QTest::newRow("p95") << 0.95 << 90;
    QTest::newRow("p99") << 0.99 << 459;
    QTest::newRow("p99.9") << 0.999 << 4603;
}

void TstStatistics::samplesNeeded()
{
    QFETCH(double, p);
    QFETCH(int, expected);
    QCOMPARE(static_cast<int>(core::samplesNeededFor(p)), expected);
}

void TstStatistics::samplesNeededIsTheLeast()
{
    for (const double p : { 0.5, 0.75, 0.9, 0.95, 0.99, 0.999 }) {
        const auto n = static_cast<double>(core::samplesNeededFor(p));
        QVERIFY(std::pow(p, n) <= 0.01);
        QVERIFY(std::pow(p, n - 1) > 0.01);
    }
}

void TstStatistics::intervalRanks_data()
{
    QTest::addColumn<int>("n");
    QTest::addColumn<int>("low");
    QTest::addColumn<int>("high");
    // Golden: tables of distribution-free intervals of the median (Conover 1999; scipy.stats.binom.ppf).
    QTest::newRow("6") << 6 << 1 << 6;
    QTest::newRow("8") << 8 << 1 << 8;
    QTest::newRow("9") << 9 << 2 << 8;
    QTest::newRow("10") << 10 << 2 << 9;
    QTest::newRow("20") << 20 << 6 << 15;
    QTest::newRow("25") << 25 << 8 << 18;
    QTest::newRow("30") << 30 << 10 << 21;
    QTest::newRow("50") << 50 << 18 << 33;
    QTest::newRow("100") << 100 << 40 << 61;
    QTest::newRow("1000") << 1000 << 469 << 532;
}

void TstStatistics::intervalRanks()
{
    QFETCH(int, n);
    QFETCH(int, low);
    QFETCH(int, high);
    const auto interval = core::medianInterval(oneTo(n));
    QVERIFY(interval.has_value());
    QCOMPARE(interval->low.count(), low);
    QCOMPARE(interval->high.count(), high);
}

void TstStatistics::approximationContinuesTheExactRanks()
{
    // Exact up to 1000; one more sample can move a rank by at most one.
    const auto exact = *core::medianIntervalRank(1000), approximate = *core::medianIntervalRank(1001);
    QVERIFY(approximate == exact || approximate == exact + 1);
    // scipy.stats.binom(10000, 0.5).ppf(0.025) is 4902, so P(B <= 4901) <= 0.025.
    QCOMPARE(*core::medianIntervalRank(10000), std::size_t { 4902 });
}

void TstStatistics::noIntervalBelowSixSamples()
{
    for (int n = 1; n < 6; ++n)
        QVERIFY(!core::medianInterval(oneTo(n)));
}

void TstStatistics::intervalCoversTheMedian()
{
    // 2000 experiments of 31 samples from a skewed distribution: coverage is at least 95 %, here with 4 sigma
    // to spare.
    std::mt19937 random(7);
    std::exponential_distribution<double> distribution(1e-6);
    const double truth = std::log(2.0) * 1e6;
    int covered = 0;
    for (int experiment = 0; experiment < 2000; ++experiment) {
        std::vector<Nanoseconds> samples(31);
        for (Nanoseconds& sample : samples)
            sample = Nanoseconds(static_cast<std::int64_t>(distribution(random)));
        std::sort(samples.begin(), samples.end());
        const auto interval = core::medianInterval(samples);
        covered += interval->low.count() <= truth && truth <= interval->high.count();
    }
    QVERIFY2(covered >= 1861, qPrintable(QString::number(covered)));
}

void TstStatistics::percentilesOnlyWhereSamplesSupportThem_data()
{
    QTest::addColumn<int>("n");
    QTest::addColumn<bool>("p90");
    QTest::addColumn<bool>("p95");
    QTest::addColumn<bool>("p99");
    QTest::addColumn<bool>("p999");
    QTest::newRow("43") << 43 << false << false << false << false;
    QTest::newRow("44") << 44 << true << false << false << false;
    QTest::newRow("89") << 89 << true << false << false << false;
    QTest::newRow("90") << 90 << true << true << false << false;
    QTest::newRow("458") << 458 << true << true << false << false;
    QTest::newRow("459") << 459 << true << true << true << false;
    QTest::newRow("4602") << 4602 << true << true << true << false;
    QTest::newRow("4603") << 4603 << true << true << true << true;
}

void TstStatistics::percentilesOnlyWhereSamplesSupportThem()
{
    QFETCH(int, n);
    const core::Summary summary = core::summarise(oneTo(n));
    QTEST(summary.p90.has_value(), "p90");
    QTEST(summary.p95.has_value(), "p95");
    QTEST(summary.p5.has_value(), "p95"); // a low percentile needs as many as its mirror image
    QTEST(summary.p99.has_value(), "p99");
    QTEST(summary.p999.has_value(), "p999");
}

void TstStatistics::summaryOfSamplesInAnyOrder()
{
    std::vector<Nanoseconds> samples = oneTo(1000);
    std::shuffle(samples.begin(), samples.end(), std::mt19937(3));
    const core::Summary summary = core::summarise(samples);
    QCOMPARE(summary.samples, std::size_t { 1000 });
    QCOMPARE(summary.median->count(), 500);
    QCOMPARE(summary.p5->count(), 50);
    QCOMPARE(summary.q1->count(), 250);
    QCOMPARE(summary.q3->count(), 750);
    QCOMPARE(summary.p99->count(), 990);
    QCOMPARE(summary.minimum->count(), 1);
    QCOMPARE(summary.maximum->count(), 1000);
    QCOMPARE(summary.interval->low.count(), 469);
}

void TstStatistics::summaryOfNothing()
{
    const core::Summary summary = core::summarise(std::span<const core::Nanoseconds> {});
    QCOMPARE(summary.samples, std::size_t { 0 });
    QVERIFY(!summary.median && !summary.minimum && !summary.interval && !summary.relativeHalfWidth());
}

void TstStatistics::halfWidth()
{
    core::Summary summary;
    summary.median = Nanoseconds(1000);
    QVERIFY(!summary.relativeHalfWidth());
    summary.interval = core::Interval { Nanoseconds(980), Nanoseconds(1040) };
    QCOMPARE(*summary.relativeHalfWidth(), 0.03);
    summary.median = Nanoseconds(0);
    QVERIFY(!summary.relativeHalfWidth());
}

QTEST_GUILESS_MAIN(TstStatistics)
#include "tst_statistics.moc"
