// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analyse/crossover.h"
#include "core/analyse/latency_fit.h"
#include "tests/support/runs.h"

#include <QTest>
#include <cmath>

using core::BatchCurve;
using core::Crossover;

namespace {

/// A curve of medians as they are, each known to within `share` of itself.
BatchCurve curve(const std::vector<std::pair<std::int64_t, double>>& points, double share = 0.01)
{
    BatchCurve result;
    for (const auto& [items, seconds] : points)
        result.points.push_back({ .items = items,
            .seconds = seconds,
            .low = seconds * (1 - share),
            .high = seconds * (1 + share) });
    return result;
}

/// A run whose cells took tau + alpha b plus noise, `count` samples each.
core::Run noisyRun(std::mt19937_64& random, double tau, double alpha, double noise, std::size_t count)
{
    core::Run run;
    for (const std::int64_t batch : { 1, 2, 4, 8, 16, 32 }) {
        core::Cell cell { .key = { .engine = "cpu", .batch = batch } };
        std::normal_distribution<double> factor(1, noise);
        for (std::size_t i = 0; i < count; ++i)
            cell.samples.push_back({ .latency = core::Nanoseconds(std::llround(1e9
                                         * (tau + alpha * static_cast<double>(batch)) * factor(random))) });
        cell.finished.emplace();
        cell.status = core::CellStatus::Ok;
        cell.refreshSummary();
        run.cells.push_back(std::move(cell));
    }
    return run;
}

} // namespace

class TstCrossover : public QObject {
    Q_OBJECT

private slots:
    void curvesOfARun()
    {
        const core::Run run = support::exampleRun();
        const auto curves = core::curvesOf(run);
        QCOMPARE(curves.size(), std::size_t { 2 });
        QCOMPARE(curves[0].points.size() + curves[1].points.size(), std::size_t { 2 });
        QVERIFY(curves[0].disturbed || curves[1].disturbed);
        QVERIFY(curves[0].outOfMemory || curves[1].outOfMemory);
    }

    void betweenPoints()
    {
        const BatchCurve line = curve({ { 1, 1 }, { 4, 2.5 }, { 8, 10 } });
        QCOMPARE(*line.at(1), 1.0);
        QCOMPARE(*line.at(2), 1.5);
        QCOMPARE(*line.at(8), 10.0);
        QVERIFY(!line.at(0.5) && !line.at(9));
    }

    void crossings_data()
    {
        QTest::addColumn<BatchCurve>("cpu");
        QTest::addColumn<BatchCurve>("gpu");
        QTest::addColumn<QString>("sentence");
        const BatchCurve cpu = curve({ { 1, 1 }, { 2, 2 }, { 4, 4 }, { 8, 8 } }, 1e-6);
        QTest::newRow("between")
            << cpu << curve({ { 1, 2.5 }, { 8, 3.2 } }, 1e-6)
            << "GPU is faster than CPU from batch 3 on (95 % interval of the crossing: 2.67 to 2.67).";
        QTest::newRow("never") << cpu << curve({ { 1, 9 }, { 8, 9 } }, 1e-6)
                               << "CPU is faster than GPU at all batch sizes from 1 to 8.";
        QTest::newRow("always") << cpu << curve({ { 1, 0.5 }, { 4, 0.7 } }, 1e-6)
                                << "GPU is faster than CPU at all batch sizes from 1 to 4.";
        QTest::newRow("nothing in common")
            << cpu << curve({ { 16, 1 } }) << "CPU and GPU have no batch sizes in common.";
        QTest::newRow("no points") << cpu << BatchCurve {} << "CPU and GPU have no batch sizes in common.";
        QTest::newRow("back again") << cpu << curve({ { 1, 1.5 }, { 2, 1 }, { 4, 5 }, { 8, 6 } }, 1e-6)
                                    << "GPU is faster than CPU from batch 2 on (95 % interval of the "
                                       "crossing: 1.33 to 1.33); the curves cross 3 "
                                       "times.";
        QTest::newRow("perhaps") << curve({ { 1, 1 }, { 8, 8 } }, 0.05)
                                 << curve({ { 1, 4 }, { 8, 8.1 } }, 0.05)
                                 << "CPU is faster than GPU at all batch sizes from 1 to 8, but the "
                                    "intervals allow a crossing from 7.23 on.";
    }
    void crossings()
    {
        QFETCH(BatchCurve, cpu);
        QFETCH(BatchCurve, gpu);
        QFETCH(QString, sentence);
        const QString said
            = QString::fromStdString(core::sentence(core::crossoverOf(cpu, gpu), "CPU", "GPU"));
        if (sentence.contains("7.23")) // which a seed decides to the last digit
            QVERIFY2(said.startsWith(sentence.left(sentence.indexOf("7.23"))), qPrintable(said));
        else
            QCOMPARE(said, sentence);
    }

    /// Curves with noise: the interval holds the true crossing, and no more often than it says.
    void coverage()
    {
        std::mt19937_64 random(11);
        constexpr int kTrials = 1000;
        const double truth = (5e-3 - 0.5e-3) / (1.2e-3 - 0.2e-3); // 4.5
        int covered = 0;
        for (int trial = 0; trial < kTrials; ++trial) {
            const core::Run cpu = noisyRun(random, 0.5e-3, 1.2e-3, 0.05, 100),
                            gpu = noisyRun(random, 5e-3, 0.2e-3, 0.05, 100);
            const Crossover crossover = core::crossoverOf(core::curvesOf(cpu)[0], core::curvesOf(gpu)[0]);
            QVERIFY(crossover.kind == Crossover::Kind::At);
            covered += *crossover.low <= truth && truth <= *crossover.high;
        }
        qInfo("%d of %d intervals hold the crossing", covered, kTrials);
        QVERIFY(covered >= 0.93 * kTrials && covered <= 0.97 * kTrials);
    }

    void fit()
    {
        std::vector<std::pair<std::int64_t, double>> points;
        for (const std::int64_t batch : { 1, 2, 4, 8, 16 })
            points.emplace_back(batch, 2e-3 + 0.5e-3 * static_cast<double>(batch));
        auto fit = core::fitLatency(curve(points));
        QVERIFY(std::abs(fit->overhead.value - 2e-3) < 1e-9 && std::abs(fit->slope.value - 0.5e-3) < 1e-9);
        QVERIFY(fit->overhead.low < 2e-3 && fit->overhead.high > 2e-3);
        QVERIFY(fit->largestResidual < 1e-6);
        points[3].second *= 1.5; // one sticks out
        fit = core::fitLatency(curve(points));
        QVERIFY2(
            std::abs(fit->slope.value - 0.5e-3) < 0.05e-3, qPrintable(QString::number(fit->slope.value)));
        QCOMPARE(fit->bendsAt, 8);
        QVERIFY(fit->largestResidual > 0.4);
        QVERIFY(!core::fitLatency(curve({ { 1, 1 }, { 2, 2 } })));
    }

    void fitCoverage()
    {
        std::mt19937_64 random(3);
        constexpr int kTrials = 300;
        int overhead = 0, slope = 0;
        for (int trial = 0; trial < kTrials; ++trial) {
            const core::Run run = noisyRun(random, 2e-3, 0.3e-3, 0.05, 60);
            const auto fit = core::fitLatency(core::curvesOf(run)[0]);
            overhead += fit->overhead.low <= 2e-3 && 2e-3 <= fit->overhead.high;
            slope += fit->slope.low <= 0.3e-3 && 0.3e-3 <= fit->slope.high;
        }
        qInfo("overhead %d, slope %d of %d", overhead, slope, kTrials);
        QVERIFY(overhead >= 0.9 * kTrials && slope >= 0.9 * kTrials);
    }
};

QTEST_GUILESS_MAIN(TstCrossover)
#include "tst_crossover.moc"
