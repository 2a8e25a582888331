// SPDX-License-Identifier: GPL-3.0-or-later
// Whether what is printed as a 95 % interval is one: samples of known distributions, drawn many times over.
#include "core/measure/correlation.h"
#include "core/measure/statistics.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <random>

using core::Nanoseconds;

namespace {

constexpr int kTrials = 2000;

/// A number between two neighbours of which depends on the one before by `phi`; normal with mean 0 and
/// variance 1.
class Ar1 {
public:
    Ar1(double phi, std::mt19937_64& random)
        : m_phi(phi)
        , m_random(random)
        , m_last(m_normal(m_random))
    {
    }
    double next() { return m_last = m_phi * m_last + std::sqrt(1 - m_phi * m_phi) * m_normal(m_random); }

private:
    double m_phi;
    std::mt19937_64& m_random;
    std::normal_distribution<double> m_normal;
    double m_last;
};

double phi(double z)
{
    return std::erfc(-z / std::sqrt(2.0)) / 2;
}

/// A latency of around a millisecond from a standard normal number, rising with it.
struct Shape {
    const char* name;
    double (*latency)(double z);
};

const Shape kShapes[] {
    { "normal", [](double z) { return 1e6 + 5e4 * z; } },
    { "log-normal", [](double z) { return 1e6 * std::exp(0.5 * z); } },
    // Two modes of 40 and 60 per cent; the median lies at the foot of the second.
    { "bimodal",
        [](double z) {
            const double p = phi(z);
            return p < 0.4 ? 1e6 + 1e4 * p : 1.3e6 + 1e5 * (p - 0.4);
        } },
};

/// Per cent of the intervals that have the true median in them; a trial without one claims nothing.
double coverage(const Shape& shape, double correlation, std::size_t samples)
{
    const auto truth = Nanoseconds(static_cast<std::int64_t>(shape.latency(0)));
    std::mt19937_64 random(samples);
    int covered = 0, printed = 0;
    for (int trial = 0; trial < kTrials; ++trial) {
        Ar1 series(correlation, random);
        std::vector<Nanoseconds> drawn(samples);
        for (Nanoseconds& each : drawn)
            each = Nanoseconds(static_cast<std::int64_t>(shape.latency(series.next())));
        const core::Summary summary = core::summarise(drawn);
        printed += summary.interval.has_value();
        covered += summary.interval && summary.interval->low <= truth && truth <= summary.interval->high;
    }
    return 100.0 * covered / printed;
}

} // namespace

class TstCoverage : public QObject {
    Q_OBJECT

    static void rows()
    {
        QTest::addColumn<int>("shape");
        QTest::addColumn<int>("samples");
        for (int shape = 0; shape < 3; ++shape)
            for (const int samples : { 30, 100, 459, 2000 })
                QTest::addRow("%s, %d samples", kShapes[shape].name, samples) << shape << samples;
    }

private slots:
    void independent_data() { rows(); }
    void independent()
    {
        QFETCH(int, shape);
        QFETCH(int, samples);
        const double percent = coverage(kShapes[shape], 0, static_cast<std::size_t>(samples));
        // At 30 samples the next order statistic is a step of 2.6 %, and the interval has to have 95.
        const double most = samples < 100 ? 98 : 97;
        QVERIFY2(percent >= 93 && percent <= most, qPrintable(QString::number(percent)));
    }

    void correlated_data() { rows(); }
    void correlated()
    {
        QFETCH(int, shape);
        QFETCH(int, samples);
        const double percent = coverage(kShapes[shape], 0.5, static_cast<std::size_t>(samples));
        const double least = samples < 100 ? 80 : 90; // 30 samples are too few to see it
        QVERIFY2(percent >= least, qPrintable(QString::number(percent)));
    }

    /// Of AR(1): the sum over lags k of (2 / pi) asin(phi^k), twice, and 1.
    void correlationTimes_data()
    {
        QTest::addColumn<double>("correlation");
        QTest::newRow("none") << 0.0;
        QTest::newRow("some") << 0.3;
        QTest::newRow("half") << 0.5;
        QTest::newRow("much") << 0.9;
    }
    void correlationTimes()
    {
        QFETCH(double, correlation);
        double expected = 1;
        for (int lag = 1; lag < 300; ++lag)
            expected += 4 / M_PI * std::asin(std::pow(correlation, lag));
        std::mt19937_64 random(7);
        Ar1 series(correlation, random);
        std::vector<Nanoseconds> drawn(200'000);
        for (Nanoseconds& each : drawn)
            each = Nanoseconds(static_cast<std::int64_t>(1e6 + 1e4 * series.next()));
        const double time = core::correlationTime(drawn, Nanoseconds(1'000'000));
        QVERIFY2(std::abs(time / expected - 1) < 0.1, qPrintable(QString::number(time)));
    }

    void samplesThatAreAllAlike()
    {
        const std::vector<Nanoseconds> alike(1000, Nanoseconds(5));
        QCOMPARE(core::correlationTime(alike, Nanoseconds(5)), 1.0);
        QCOMPARE(core::correlationTime({}, Nanoseconds(5)), 1.0);
    }

    /// A drift makes all samples follow from each other: no interval is better than a narrow one.
    void drift()
    {
        std::vector<Nanoseconds> rising;
        for (int i = 0; i < 500; ++i)
            rising.emplace_back(1'000'000 + i);
        const core::Summary summary = core::summarise(rising);
        QVERIFY(summary.correlationTime > 50);
        QVERIFY(!summary.interval || *summary.relativeHalfWidth() > 1e-4);
    }
};

QTEST_GUILESS_MAIN(TstCoverage)
#include "tst_coverage.moc"
